"""Users: who calls, who is meant, how they are shown, and what they may do."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from conformance.recordings.model import Json
from conformance.twinkit.service import Reply
from targets.jira.twin import errors
from targets.jira.twin.context import Answering, Context
from targets.jira.twin.presets import avatars, data
from targets.jira.twin.site import BASE, Resource, Site

NAMES = ("accountId", "id", "name", "key")
"""Members by which a body says whom it means."""
IN_OTHERS = (
    "name",
    "key",
    "accountId",
    "emailAddress",
    "avatarUrls",
    "displayName",
    "active",
    "timeZone",
    "accountType",
)
"""Members that are shown where a user is a part of something else."""
MOST_FOUND = 50


def address(site: Site, user: str, safe: str = "") -> str:
    """The link of a user. Lists and the user's own page leave colons and at signs as they are."""
    return f"{BASE}/rest/api/2/user?{'accountId' if site.is_cloud else 'username'}={quote(user, safe=safe)}"


def id_of(site: Site, user: Resource) -> str:
    """What a user is called in links."""
    return str(user.get("accountId" if site.is_cloud and "accountId" in user else "name") or user.get("key", ""))


def in_others(user: Resource) -> Resource:
    """A user as a part of something else: there links escape what lists and the user's own page leave as it is."""
    page, _, query = user["self"].partition("?")
    link = f"{page}?{query.replace('@', '%40').replace(':', '%3A')}" if query else page
    return {"self": link, **{name: user[name] for name in IN_OTHERS if name in user}}


def me(context: Context) -> Resource:
    """Who calls, as a part of something else."""
    return in_others(context.site.me)


def find(site: Site, name: str) -> Resource | None:
    """The user with that account id, name or key."""
    known = site.get("user", (), name)
    users = site.shelf("user").values()
    return known or next((user for user in users if name in (user.get("key"), user.get("accountId"))), None)


def meant(site: Site, name: str) -> Resource | None:
    """The user with that name; on a site that is not known whole, any name may be somebody's."""
    known = find(site, name)
    if known is None and site.is_seeded:
        named = {"accountId": name, "accountType": "atlassian"} if site.is_cloud else {"name": name, "key": name}
        known = site.put("user", (), name, {"self": address(site, name), **named, "displayName": name, "active": True})
        known["avatarUrls"] = avatars("secure/useravatar?avatarId=10346")
    return known


def named_in(value: Json) -> str:
    """The name in a reference to a user; "" for nobody."""
    if isinstance(value, dict):
        return next((str(value[member]) for member in NAMES if value.get(member)), "")
    return str(value or "")


def alone(context: Context, user: Resource) -> Any:
    """A user as the subject of an answer."""
    return context.shown({**user, "self": address(context.site, id_of(context.site, user), safe=":@")})


def _counted(size: int) -> Json:
    return {"size": size, "items": []}


def myself(context: Context) -> Reply:
    """Who calls."""
    more: Resource = {"locale": "en_US", "groups": _counted(1), "applicationRoles": _counted(1)}
    if not context.site.is_cloud:
        more = {"deleted": False, **more}
    user = {**more, **context.site.me, "expand": "groups,applicationRoles"}
    return Reply(alone(context, user))


def read(context: Context) -> Reply:
    """One user, by account id, name or key."""
    name = next((value for key in ("accountId", "username", "key") if (value := context.request.first(key))), "")
    user = find(context.site, name)
    if user is None:
        raise errors.refusal(404, f"The user named '{name}' does not exist" if name else "User does not exist")
    more: Resource = {"groups": _counted(1), "applicationRoles": _counted(1), "expand": "groups,applicationRoles"}
    return Reply(alone(context, {**more, **user}))


def search(context: Context) -> Reply:
    """Users whose name, address or id begins with what was asked for; all of them for ``users/search``."""
    path = context.request.path.partition("/rest/api/")[2].partition("/")[2]
    asked = next((context.text(name) for name in ("query", "username", "accountId") if context.text(name)), "")
    listed = context.site.members(path)
    known = list(context.site.shelf("user").values())
    if listed is not None and context.site.view(path, (), context.query):
        found = [user for own in listed if (user := context.site.get("user", (), own))]
    else:
        found = [user for user in known if _answers_to(user, asked) and user.get("active", True)]
    start, most = context.number("startAt", 0), context.number("maxResults", MOST_FOUND)
    return Reply([alone(context, in_others(user) | _kind(user)) for user in found[start : start + most]])


def _kind(user: Resource) -> Resource:
    return {name: user[name] for name in ("appType", "locale") if name in user}


def _answers_to(user: Resource, asked: str) -> bool:
    words = [str(user.get(name, "")) for name in ("displayName", "emailAddress", "name", "accountId")]
    parts = [part for word in words for part in (word, *word.split())]
    return any(part.lower().startswith(asked.lower()) for part in parts if part)


def permissions(context: Context) -> Reply:
    """What whoever calls may do. Server tells all of them, whichever were asked for."""
    view = context.site.view("mypermissions", (), context.query)
    if view is not None and "answer" in view:
        return Reply(context.shown(view["answer"]))
    asked = context.words("permissions")
    if context.site.is_cloud and not asked:
        raise errors.refusal(400, "The 'permissions' query parameter is required.")
    return Reply(
        {"permissions": {row["key"]: _held(row) for row in data("permissions") if _wanted(context, row, asked)}}
    )


def _wanted(context: Context, row: Resource, asked: list[str]) -> bool:
    return not context.site.is_cloud or row["key"] in asked


def _held(row: Resource) -> Resource:
    return {**row, "havePermission": True}


def session(context: Context) -> Reply:
    """The session of whoever calls."""
    user, now = context.site.me, context.site.now()
    login = user.get("loginInfo") or {"failedLoginCount": 0, "loginCount": 1, "previousLoginTime": now}
    link = f"{BASE}/rest/api/{context.asked_version}/user?username={quote(id_of(context.site, user), safe='')}"
    link = link.replace("/api/1/", "/api/latest/")
    name = user.get("name") or user.get("displayName")
    base = context.base
    return Reply({"self": link.replace(BASE, base), "name": name, "loginInfo": login})


ANSWERS: dict[str, Answering] = {
    "GET myself": myself,
    "GET user": read,
    "GET user/search": search,
    "GET user/assignable/search": search,
    "GET users/search": search,
    "GET mypermissions": permissions,
    "GET /rest/auth/1/session": session,
}
