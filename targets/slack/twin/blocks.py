"""Blocks and attachments: read from arguments, checked, and completed as the service gives them back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from conformance.recordings.model import Json
from targets.slack.twin.arguments import Arguments
from targets.slack.twin.errors import SlackError
from targets.slack.twin.state import Workspace
from targets.slack.twin.texts import escaped

MOST_BLOCKS = 50
MOST_ATTACHMENTS = 100

REQUIRED: Mapping[str, tuple[str, ...]] = {
    "section": (),
    "divider": (),
    "header": ("text",),
    "image": ("alt_text",),
    "context": ("elements",),
    "actions": ("elements",),
    "input": ("label", "element"),
    "file": ("external_id", "source"),
    "video": ("alt_text", "thumbnail_url", "title", "video_url"),
    "rich_text": ("elements",),
    "markdown": ("text",),
    "table": ("rows",),
}
"""Types of blocks, and the members that each must have."""

PICTURE: Json = {"image_width": 400, "image_height": 300, "image_bytes": 20_000, "is_animated": False}
"""What is said of a picture of which nothing is known."""


def read_blocks(arguments: Arguments) -> list[Json]:
    """The blocks of a call, [] where it has none."""
    blocks = arguments.document("blocks", [], "invalid_blocks_format")
    if not isinstance(blocks, list):
        raise SlackError("invalid_blocks_format")
    return blocks


def checked_blocks(state: Workspace, blocks: Json) -> list[Json]:
    """The blocks as they are kept; refuses what cannot be one."""
    complaints = complaints_about(state, blocks, "/blocks")
    if complaints:
        messages = [f"[ERROR] {complaint}" for complaint in complaints]
        raise SlackError("invalid_blocks", messages, errors=complaints)
    return [complete_block(state, block) for block in blocks]


def complaints_about(state: Workspace, blocks: Json, pointer: str) -> list[str]:
    """What is wrong with the blocks, each with where."""
    if not isinstance(blocks, list):
        return [f"must be a valid array [json-pointer:{pointer}]"]
    found = [f"no more than {MOST_BLOCKS} items allowed [json-pointer:{pointer}]"] if len(blocks) > MOST_BLOCKS else []
    for place, block in enumerate(blocks):
        found += _complaints(state, block, f"{pointer}/{place}")
    return found


def _complaints(state: Workspace, block: Json, pointer: str) -> list[str]:
    if not isinstance(block, dict):
        return [f"must be a valid object [json-pointer:{pointer}]"]
    kind = block.get("type")
    if kind is None:
        return [f"missing required field: type [json-pointer:{pointer}]"]
    if not isinstance(kind, str) or kind not in REQUIRED:
        return [f"unsupported type: {kind} [json-pointer:{pointer}/type]"]
    needed = REQUIRED[kind] or (("text",) if kind == "section" and "fields" not in block else ())
    missing = [f"missing required field: {name} [json-pointer:{pointer}]" for name in needed if name not in block]
    return missing or _bad_parts(block, pointer) or _bad_picture(state, block, pointer)


def _bad_parts(block: Json, pointer: str) -> list[str]:
    """Members that are not what they must be: texts are objects, but for those of ``markdown`` blocks."""
    texts = () if block["type"] == "markdown" else ("text", "label", "accessory", "element")
    bad = [f"{pointer}/{name}" for name in texts if name in block and not isinstance(block[name], dict)]
    for name in ("fields", "elements"):
        values = block.get(name, [])
        if not isinstance(values, list):
            return [f"must be a valid array [json-pointer:{pointer}/{name}]"]
        bad += [f"{pointer}/{name}/{at}" for at, value in enumerate(values) if not isinstance(value, dict)]
    return [f"must be a valid object [json-pointer:{where}]" for where in bad]


def _bad_picture(state: Workspace, block: Json, pointer: str) -> list[str]:
    url = block.get("image_url")
    missing = isinstance(url, str) and url in state.images and state.images[url] is None
    return [f"downloading image failed [json-pointer:{pointer}/image_url]"] if missing else []


def complete_block(state: Workspace, block: Json) -> Json:
    """A block with its id and what its parts default to, all the way down."""
    made = {"type": block["type"], "block_id": block.get("block_id") or state.block_id()}
    return {
        **made,
        **{name: _completed(state, value) for name, value in block.items()},
        **made,
        **_picture(state, block),
    }


def _completed(state: Workspace, value: Json) -> Json:
    """Texts and pictures within a block say what they default to."""
    if isinstance(value, list):
        return [_completed(state, one) for one in value]
    if not isinstance(value, dict):
        return value
    inner = {name: _completed(state, one) for name, one in value.items()}
    default = TEXT_DEFAULTS.get(str(value.get("type")))
    if default:
        return {**inner, **{name: value.get(name, said) for name, said in default.items()}}
    return {**inner, **_action_id(state, value), **_picture(state, value)}


TEXT_DEFAULTS: Mapping[str, Json] = {"mrkdwn": {"verbatim": False}, "plain_text": {"emoji": True}}

INTERACTIVE = ("button", "checkboxes", "datepicker", "overflow", "plain_text_input", "radio_buttons", "timepicker")


def _action_id(state: Workspace, element: Json) -> Json:
    kind = str(element.get("type"))
    answers = kind in INTERACTIVE or "_select" in kind
    return {"action_id": state.block_id()} if answers and "action_id" not in element else {}


def _picture(state: Workspace, block: Json) -> Json:
    """What the service finds out when it looks at a picture."""
    url = block.get("image_url")
    if block.get("type") != "image" or not isinstance(url, str):
        return {}
    known = state.images.get(url)
    seen = known if isinstance(known, dict) and known else dict(PICTURE)
    return {"fallback": f"{seen.get('image_width')}x{seen.get('image_height')}px image", **seen}


# Texts of blocks


def text_of(blocks: Sequence[Json]) -> str:
    """What stands for a message of blocks where there is only room for text."""
    return " ".join(filter(None, (_text_of(block) for block in blocks)))


def _text_of(block: Json) -> str:
    reader = TEXTS.get(block["type"])
    return reader(block) if reader else ""


def _of_text(block: Json) -> str:
    fields = [block["text"], *block.get("fields", ())] if "text" in block else block.get("fields", ())
    return " ".join(str(one.get("text", "")) if isinstance(one, dict) else str(one) for one in fields)


def _of_elements(block: Json) -> str:
    return " ".join(filter(None, (_leaf(element) for element in block["elements"])))


def _leaf(element: Json) -> str:
    if isinstance(element.get("elements"), list):
        return "".join(_leaf(one) for one in element["elements"])
    said = element.get("text") or element.get("alt_text") or element.get("url") or ""
    return str(said.get("text", "") if isinstance(said, dict) else said)


TEXTS: Mapping[str, Callable[[Any], str]] = {
    "section": _of_text,
    "header": _of_text,
    "markdown": _of_text,
    "image": lambda block: str(block.get("alt_text", "")),
    "context": _of_elements,
    "rich_text": _of_elements,
}


# Attachments


def read_attachments(arguments: Arguments) -> list[Json]:
    """The attachments of a call, numbered, with what stands for them where they cannot be shown."""
    attachments = arguments.document("attachments", [], "invalid_attachments")
    if not isinstance(attachments, list) or not all(isinstance(one, dict) for one in attachments):
        raise SlackError("invalid_attachments")
    if len(attachments) > MOST_ATTACHMENTS:
        raise SlackError("too_many_attachments")
    return [_attachment(number, one) for number, one in enumerate(attachments, start=1)]


def _attachment(number: int, given: Json) -> Json:
    kept = {name: value for name, value in given.items() if value is not None}
    if "color" in kept:
        kept["color"] = str(kept["color"]).removeprefix("#")
    for name in ("text", "pretext", "fallback"):
        if name in kept:
            kept[name] = escaped(str(kept[name]))
    fallback = kept.get("fallback") or kept.get("text") or kept.get("title") or "[no preview available]"
    return {"id": number, **kept, "fallback": fallback}
