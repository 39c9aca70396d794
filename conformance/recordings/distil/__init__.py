"""Distil recordings: keep what the service did, make every private value anew."""

from conformance.recordings.distil.folder import distil_folder, import_command
from conformance.recordings.distil.report import DistilReport

__all__ = ["DistilReport", "distil_folder", "import_command"]
