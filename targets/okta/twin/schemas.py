"""Schemas of profiles: of users, of groups, and of the users of an application.

A schema has a part that comes with the service (``base``) and one that the organisation makes (``custom``). A change
names properties: one that is null goes away, any other is laid over what is there.
"""

from __future__ import annotations

import json
import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from conformance.programs.trees import merged
from conformance.recordings.model import Json
from conformance.twinkit.service import Reply
from targets.okta.twin import errors
from targets.okta.twin.context import Context
from targets.okta.twin.family import Family
from targets.okta.twin.org import BASE, Org, Path, Resource

USER, GROUP, APP = "meta/schemas/user", "meta/schemas/group/default", "meta/schemas/apps/default"
DRAFT = "http://json-schema.org/draft-04/schema#"
PARTS = ("custom", "base")
DEFAULT = "default"

OWNED: Mapping[str, Any] = {
    "mutability": "READ_WRITE",
    "scope": "NONE",
    "permissions": [{"principal": "SELF", "action": "READ_WRITE"}],
    "master": {"type": "PROFILE_MASTER"},
}
"""What every property of a user's or a group's schema says."""
LETTERS, NAME_LENGTH = string.ascii_lowercase + string.digits, 7
"""What the name of an application's schema ends in."""
MASTER = "meta/schemas/user/master"
"""What organisations lack where users' properties do not say which profile rules."""


@dataclass(frozen=True)
class Usual:
    """What is usual of the properties of one kind of schema.

    Args:
        below: What every new property says.
        unkept: Members that it takes and does not keep.
        of_arrays: Members that it keeps only of arrays.
    """

    below: Mapping[str, Any]
    unkept: Sequence[str] = ()
    of_arrays: Sequence[str] = ()


OF_APPS = Usual({}, ("master", "permissions"), ("union",))


@cache
def profile(name: str) -> Mapping[str, Mapping[str, Any]]:
    """A base profile that comes with the service, by property (``data/*_profile.json``)."""
    text = files("targets.okta.twin").joinpath("data", f"{name}_profile.json").read_text("utf-8")
    properties: Mapping[str, Mapping[str, Any]] = json.loads(text)
    return properties


def _owned(property_: Mapping[str, Any], action: str = "READ_WRITE") -> Resource:
    permissions = [{"principal": "SELF", "action": action}]
    return {"type": "string", **OWNED, "permissions": permissions, **property_}


def user_base(org: Org) -> Resource:
    """Base properties of a user."""
    dropped = ("action", *(("master",) if org.lacks(MASTER) else ()))
    owned = {name: _owned(given, given["action"]) for name, given in profile("user").items()}
    return {name: {k: v for k, v in one.items() if k not in dropped} for name, one in owned.items()}


def group_base() -> Resource:
    """Base properties of a group."""
    name = _owned({"title": "Name", "description": "Name", "required": True, "maxLength": 255})
    return {
        "name": name,
        "description": _owned({"title": "Description", "description": "Description", "maxLength": 1024}),
    }


def openid_base() -> Resource:
    """Base properties of the users of an OpenID Connect application."""
    return {name: {"type": "string", "scope": "SELF", **given} for name, given in profile("openid").items()}


def _document(id_: str, name: str, title: str, base: Resource, times: Mapping[str, Any], **more: Any) -> Resource:
    parts = {"custom": {}, "base": base}
    definitions = {part: {"id": f"#{part}", "type": "object", "properties": parts[part]} for part in PARTS}
    shape = {"profile": {"allOf": [{"$ref": f"#/definitions/{part}"} for part in PARTS]}}
    about = {"id": f"{BASE}/meta/schemas/{id_}", "$schema": DRAFT, "name": name, "title": title, **more, **times}
    return {**about, "definitions": definitions, "type": "object", "properties": shape}


def _times(org: Org, maker: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
    """A schema is as old as what it belongs to."""
    moment = (maker or {}).get("created") or org.now()
    return {"created": moment, "lastUpdated": moment}


# --- finding


def schema_id(type_id: str) -> str:
    """The id of a user type's schema: the type's, with another beginning."""
    return f"osc{type_id[3:]}"


def _default_type(org: Org) -> Resource:
    types = org.shelf("meta/types/user")
    return next((one for one in types.values() if one.get("default")), next(iter(types.values()), {"id": "oty"}))


def user_schema(org: Org, name: str) -> Resource:
    """The schema that has the id ``name``, or the default one. Raises Refusal: 404."""
    found = org.get(USER, (), name)
    if found is not None:
        return found
    types = org.shelf("meta/types/user").values()
    owner = _default_type(org) if name == DEFAULT else next((t for t in types if schema_id(t["id"]) == name), None)
    if owner is None:
        raise errors.not_found(org, name, "CVDType")
    return _keep_user_schema(org, schema_id(owner["id"]), _new_user_schema(org, owner), owner)


def _new_user_schema(org: Org, owner: Resource) -> Resource:
    about = "Okta user profile template with default permission settings"
    document = _document("user/default", "user", "User", user_base(org), _times(org, owner), description=about)
    return _with_required(document)


def _keep_user_schema(org: Org, id_: str, document: Resource, owner: Resource) -> Resource:
    existing = org.get(USER, (), id_)
    if existing is not None:
        return existing
    if owner is _default_type(org):
        org.names[USER, DEFAULT] = id_
    return org.put(USER, (), id_, {**document, "~id": id_, "~type": owner["id"]})


def group_schema(org: Org) -> Resource:
    """The schema of all groups."""
    found = org.get(GROUP, (), "")
    if found is not None:
        return found
    about = "Okta group profile template"
    document = _document("group/default", "group", "Okta group", group_base(), _times(org), description=about)
    return org.put(GROUP, (), "", _with_required(document))


def app_schema(org: Org, app_id: str) -> Resource:
    """The schema of an application's users. Raises Refusal: 404, or 501 where nothing shows what it would be."""
    found = org.get(APP, (app_id,), "")
    if found is not None:
        return found
    app = org.get("apps", (), app_id)
    if app is None:
        raise errors.not_found(org, app_id, "AppInstance")
    if app.get("signOnMode") != "OPENID_CONNECT":
        raise errors.unevidenced(org, "the user schema of an application that is no OpenID Connect client")
    title = f"{app.get('label')} User"
    begin = f"{app.get('name')}_"
    name = org.ids.token(len(begin) + NAME_LENGTH, LETTERS, begin)
    document = _document(f"apps/{app_id}/default", name, title, openid_base(), _times(org, app))
    return org.put(APP, (app_id,), "", _with_required(document))


def _with_required(document: Resource) -> Resource:
    """Each part that has properties lists those that are required."""
    for part in PARTS:
        section = document["definitions"][part]
        section.pop("required", None)
        if section["properties"]:
            section["required"] = [name for name, one in section["properties"].items() if one.get("required")]
    return document


# --- changing


def _change(context: Context, document: Resource, usual: Usual) -> None:
    body = context.body
    for part in PARTS:
        sent = (body.get("definitions") or {}).get(part) or {}
        _change_properties(document["definitions"][part]["properties"], sent.get("properties") or {}, usual)
    document |= {name: body[name] for name in ("title", "description") if name in body}
    document["lastUpdated"] = context.org.now()
    _with_required(document)


def _change_properties(properties: Resource, sent: Mapping[str, Json], usual: Usual) -> None:
    for name, asked in sent.items():
        if asked is None:
            properties.pop(name, None)
        elif isinstance(asked, dict):
            properties[name] = _property(properties.get(name), asked, usual)


def _property(old: Resource | None, asked: Resource, usual: Usual) -> Resource:
    """A property as it is kept: ``required`` only where it is true."""
    kept: Resource = merged(old or dict(usual.below), asked)
    dropped = [*usual.unkept, *(usual.of_arrays if kept.get("type") != "array" else ())]
    dropped += [] if kept.get("required") else ["required"]
    return {name: value for name, value in kept.items() if name not in dropped}


# --- answers


def _user_view(context: Context, document: Resource) -> Reply:
    view = {name: value for name, value in document.items() if not name.startswith("~")}
    links = {
        "self": f"/api/v1/meta/schemas/user/{document['~id']}",
        "type": f"/api/v1/meta/types/user/{document['~type']}",
    }
    view["_links"] = {rel: {"rel": rel, "href": context.href(path), "method": "GET"} for rel, path in links.items()}
    return Reply(context.shown(view))


def _group_view(context: Context, document: Resource) -> Reply:
    here = {"rel": "self", "href": context.href("/api/v1/meta/schemas/group/default"), "method": "GET"}
    return Reply(context.shown({**document, "_links": {"self": here}}))


def _read_user(context: Context) -> Reply:
    return _user_view(context, user_schema(context.org, context.ids[0]))


def _change_user(context: Context) -> Reply:
    document = user_schema(context.org, context.ids[0])
    _change(context, document, Usual(OWNED, ("master",) if context.org.lacks(MASTER) else ()))
    return _user_view(context, document)


def _read_group(context: Context) -> Reply:
    return _group_view(context, group_schema(context.org))


def _change_group(context: Context) -> Reply:
    document = group_schema(context.org)
    _change(context, document, Usual(OWNED))
    return _group_view(context, document)


def _read_app(context: Context) -> Reply:
    return Reply(context.shown(app_schema(context.org, context.ids[0])))


def _change_app(context: Context) -> Reply:
    document = app_schema(context.org, context.ids[0])
    _change(context, document, OF_APPS)
    return Reply(context.shown(document))


# --- what was there before


def _seed_user(org: Org, ids: Path, resource: Resource) -> None:
    """A user schema is addressed by its id or as the default one; its links tell the id, and the type's."""
    links = resource.get("_links", {})
    id_ = _last(links, "self") or (ids[-1] if ids[-1] != DEFAULT else schema_id(_default_type(org)["id"]))
    type_id = _last(links, "type") or _default_type(org)["id"]
    if ids[-1] == DEFAULT or "user/default" in str(resource.get("id")):
        org.names[USER, DEFAULT] = id_
    document = {name: value for name, value in resource.items() if name != "_links"}
    if not document:
        document = _new_user_schema(org, {})
    org.names[USER, ids[-1]] = id_
    org.put(USER, (), id_, {**document, "~id": id_, "~type": type_id})


def _last(links: Mapping[str, Any], relation: str) -> str:
    return str((links.get(relation) or {}).get("href", "")).rpartition("/")[2]


def _seed_group(org: Org, _: Path, resource: Resource) -> None:
    if resource:
        org.put(GROUP, (), "", {name: value for name, value in resource.items() if name != "_links"})


def _seed_app(org: Org, ids: Path, resource: Resource) -> None:
    if resource:
        org.put(APP, ids[:-1], "", resource)


_USER_PATH = "/api/v1/meta/schemas/user/{schemaId}"
_GROUP_PATH = "/api/v1/meta/schemas/group/default"
_APP_PATH = "/api/v1/meta/schemas/apps/{appId}/default"

FAMILY = Family(
    answers={
        f"GET {_USER_PATH}": _read_user,
        f"POST {_USER_PATH}": _change_user,
        f"GET {_GROUP_PATH}": _read_group,
        f"POST {_GROUP_PATH}": _change_group,
        f"GET {_APP_PATH}": _read_app,
        f"POST {_APP_PATH}": _change_app,
    },
    seeds={USER: _seed_user, GROUP: _seed_group, APP: _seed_app, "meta/schemas/apps": lambda *_: None},
)
