"""Files: the upload in three steps, reading, deleting."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from conformance.recordings.model import Json
from conformance.twinkit.service import Reply, TwinRequest
from targets.slack.calls import kind_of
from targets.slack.twin import threads
from targets.slack.twin.blocks import checked_blocks, read_blocks
from targets.slack.twin.calls import Call, Method
from targets.slack.twin.chat import author
from targets.slack.twin.errors import SlackError, invalid_arguments
from targets.slack.twin.lookups import find_channel, the_user
from targets.slack.twin.pages import NOT_FOUND
from targets.slack.twin.paging import numbered, slice_of
from targets.slack.twin.resources import new_file
from targets.slack.twin.richtext import rich_text
from targets.slack.twin.state import Workspace
from targets.slack.twin.texts import escaped

UPLOAD_PATH = "/upload/v1/"
KINDS: Mapping[str, tuple[str, str, str]] = {
    "txt": ("text/plain", "text", "Plain Text"),
    "html": ("text/plain", "html", "HTML"),
    "png": ("image/png", "png", "PNG"),
    "jpg": ("image/jpeg", "jpg", "JPEG"),
    "jpeg": ("image/jpeg", "jpg", "JPEG"),
}
"""What the service finds in a file once it has looked into it: MIME type, type, and its name for people."""

SHELVES = {"public_channel": "channels", "private_channel": "groups", "mpim": "groups", "im": "ims"}
"""Where a file names the conversations that it is shared in, by their type."""


# Uploading


def begin(call: Call) -> Json:
    """files.getUploadURLExternal: an address of the twin's own, and the id that the file will have."""
    length = call.arguments.number("length", -1)
    if not call.text("filename") or length < 0:
        raise invalid_arguments(f"missing required field: {'length' if call.text('filename') else 'filename'}")
    state = call.state
    identifier, key = state.new_id("F"), state.upload_key()
    file = new_file(state, identifier, call.text("filename"), length, user=call.user_id, home=call.home)
    if call.text("alt_txt"):
        file["alt_txt"] = call.text("alt_txt")
    state.uploads[key] = file
    return {"upload_url": f"{call.base_url}{UPLOAD_PATH}{key}", "file_id": identifier}


def receive(state: Workspace, request: TwinRequest) -> Reply:
    """Take the contents of a file."""
    file = state.uploads.get(request.params["key"])
    if file is None:
        return NOT_FOUND
    state.contents[file["id"]] = request.body
    file["size"] = len(request.body)
    return Reply(f"OK - {len(request.body)}".encode(), headers={"Content-Type": "text/plain; charset=utf-8"})


def complete(call: Call) -> Json:
    """files.completeUploadExternal: the files exist from now on, and are shared if it says where."""
    channels = _channels(call)
    wanted = _wanted(call)
    blocks = checked_blocks(call.state, read_blocks(call.arguments))
    files = [_finish(call, one) for one in wanted]
    answer = {"files": [dict(file) for file in files]}  # before they are shared, which takes the service a while
    for file in files:
        _look_into(file)
    for channel in channels:
        _share(call, channel, files, blocks)
    return answer


def _look_into(file: Json) -> None:
    kind = KINDS.get(str(file["name"]).rpartition(".")[2].lower())
    if kind:
        file.update(zip(("mimetype", "filetype", "pretty_type"), kind, strict=True))


def _channels(call: Call) -> list[Json]:
    """The conversations to share in, of which the caller must be a member."""
    names = call.arguments.names("channel_id") or call.arguments.names("channels")
    found = [find_channel(call.state, name, call.user_id) for name in names]
    channels = [channel for channel in found if channel is not None]
    if len(channels) < len(found):
        raise SlackError("channel_not_found")
    if not all(call.state.is_member(channel["id"], call.user_id) for channel in channels):
        raise SlackError("not_in_channel")
    return channels


def _wanted(call: Call) -> list[Json]:
    wanted = call.arguments.document("files", [])
    if not isinstance(wanted, list) or not all(isinstance(one, dict) and "id" in one for one in wanted):
        raise invalid_arguments("missing required field: id [json-pointer:/files/0]")
    waiting = [file["id"] for file in call.state.uploads.values()]
    for one in wanted:
        if one["id"] not in waiting:
            raise SlackError("file_not_found")
        waiting.remove(one["id"])  # no file is completed twice
    if not wanted:
        raise SlackError("file_not_found")
    return wanted


def _finish(call: Call, one: Json) -> Json:
    key = next(key for key, file in call.state.uploads.items() if file["id"] == one["id"])
    file = call.state.uploads.pop(key)
    now = call.state.seconds()
    file.update(title=one.get("title") or file["name"], created=now, timestamp=now)
    call.state.files[file["id"]] = file
    return file


def _share(call: Call, channel: Json, files: Sequence[Json], blocks: Sequence[Json]) -> None:
    """Post the files into a conversation."""
    comment = escaped(call.text("initial_comment"))
    said = list(blocks) or ([rich_text(comment, call.state.block_id())] if comment else [])
    parts = {"text": comment, "files": files, "upload": True, "display_as_bot": False}
    message = {**author(call), **parts, **({"blocks": said} if said else {}), **threads.place(call, channel)}
    threads.count(call.state, channel, call.state.post(channel["id"], {**message, "ts": call.state.new_ts()}))
    for file in files:
        file[SHELVES[kind_of(channel)]] = [*file[SHELVES[kind_of(channel)]], channel["id"]]
        file["is_public"] = file["is_public"] or kind_of(channel) == "public_channel"


# Reading and deleting


def the_file(call: Call) -> Json:
    """The file that a call names."""
    file = call.state.files.get(call.text("file"))
    if file is None:
        raise SlackError("file_not_found")
    return file


def info(call: Call) -> Json:
    """files.info."""
    return {"file": the_file(call), "comments": [], "response_metadata": {"next_cursor": ""}}


def list_files(call: Call) -> Json:
    """files.list: the newest first."""
    if call.text("user"):
        the_user(call)
    types = _types(call)
    chosen = [file for file in reversed(call.state.files.values()) if _matches(call, file, types)]
    paging = numbered(len(chosen) + call.state.unseen_files, call.arguments)
    return {"files": chosen[slice_of(paging)], "paging": paging}


TYPES: Mapping[str, Callable[[Json], bool]] = {
    "all": lambda file: True,
    "spaces": lambda file: file.get("mode") in ("space", "post"),
    "snippets": lambda file: file.get("mode") == "snippet",
    "images": lambda file: str(file.get("mimetype")).startswith("image/"),
    "gdocs": lambda file: file.get("external_type") == "gdrive",
    "zips": lambda file: file.get("filetype") == "zip",
    "pdfs": lambda file: file.get("filetype") == "pdf",
}
"""The types of files that a list can be asked for."""


def _types(call: Call) -> list[str]:
    names = call.arguments.names("types") or ["all"]
    if not TYPES.keys() >= set(names):
        raise SlackError("unknown_type")
    return names


def _matches(call: Call, file: Json, types: Sequence[str]) -> bool:
    created = float(file.get("created", 0))
    shared = [name for shelf in set(SHELVES.values()) for name in file.get(shelf, ())]
    start, end = call.arguments.moment("ts_from"), call.arguments.moment("ts_to")
    return (
        any(TYPES[name](file) for name in types)
        and call.text("user") in ("", file.get("user"))
        and (not call.text("channel") or call.text("channel") in shared)
        and (start is None or created >= start)
        and (end is None or created <= end)
    )


def delete(call: Call) -> Json:
    """files.delete."""
    file = the_file(call)
    if file.get("user") != call.user_id:
        raise SlackError("cant_delete_file")
    del call.state.files[file["id"]]
    call.state.contents.pop(file["id"], None)
    return {}


def no_remote_file(call: Call) -> Json:
    """files.remote.*: nobody has added any."""
    raise SlackError("file_not_found")


METHODS: Mapping[str, Method] = {
    "files.getUploadURLExternal": Method(begin),
    "files.completeUploadExternal": Method(complete),
    "files.info": Method(info),
    "files.list": Method(list_files),
    "files.delete": Method(delete),
    "files.remote.info": Method(no_remote_file),
    "files.remote.remove": Method(no_remote_file),
}

UPLOADS = {f"{verb} {UPLOAD_PATH}{{key}}": receive for verb in ("POST", "PUT")}
