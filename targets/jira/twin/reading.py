"""Reading an issue."""

from __future__ import annotations

from conformance.twinkit.service import Reply
from targets.jira.twin import issue_view
from targets.jira.twin.context import Answering, Context
from targets.jira.twin.transitions import listed


def read(context: Context) -> Reply:
    """GET of an issue."""
    return Reply(issue_view.alone(context, issue_view.found(context)))


issue_view.EXPANSIONS["transitions"] = lambda context, issue, _: listed(context, issue)

ANSWERS: dict[str, Answering] = {"GET issue/{issue}": read}
