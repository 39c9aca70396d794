"""Devices, and agent pools with their updates."""

from __future__ import annotations

from conformance.recordings.model import Json
from conformance.twinkit.service import Reply
from targets.okta.twin import errors
from targets.okta.twin.context import Context
from targets.okta.twin.family import Family
from targets.okta.twin.kinds import NO_CONTENT, Kind, hints, lifecycle, standard
from targets.okta.twin.listing import Listing, equals, expression
from targets.okta.twin.org import Org, Path, Resource
from targets.okta.twin.seeding import seed_kind

# --- devices

VERBS = {
    "ACTIVE": ("suspend", "deactivate"),
    "SUSPENDED": ("unsuspend", "deactivate"),
    "DEACTIVATED": ("activate",),
    "CREATED": ("activate", "deactivate"),
}
"""What can be done with a device in each state."""
STATES = {"activate": "ACTIVE", "deactivate": "DEACTIVATED", "suspend": "SUSPENDED", "unsuspend": "ACTIVE"}


def device_links(context: Context, device: Resource, ids: Path) -> Json:
    """The device, its users while it is used, and what can be done with it."""
    here, status = context.href("/api/v1/devices/{}".format(*ids)), str(device.get("status"))
    verbs = {verb: hints(f"{here}/lifecycle/{verb}", "POST") for verb in VERBS.get(status, ())}
    if status == "DEACTIVATED":
        return {**verbs, "self": hints(here, "GET", "DELETE")}
    users = hints(f"{here}/users", "GET")
    return {**verbs, "self": hints(here, "GET", "PATCH", "PUT"), "users": users}


def device_seeded(org: Org, ids: Path, resource: Resource) -> None:
    """A device as an answer showed it, with where it comes from."""
    seed_kind(org, DEVICES, ids, resource).setdefault("~origin", resource.get("_embedded"))


def origin(context: Context, device: Resource) -> Json:
    """Where a device comes from, which only the read of one shows."""
    return (device.get("~origin") or {}) if context.ids else {}


DEVICES = Kind(
    "/api/v1/devices/{deviceId}",
    entity="Device",
    prefix="guo",
    defaults={"status": "ACTIVE", "resourceType": "UDDevice"},
    links=device_links,
    embedded=origin,
    listing=Listing(limit=20, narrow={"search": expression}, told=("limit", "search")),
)


def list_users(context: Context) -> Reply:
    """GET of the users of a device."""
    if context.org.get(DEVICES.name, (), context.ids[0]) is None:
        raise errors.not_found(context.org, context.ids[0], "GenericUDObject")
    return Reply(context.shown(list(context.org.shelf("devices/users", context.ids).values())))


# --- agent pools

POOLS = Kind("/api/v1/agentPools/{poolId}", entity="AppInstance", listing=Listing(narrow={"poolType": equals("type")}))
NEEDED = {"name": "name", "agentType": "agentType", "agents": "agentList"}
"""Members that an update must have, by what refusals call them."""
AGENTS = "agentPools/updates/agents"
"""Kind of the agents that were there before, as answers to updates of them show them."""
VERSION = "3.22.0"
"""The latest version of agents."""


def update_made(context: Context, body: Resource, old: Resource | None) -> Resource:
    """An update that waits for its time. Raises Refusal: 400 for one without name or agents."""
    if missing := [word for member, word in NEEDED.items() if not body.get(member)]:
        raise errors.invalid(context.org, missing[0], *(f"errors in the field: {word}" for word in missing))
    made: Resource = {name: body[name] for name in ("name", "agentType", "enabled", "notifyAdmin") if name in body}
    told = {name: body[name] for name in ("reason", "sortOrder") if body.get(name)}
    schedule = {name: value for name, value in (body.get("schedule") or {}).items() if value or name != "delay"}
    agents = [_agent(context, body, agent) for agent in body["agents"]]
    state = {"status": "Scheduled", "targetVersion": body.get("targetVersion") or VERSION}
    return {**made, **told, "agents": agents, "schedule": schedule, **state}


def _agent(context: Context, body: Resource, agent: Resource) -> Resource:
    """An agent that works, and waits for its update."""
    state = {"operationalStatus": "OPERATIONAL", "updateStatus": "Scheduled", "updateMessage": "Queued for update."}
    version = {"version": VERSION, "latestGAedVersion": True, "isLatestGAedVersion": True, "isHidden": False}
    seen = int(context.org.clock.moment.timestamp() * 1000)
    usual = {"type": body["agentType"], "poolId": context.ids[0], "name": "AGENT", "lastConnection": seen}
    known = context.org.get(AGENTS, context.ids[:1], str(agent.get("id"))) or {}
    return {**usual, **version, **known, **state, **agent}


UPDATES = Kind(
    "/api/v1/agentPools/{poolId}/updates/{updateId}",
    entity="AgentPoolUpdate",
    prefix="ajd",
    make=update_made,
    links=lambda _context, _update, _ids: {},
    times=(),
)


def read_settings(context: Context) -> Reply:
    """GET of when and how the agents of a pool are updated."""
    if "type" not in POOLS.find(context.org, *context.ids):  # nobody has seen such a pool
        raise errors.not_found(context.org, context.ids[0], POOLS.entity)
    raise errors.unevidenced(context.org, "the settings of updates")


FAMILY = Family(
    kinds=(DEVICES, POOLS, UPDATES),
    answers={
        **standard(DEVICES, "list", "read", "delete"),
        **lifecycle(DEVICES, STATES, NO_CONTENT),
        f"GET {DEVICES.path}/users": list_users,
        **standard(POOLS, "list"),
        **standard(UPDATES, "create", "list", "read", "delete"),
        f"GET {UPDATES.collection}/settings": read_settings,
    },
    seeds={DEVICES.name: device_seeded},
)
