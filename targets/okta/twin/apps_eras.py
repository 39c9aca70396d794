"""What organisations show differently of the same application: it came to them at different times.

Nothing asks an organisation how far it is. What was there before tells: its other applications, and the settings at
``/.well-known/okta-organization``, where those that have desktop MFA are the ones that had everything else as well.
"""

from __future__ import annotations

from targets.okta.twin.org import Org, Resource

LOGOUT, OPT_IN = "apps_tell_logout", "apps_tell_opt_in"
"""Traits: applications tell how their sessions are ended, and whether they take part in early tests."""


def learn(org: Org, shown: Resource) -> None:
    """Take what an application that was there before shows."""
    if "universalLogout" in shown:
        org.traits.setdefault(LOGOUT, shown["universalLogout"] is not None)
    if "manualProvisioning" in (settings := shown.get("settings") or {}):
        org.traits.setdefault(OPT_IN, "emOptInStatus" in settings)


def tells_logout(org: Org) -> bool:
    """Whether applications tell how their sessions are ended."""
    return bool(org.traits.get(LOGOUT, keeps_up(org)))


def tells_opt_in(org: Org) -> bool:
    """Whether applications tell if they take part in early tests."""
    return bool(org.traits.get(OPT_IN, True))


def keeps_up(org: Org) -> bool:
    """Whether the organisation has what came last."""
    known = org.get(".well-known/okta-organization", (), "") or {}
    return bool((known.get("settings") or {}).get("desktopMFAEnabled", True))


def partition(org: Org) -> str:
    """The part of Okta that the organisation is in: cells whose names begin with ``op`` are the preview's."""
    known = org.get(".well-known/okta-organization", (), "") or {}
    return "oktapreview" if str(known.get("cell", "op")).startswith("op") else "okta"


def is_classic(org: Org) -> bool:
    """Whether the organisation still works by its old pipeline."""
    known = org.get(".well-known/okta-organization", (), "") or {}
    return known.get("pipeline") == "v1"
