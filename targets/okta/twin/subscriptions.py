"""Which notices an administrator, or whoever has an administrator role, gets by e-mail."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from conformance.recordings.model import Json
from conformance.twinkit.service import Reply
from targets.okta.twin import errors
from targets.okta.twin.context import Answering, Context
from targets.okta.twin.family import Family
from targets.okta.twin.kinds import hints
from targets.okta.twin.org import Resource

NOTICES: Mapping[str, str] = {
    "IWA_AGENT": "subscribed",
    "CONNECTOR_AGENT": "subscribed",
    "USER_LOCKED_OUT": "unsubscribed",
    "APP_IMPORT": "unsubscribed",
    "AD_AGENT": "subscribed",
    "LDAP_AGENT": "subscribed",
    "RATELIMIT_NOTIFICATION": "subscribed",
    "OKTA_ANNOUNCEMENT": "subscribed",
    "OKTA_ISSUE": "subscribed",
    "OKTA_UPDATE": "unsubscribed",
    "USER_DEPROVISION": "unsubscribed",
    "REPORT_SUSPICIOUS_ACTIVITY": "subscribed",
}
"""Kinds of notices, and whether a new organisation's administrators get them."""
OTHER = {"subscribed": "unsubscribe", "unsubscribed": "subscribe"}
"""What can be done about a subscription."""


def _subscription(context: Context, kind: str, owner: str, notice: str) -> Resource:
    """One subscription. Raises Refusal: 501 for a notice that no recording shows."""
    known = context.org.get(kind, (owner,), notice)
    if known is None and notice not in NOTICES:
        raise errors.unevidenced(context.org, f"the notice {notice}")
    return known or {"notificationType": notice, "channels": ["email"], "status": NOTICES[notice]}


def _shown(context: Context, kind: str, owner: str, one: Resource) -> Json:
    here = context.href(f"/api/v1/{kind.partition('/')[0]}/{owner}/subscriptions/{one['notificationType']}")
    verb = OTHER[one["status"]]
    links = {verb: hints(f"{here}/{verb}", "POST"), "self": {"href": here}}
    return {**one, "_links": links}


def _read(kind: str) -> Answering:
    def answer(context: Context) -> Reply:
        owner, notice = context.ids
        return Reply(_shown(context, kind, owner, _subscription(context, kind, owner, notice)))

    return answer


def _list(kind: str) -> Answering:
    def answer(context: Context) -> Reply:
        (owner,) = context.ids
        return Reply([_shown(context, kind, owner, _subscription(context, kind, owner, one)) for one in NOTICES])

    return answer


def _set(kind: str, status: str) -> Answering:
    """It answers 200 without a body."""

    def answer(context: Context) -> Reply:
        owner, notice = context.ids
        one = _subscription(context, kind, owner, notice)
        context.org.put(kind, (owner,), notice, {**one, "status": status})
        return Reply(None)

    return answer


def _answers(owners: str) -> Iterator[tuple[str, Answering]]:
    kind = f"{owners}/subscriptions"
    collection = f"/api/v1/{owners}/{{owner}}/subscriptions"
    yield f"GET {collection}", _list(kind)
    yield f"GET {collection}/{{notificationType}}", _read(kind)
    for status, verb in (("subscribed", "subscribe"), ("unsubscribed", "unsubscribe")):
        yield f"POST {collection}/{{notificationType}}/{verb}", _set(kind, status)


FAMILY = Family(answers=dict(pair for owners in ("users", "roles") for pair in _answers(owners)))
