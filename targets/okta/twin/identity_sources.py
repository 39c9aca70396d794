"""Identity sources: sessions that import people, and groups with members by the ids that the source gives them."""

from __future__ import annotations

from urllib.parse import urlencode

from conformance.twinkit.service import Reply, TwinRequest
from targets.okta.twin import errors
from targets.okta.twin.context import Context
from targets.okta.twin.family import Family
from targets.okta.twin.kinds import NO_CONTENT, Kind, delete, standard
from targets.okta.twin.org import Resource

SOURCE = "/api/v1/identity-sources/{identitySourceId}"
CANCELLABLE = ("CREATED", "IN_PROGRESS")

# --- sessions


def _cancellable(context: Context, session: Resource) -> None:
    if session["status"] not in CANCELLABLE:
        cause = f"Only a session that is in {' or '.join(CANCELLABLE)} status can be canceled."
        raise errors.invalid(context.org, "importSessionId", cause)


SESSIONS = Kind(
    f"{SOURCE}/sessions/{{sessionId}}",
    entity="IdentitySourceSession",
    prefix="aps",
    defaults={"status": "CREATED", "importType": "INCREMENTAL"},
    make=lambda context, body, _old: {"identitySourceId": context.ids[0], **body},
    before_delete=_cancellable,
    created=201,
)


WRONG_TYPE = "entityType: The field entityType is not valid."


def entity_type_refused(_: TwinRequest) -> Reply:
    """The condition that a source does not take what it is given: which types it takes no call tells."""
    return errors.stateless(400, "E0000001", "Api validation failed: entityType", WRONG_TYPE)


def bulk(context: Context) -> Reply:
    """POST of people or groups to put in, or to take out, when the import starts."""
    SESSIONS.find(context.org, *context.ids)
    if not context.body.get("entityType"):
        raise errors.invalid(context.org, "entityType", WRONG_TYPE)
    return Reply(None, 202)


def start_import(context: Context) -> Reply:
    """POST: from now on the session cannot be cancelled."""
    session = SESSIONS.find(context.org, *context.ids)
    return Reply(SESSIONS.shown(context, SESSIONS.touch(context, session, status="TRIGGERED")))


# --- groups

GROUPS = Kind(
    f"{SOURCE}/groups/{{groupOrExternalId}}",
    entity="Group",
    prefix="00g",
    times=(),
    names=lambda group: [str(group["externalId"])] if "externalId" in group else [],
)


def members(context: Context) -> list[str]:
    """Members of a group, by the ids of the source; to be changed in place."""
    kept: list[str] = GROUPS.find(context.org, *context.ids[:2]).setdefault("~members", [])
    return kept


PAGE = 200


def list_members(context: Context) -> Reply:
    """GET: pages of the ids of members; a cursor is the last id of the page before."""
    found, limit = members(context), int(context.request.first("limit") or PAGE)
    after = context.request.first("after")
    start = found.index(after) + 1 if after in found else 0
    page = found[start : start + limit]
    more = start + limit < len(found)
    here = context.href(context.request.path)
    headers = {"link": f'<{here}?{urlencode({"after": page[-1], "limit": limit})}>; rel="next"'} if more else {}
    return Reply({"memberExternalIds": page}, 200, headers)


def add_member(context: Context) -> Reply:
    """POST: one more, or nothing new."""
    found, member = members(context), str(context.body.get("memberExternalId", ""))
    if member not in found:
        found.append(member)
    return NO_CONTENT


def remove_member(context: Context) -> Reply:
    """DELETE: one less, if it was there."""
    found = members(context)
    found[:] = [member for member in found if member != context.ids[2]]
    return NO_CONTENT


KINDS = (SESSIONS, GROUPS)
BULKS = ("bulk-upsert", "bulk-delete", "bulk-groups-upsert", "bulk-groups-delete")

FAMILY = Family(
    kinds=KINDS,
    answers={
        **standard(SESSIONS, "create", "list", "read", "delete"),
        **{f"POST {SESSIONS.path}/{verb}": bulk for verb in BULKS},
        f"POST {SESSIONS.path}/start-import": start_import,
        **standard(GROUPS, "create", "read", "replace"),
        f"DELETE {GROUPS.path}": delete(GROUPS, Reply(None)),
        f"GET {GROUPS.path}/membership": list_members,
        f"POST {GROUPS.path}/membership": add_member,
        f"DELETE {GROUPS.path}/membership/{{memberExternalId}}": remove_member,
    },
)
