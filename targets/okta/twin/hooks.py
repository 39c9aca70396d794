"""Event hooks, inline hooks, the keys that sign their calls, and log streams."""

from __future__ import annotations

import uuid

from conformance.recordings.model import Json
from conformance.twinkit.service import Reply
from conformance.twinkit.store import URL_SAFE
from targets.okta.twin import errors
from targets.okta.twin.context import Context
from targets.okta.twin.family import Family
from targets.okta.twin.java_sets import hash_order
from targets.okta.twin.kinds import SWITCH, Kind, hints, lifecycle, standard, update
from targets.okta.twin.listing import Listing, expression
from targets.okta.twin.org import Org, Path, Resource

SECRETS = frozenset({"clientSecret", "value"})
"""Members of a channel's configuration that no answer shows."""


# --- hooks


def channel_made(channel: Resource) -> Resource:
    """Where a hook calls, without its secrets."""
    config = {name: value for name, value in (channel.get("config") or {}).items() if name not in SECRETS}
    scheme = {name: value for name, value in (config.get("authScheme") or {}).items() if name not in SECRETS}
    config = {"headers": [], "method": "POST", **config, "authScheme": scheme or None}
    return {**channel, "config": config}


def hook_links(context: Context, path: str, hook: Resource, *while_active: str) -> Json:
    """What can be done with a hook in its state."""
    here = context.href(path)
    if hook.get("status") == "ACTIVE":
        verbs = {verb: hints(f"{here}/{verb}", "POST") for verb in while_active}
        links = {verb.rpartition("/")[2]: link for verb, link in verbs.items()}
        return {"self": {"href": here}, **links, "deactivate": hints(f"{here}/lifecycle/deactivate", "POST")}
    activate = hints(f"{here}/lifecycle/activate", "POST")
    return {"self": {"href": here}, "activate": activate, "delete": hints(here, "DELETE")}


def inline_made(_: Context, body: Resource, old: Resource | None) -> Resource:
    """A new hook is active, whatever the body says."""
    return {**body, "status": "ACTIVE", "channel": channel_made(body.get("channel") or {})}


INLINE = Kind(
    "/api/v1/inlineHooks/{inlineHookId}",
    entity="InlineHook",
    prefix="cal",
    make=inline_made,
    links=lambda context, hook, ids: hook_links(context, "/api/v1/inlineHooks/{}".format(*ids), hook, "execute"),
    listing=Listing(narrow={"type": lambda _, text: lambda hook: hook.get("type") == text}),
)


def event_made(context: Context, body: Resource, old: Resource | None) -> Resource:
    """A hook that has not been verified; a body's status counts only when it replaces one."""
    events = {"filter": None, **(body.get("events") or {})}
    events["items"] = hash_order(events.get("items") or ())
    status = body.get("status", old["status"]) if old else "ACTIVE"
    made = {"description": None, **body, "events": events, "status": status}
    return made | {"channel": channel_made(body.get("channel") or {}), "createdBy": context.org.caller()}


EVENT = Kind(
    "/api/v1/eventHooks/{eventHookId}",
    entity="EventHook",
    prefix="who",
    defaults={"verificationStatus": "UNVERIFIED"},
    make=event_made,
    links=lambda context, hook, ids: hook_links(
        context, "/api/v1/eventHooks/{}".format(*ids), hook, "lifecycle/verify"
    ),
    keeps=frozenset({"verificationStatus", "createdBy"}),
    since={"description": "2021", "events.filter": "2021"},
)


def verify(context: Context) -> Reply:
    """POST: ask the hook to prove itself. Nobody is there to answer."""
    EVENT.find(context.org, *context.ids)
    raise errors.unevidenced(context.org, "the verification of an event hook")


def execute(context: Context) -> Reply:
    """POST: call the hook, to try it. Nobody is there to answer."""
    INLINE.find(context.org, *context.ids)
    raise errors.unevidenced(context.org, "the execution of an inline hook")


# --- keys

EXPONENT = "AQAB"


def key_made(context: Context, body: Resource, old: Resource | None) -> Resource:
    """A key is made once; afterwards only its name changes."""
    if old is not None:
        return {**old, **body}
    return {**body, "isUsed": False, "keyId": _uuid(context.org), "~modulus": context.org.ids.token(342, URL_SAFE)}


def _uuid(org: Org) -> str:
    return str(uuid.UUID(int=org.ids.number(0, (1 << 128) - 1), version=4))


def public_key(context: Context, key: Resource) -> Json:
    """The public half, which only writes show."""
    if context.request.method == "GET":
        return {}
    return jwk(key)


def jwk(key: Resource) -> Resource:
    """A public key in the form of JOSE."""
    told = {"kty": "RSA", "alg": "RSA", "kid": key["keyId"], "use": None, "e": EXPONENT}
    return told | {"n": key.get("~modulus")}


KEYS = Kind("/api/v1/hook-keys/{id}", entity="HookKey", prefix="HKY", make=key_made, embedded=public_key)


def read_public_key(context: Context) -> Reply:
    """GET of a public key by the id that signatures name."""
    for key in KEYS.all(context.org):
        if key.get("keyId") == context.ids[0]:
            return Reply(jwk(key))
    raise errors.not_found(context.org, context.ids[0], KEYS.entity)


# --- log streams


def stream_links(context: Context, stream: Resource, ids: Path) -> Json:
    """The stream, and the switch that can be used."""
    here = context.href("/api/v1/logStreams/{}".format(*ids))
    verb = "deactivate" if stream.get("status") == "ACTIVE" else "activate"
    return {
        "self": {"href": here, "method": "GET"},
        verb: {"href": f"{here}/lifecycle/{verb}", "method": "POST"},
    }


def stream_made(_: Context, body: Resource, old: Resource | None) -> Resource:
    """A new stream is active; the token that it sends is not shown."""
    settings = {name: value for name, value in (body.get("settings") or {}).items() if name != "token"}
    return {**body, "settings": settings, "status": "ACTIVE"}


STREAMS = Kind(
    "/api/v1/logStreams/{logStreamId}",
    entity="AppInstance",
    prefix="0oa",
    make=stream_made,
    links=stream_links,
    listing=Listing(limit=20, narrow={"filter": expression}, told=("limit", "filter")),
)


FAMILY = Family(
    kinds=(INLINE, EVENT, KEYS, STREAMS),
    answers={
        **standard(INLINE),
        f"POST {INLINE.path}": update(INLINE),
        **lifecycle(INLINE, SWITCH),
        f"POST {INLINE.path}/execute": execute,
        **standard(EVENT),
        **lifecycle(EVENT, SWITCH),
        f"POST {EVENT.path}/lifecycle/verify": verify,
        **standard(KEYS),
        "GET /api/v1/hook-keys/public/{keyId}": read_public_key,
        **standard(STREAMS),
        **lifecycle(STREAMS, SWITCH, Reply(None), touches=True),
    },
)
