"""Whatever a body says, the twin answers in the vendor's form, and what it has taken it can show."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from okta_calls import call, okta, seed

JUNK = (None, "", "x", 7, True, [], {}, [[]], [{}], {"a": None})
HOOK = {"name": "h", "events": {"type": "EVENT_TYPE", "items": ["user.lifecycle.create"]}}
CHANNEL = {"type": "HTTP", "version": "1.0.0", "config": {"uri": "https://x.example", "headers": [{"key": "a"}]}}
SAML = {"signOn": {"inlineHooks": [{"id": "cal1"}], "acsEndpoints": [], "slo": {"issuer": "x"}}, "app": {}}
BODIES: dict[str, Any] = {
    "/groups": {"profile": {"name": "g", "description": "d"}},
    "/users": {
        "profile": {"login": "a@x.example", "email": "a@x.example", "firstName": "A", "lastName": "B"},
        "credentials": {"password": {"value": "Secret-1"}, "recovery_question": {"question": "q", "answer": "a"}},
        "groupIds": ["00g1"],
    },
    "/apps": {
        "label": "a",
        "signOnMode": "SAML_2_0",
        "visibility": {"hide": {"web": True}, "appLinks": {}},
        "credentials": {"userNameTemplate": {"template": "x", "type": "CUSTOM"}, "signing": {"kid": "k"}},
        "settings": SAML,
    },
    "/policies": {
        "type": "PASSWORD",
        "name": "p",
        "conditions": {"people": {"groups": {"include": ["00g1"]}}},
        "settings": {"password": {"age": {"maxAgeDays": 1}}},
    },
    "/policies/00p1/rules": {
        "type": "SIGN_ON",
        "name": "r",
        "conditions": {"people": {"users": {"exclude": ["00u1"]}}, "network": {"connection": "ANYWHERE"}},
        "actions": {"signon": {"access": "ALLOW", "session": {"usePersistentCookie": True}}},
    },
    "/zones": {"type": "IP", "name": "z", "gateways": [{"type": "CIDR", "value": "1.2.3.4/24"}], "proxies": None},
    "/eventHooks": {**HOOK, "channel": CHANNEL},
    "/meta/schemas/user/linkedObjects": {
        "primary": {"name": "boss", "title": "B", "type": "USER"},
        "associated": {"name": "report", "title": "R", "type": "USER"},
    },
    "/realm-assignments": {
        "name": "r",
        "priority": 1,
        "conditions": {"profileSourceId": "0oa1", "expression": {"value": "x"}},
        "actions": {"assignUserToRealm": {"realmId": "guo1"}},
    },
}


def places(tree: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The ways to all members and items."""
    inner = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for key, value in inner:
        yield (*way, key)
        yield from places(value, (*way, key))


def replaced(tree: Any, way: tuple[Any, ...], value: Any) -> Any:
    """The tree with another value at the end of a way."""
    changed = copy.deepcopy(tree)
    place = changed
    for key in way[:-1]:
        place = place[key]
    place[way[-1]] = value
    return changed


@pytest.mark.parametrize("path", BODIES)
@given(st.data())
def test_bodies_of_any_shape_are_answered(path: str, data: st.DataObject) -> None:
    twin = okta()
    for kind, id_ in (("groups", "00g1"), ("users", "00u1"), ("policies", "00p1"), ("realms", "guo1")):
        seed(twin, kind, id_)
    way = data.draw(st.sampled_from(sorted(places(BODIES[path]), key=str)))
    body = replaced(BODIES[path], way, data.draw(st.sampled_from(JUNK)))
    made = call(twin, f"POST /api/v1{path}", body)
    assert made.status < 300 or "errorCode" in made.body
    assert call(twin, f"GET /api/v1{path}").status in (200, 501)
    if made.status < 300 and "id" in made.body:
        assert call(twin, f"GET /api/v1{path}/{made.body['id']}").status == 200


def test_what_is_not_well_formed_leaves_nothing() -> None:
    twin = okta()
    refused = call(twin, "POST /api/v1/groups", {"profile": "x"})
    assert (refused.status, refused.body["errorCode"]) == (400, "E0000003")
    assert [group["type"] for group in call(twin, "GET /api/v1/groups").body] == ["BUILT_IN"]
