"""Runs one failure file with pytest and prints as JSON what became of it. A process of its own (see ``replay``)."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any


class Witness:
    """A pytest plugin that notes how the test ended: ``line`` is where in the file, 0 if not in the test itself."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.found: dict[str, Any] = {"passed": False, "line": 0, "message": ""}

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Called by pytest for the set-up, the test and the clean-up."""
        if report.when == "call" and report.passed:
            self.found["passed"] = True
        elif report.failed:
            self.found["message"] = _message(report)
            if report.when == "call":
                self.found["line"] = self._line(report)

    def pytest_collectreport(self, report: Any) -> None:
        """Called by pytest when it has read the file."""
        if report.failed:
            self.found["message"] = str(report.longrepr).strip().splitlines()[-1]

    def _line(self, report: Any) -> int:
        """The line of the test at which it ended, from 1."""
        entries = getattr(report.longrepr, "reprtraceback", None)
        if entries is None:
            return 0
        places = [entry.reprfileloc for entry in entries.reprentries if getattr(entry, "reprfileloc", None)]
        own = [place.lineno for place in places if Path(place.path).name == self._path.name]
        return own[0] if own else 0


def _message(report: Any) -> str:
    crash = getattr(report.longrepr, "reprcrash", None)
    lines = str(crash.message if crash else report.longrepr).strip().splitlines()
    return lines[0] if lines else ""


def main(path: Path) -> None:
    """Run the file."""
    import pytest

    witness = Witness(path)
    options = ["-q", "-p", "no:cacheprovider", "--rootdir", str(path.parent), "-c", os.devnull, "--tb", "long"]
    pytest.main([*options, str(path)], plugins=[witness])
    print(f"\n{json.dumps(witness.found)}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
