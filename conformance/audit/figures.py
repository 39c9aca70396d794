"""The figures of the last audit, which stand beside every percentage."""

from __future__ import annotations

import json
from pathlib import Path

from conformance import __version__
from conformance.scoring.model import Audit
from conformance.worlds.cache import default_folder

SCHEMA = "conformance-audit/1"
FILE = "audit.json"
PUBLISHED = Path(__file__).with_name("published.json")
"""The audit of this release."""


def last_audit(target: str) -> Audit | None:
    """The figures of a target: of the last audit on this machine with this version, else of the release."""
    for path in (default_folder() / FILE, PUBLISHED):
        found = _figures(path, target)
        if found is not None:
            return found
    return None


def _figures(path: Path, target: str) -> Audit | None:
    try:
        found = json.loads(path.read_text("utf-8"))
        if found["schema"] != SCHEMA or found["kit_version"] != __version__:
            return None
        one = next((one for one in found["targets"] if one["target"] == target), None)
        if one is None:
            return None
        return Audit(*(int(one[name]) for name in ("judged_steps", "false_alarms", "applied", "caught")))
    except (OSError, ValueError, TypeError, KeyError):
        return None
