"""Transitions of issues: which are offered, and taking one."""

from __future__ import annotations

from typing import Any

from conformance.recordings.model import Json
from conformance.twinkit.service import Reply
from targets.jira.twin import errors, issues, workflow
from targets.jira.twin.context import Answering, Context
from targets.jira.twin.issue_view import found
from targets.jira.twin.site import Resource

GLOBAL: dict[str, Json] = {
    "hasScreen": False,
    "isGlobal": True,
    "isInitial": False,
    "isAvailable": True,
    "isConditional": False,
    "isLooped": False,
}
"""What Cloud tells of a transition that can be taken from anywhere."""
NOT_VALID = (
    "It seems that you have tried to perform a workflow operation ({}) that is not valid for the current state of "
    "this issue ({}). The likely cause is that somebody has changed the issue recently, please look at the issue "
    "history for details."
)


def show(context: Context) -> Reply:
    """GET of the transitions."""
    issue = found(context)
    asked = context.words("transitionId")
    offered = [one for one in listed(context, issue) if not asked or one["id"] in asked]
    return Reply({"expand": "transitions", "transitions": offered})


def listed(context: Context, issue: Resource) -> list[Resource]:
    """The transitions that an issue may take now."""
    return [_shown(context, own, one) for own, one in workflow.offered(context.site, issue).items()]


def _shown(context: Context, own: str, one: Resource) -> Any:
    more = GLOBAL if context.site.is_cloud and not context.site.is_seeded else {}
    hidden = {"from"} if "transitions.fields" in context.words("expand") else {"from", "fields"}
    told = {name: value for name, value in one.items() if name not in hidden}
    return context.shown({"id": own, **told, **{name: value for name, value in more.items() if name not in told}})


def take(context: Context) -> Reply:
    """POST of a transition, with the fields and operations that go with it."""
    issue = found(context)
    transition = context.body.get("transition")
    if not isinstance(transition, dict) or not transition.get("id"):
        raise errors.refusal(400, "Missing 'transition' identifier")
    own = str(transition["id"])
    known = workflow.takeable(context.site, issue, own)
    if known is None:
        raise errors.refusal(400, NOT_VALID.format(own, issue["key"]))
    fields = context.body.get("fields") or {}
    issues.change(context, issue, {"fields": fields, "update": context.body.get("update") or {}})
    if known.get("to"):
        workflow.move(context, issue, known["to"], "resolution" in fields)
    return Reply(None, 204)


ANSWERS: dict[str, Answering] = {
    "GET issue/{issue}/transitions": show,
    "POST issue/{issue}/transitions": take,
}
