"""Hooks, keys and log streams of the Okta twin."""

from __future__ import annotations

import pytest
from okta_calls import call, ok, okta, seed

from conformance.twinkit.twin import Twin
from targets.okta.twin.java_sets import hash_order

CHANNEL = {"type": "HTTP", "version": "1.0.0", "config": {"uri": "https://acme.example/hook"}}
EVENTS = {"type": "EVENT_TYPE", "items": ["user.lifecycle.create", "user.lifecycle.activate"]}


@pytest.fixture
def twin() -> Twin:
    return okta()


def inline(**more: object) -> dict[str, object]:
    return {"name": "h", "type": "com.okta.import.transform", "version": "1.0.0", "channel": CHANNEL, **more}


def test_a_new_inline_hook_is_active_whatever_it_says(twin: Twin) -> None:
    made = ok(twin, "POST /api/v1/inlineHooks", inline(status="INACTIVE"))
    assert made["status"] == "ACTIVE" and set(made["_links"]) == {"self", "execute", "deactivate"}
    off = ok(twin, f"POST /api/v1/inlineHooks/{made['id']}/lifecycle/deactivate")
    assert off["status"] == "INACTIVE" and set(off["_links"]) == {"self", "activate", "delete"}
    replaced = ok(twin, f"PUT /api/v1/inlineHooks/{made['id']}", inline(name="g", status="ACTIVE"))
    assert (replaced["name"], replaced["status"]) == ("g", "INACTIVE")


def test_secrets_of_channels_are_not_shown(twin: Twin) -> None:
    scheme = {"type": "HEADER", "key": "Authorization", "value": "secret"}
    config = {"uri": "https://acme.example", "authScheme": scheme, "clientSecret": "secret"}
    made = ok(twin, "POST /api/v1/inlineHooks", inline(channel={**CHANNEL, "config": config}))
    assert "secret" not in str(made) and made["channel"]["config"]["method"] == "POST"


def test_hooks_are_listed_by_type(twin: Twin) -> None:
    made = ok(twin, "POST /api/v1/inlineHooks", inline())
    assert [one["id"] for one in ok(twin, f"GET /api/v1/inlineHooks?type={made['type']}")] == [made["id"]]
    assert ok(twin, "GET /api/v1/inlineHooks?type=other") == []


def test_an_event_hook_changes_its_status_by_replacement(twin: Twin) -> None:
    made = ok(twin, "POST /api/v1/eventHooks", {"name": "e", "events": EVENTS, "channel": CHANNEL})
    assert made["events"] == {**EVENTS, "items": hash_order(EVENTS["items"]), "filter": None}
    body = {"name": "e", "events": EVENTS, "channel": CHANNEL, "status": "INACTIVE"}
    assert ok(twin, f"PUT /api/v1/eventHooks/{made['id']}", body)["status"] == "INACTIVE"
    assert call(twin, f"POST /api/v1/eventHooks/{made['id']}/lifecycle/verify").status == 501


def test_event_hooks_of_2020_show_less(twin: Twin) -> None:
    seed(twin, "recorded", "", {"date": "2020-08-27T00:00:00+00:00"})
    made = ok(twin, "POST /api/v1/eventHooks", {"name": "e", "events": EVENTS, "channel": CHANNEL})
    assert "description" not in made and "filter" not in made["events"]


def test_sets_of_strings_come_in_the_order_of_their_hashes() -> None:
    assert hash_order(["b", "a", "b"]) == ["a", "b"]
    assert hash_order(["q", "a"]) == ["q", "a"]  # one place in a table of 16: in the order of insertion
    many = [chr(ord("a") + place) for place in range(20)]
    assert set(hash_order(many)) == set(many) and hash_order(many)[0] == "a"


def test_a_hook_key_shows_its_public_half_when_it_is_written(twin: Twin) -> None:
    made = ok(twin, "POST /api/v1/hook-keys", {"name": "k"})
    read = ok(twin, f"GET /api/v1/hook-keys/{made['id']}")
    assert made["_embedded"]["kid"] == made["keyId"] == read["keyId"] and "_embedded" not in read
    assert ok(twin, f"PUT /api/v1/hook-keys/{made['id']}", {"name": "l"})["_embedded"] == made["_embedded"]
    assert ok(twin, f"GET /api/v1/hook-keys/public/{made['keyId']}") == made["_embedded"]


def test_a_log_stream_hides_its_token_and_answers_nothing_when_switched(twin: Twin) -> None:
    settings = {"host": "acme.example", "edition": "aws", "token": "t"}
    made = ok(twin, "POST /api/v1/logStreams", {"name": "s", "type": "splunk_cloud_logstreaming", "settings": settings})
    here = f"/api/v1/logStreams/{made['id']}"
    assert "token" not in made["settings"] and "deactivate" in made["_links"]
    off = call(twin, f"POST {here}/lifecycle/deactivate")
    assert (off.status, off.body) == (200, None)
    assert ok(twin, f"GET {here}")["status"] == "INACTIVE"
    assert call(twin, f"DELETE {here}").status == 204
    assert call(twin, f"GET {here}").body["errorSummary"].endswith("(AppInstance)")
