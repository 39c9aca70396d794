"""Views: modals that somebody's click opens, and home tabs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conformance.recordings.model import Json
from targets.slack.twin.blocks import complaints_about, complete_block
from targets.slack.twin.calls import Call, Method
from targets.slack.twin.errors import SlackError, invalid_arguments

POINTER = "[json-pointer:/view]"
REQUIRED: Mapping[str, tuple[str, ...]] = {"modal": ("title", "blocks"), "home": ("blocks",)}
"""Types of views, and what each must have."""

HOME_TITLE: Json = {"type": "plain_text", "text": "View Title", "emoji": True}


def read_view(call: Call) -> Json:
    """The view of a call; refuses what cannot be one."""
    view = call.arguments.document("view")
    complaints = _complaints(call, view)
    if complaints:
        raise invalid_arguments(*complaints)
    return view


def _complaints(call: Call, view: Json) -> list[str]:
    if not isinstance(view, dict):
        return [f"failed to match all allowed schemas {POINTER}", f"must be a valid object {POINTER}"]
    if "type" not in view:
        return [f"failed to match all allowed schemas {POINTER}", f"missing required field: type {POINTER}"]
    if view["type"] not in REQUIRED:
        return [f"unsupported type: {view['type']} [json-pointer:/view/type]"]
    missing = [f"missing required field: {name} {POINTER}" for name in REQUIRED[view["type"]] if name not in view]
    return missing or complaints_about(call.state, view["blocks"], "/view/blocks")


def new_view(call: Call, view: Json, **more: Any) -> Json:
    """A view as the service keeps it."""
    state = call.state
    identifier = state.new_id("V")
    made: dict[str, Any] = {
        "id": identifier,
        "team_id": state.team["id"],
        "type": view["type"],
        "private_metadata": "",
        "callback_id": "",
        "state": {"values": {}},
        "title": HOME_TITLE,
        "clear_on_close": False,
        "notify_on_close": False,
        "close": None,
        "submit": None,
        "previous_view_id": None,
        "root_view_id": identifier,
        "app_id": call.token.app_id,
        "external_id": "",
        "app_installed_team_id": state.team["id"],
        "bot_id": call.token.bot_id,
        **more,
    }
    return _filled(call, made, view)


def _filled(call: Call, made: Json, view: Json) -> Json:
    """The kept view with the contents that were sent, and a hash of its own."""
    texts = {name: {"emoji": True, **view[name]} for name in ("title", "close", "submit") if view.get(name)}
    plain = ("private_metadata", "callback_id", "external_id", "clear_on_close", "notify_on_close")
    made.update({name: view[name] for name in plain if name in view}, **texts)
    made["blocks"] = [complete_block(call.state, block) for block in view["blocks"]]
    made["hash"] = f"{call.state.seconds()}.{call.state.digest(8)}"
    call.state.views[made["id"]] = made
    return made


def check_trigger(call: Call) -> None:
    """A view needs somebody's click. Nobody clicks in a twin: the triggers that it was told of are good."""
    trigger = call.text("trigger_id") or call.text("interactivity_pointer")
    if not trigger:
        raise invalid_arguments("missing required field: trigger_id")
    if trigger not in call.state.triggers:
        raise SlackError("invalid_trigger_id")


def open_view(call: Call) -> Json:
    """views.open."""
    view = read_view(call)
    check_trigger(call)
    return {"view": new_view(call, view)}


def push(call: Call) -> Json:
    """views.push: on top of the one that is open."""
    view = read_view(call)
    check_trigger(call)
    below = next((one for one in reversed(call.state.views.values()) if one["type"] == "modal"), None)
    if below is None:
        raise SlackError("not_found")
    return {"view": new_view(call, view, previous_view_id=below["id"], root_view_id=below["root_view_id"])}


def publish(call: Call) -> Json:
    """views.publish: one home tab for each user."""
    view = read_view(call)
    user_id = call.text("user_id")
    known = next((one for one in call.state.views.values() if one.get("published_for") == user_id), None)
    if known:
        _check_hash(call, known)
        return {"view": shown(_filled(call, known, view))}
    return {"view": shown(new_view(call, view, published_for=user_id))}


def shown(view: Json) -> Json:
    """A view without whom it is for, which only the twin must know."""
    return {name: value for name, value in view.items() if name != "published_for"}


def _check_hash(call: Call, view: Json) -> None:
    if call.text("hash") not in ("", view["hash"]):
        raise SlackError("hash_conflict")


def update(call: Call) -> Json:
    """views.update."""
    view = read_view(call)
    named = call.text("view_id"), call.text("external_id")
    known = next((one for one in call.state.views.values() if _is_named(one, *named)), None)
    if known is None:
        raise SlackError("not_found")
    _check_hash(call, known)
    return {"view": shown(_filled(call, known, view))}


def _is_named(view: Json, view_id: str, external_id: str) -> bool:
    return view["id"] == view_id if view_id else bool(external_id) and view.get("external_id") == external_id


METHODS: Mapping[str, Method] = {
    "views.open": Method(open_view),
    "views.push": Method(push),
    "views.publish": Method(publish),
    "views.update": Method(update),
}
