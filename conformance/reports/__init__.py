"""Reports in every form. Importing this is cheap: jinja2 and rich are loaded when a report is made."""

from conformance.reports.write import write_reports

__all__ = ["write_reports"]
