"""The upload that the SDK makes of several requests: begin each file, send its bytes, complete them all.

Recordings show the requests one by one; here they are put together again where ``files_upload_v2`` sends the same.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

from conformance.programs.model import Step
from conformance.recordings.model import Interaction, Json, Recording
from targets.slack import requests
from targets.slack.surface import UPLOAD, UPLOAD_OPERATION, Surface

BEGIN, COMPLETE = "files_getUploadURLExternal", "files_completeUploadExternal"
BYTES = "base64"
"""Contents that are no text are told as ``{"base64": "..."}``."""

_PASSED_ON = {"channel_id": "channel"}
"""Arguments of the completion that the upload calls otherwise."""

_OF_A_FILE = frozenset({"filename", "alt_txt", "snippet_type"})


@dataclass
class _Begun:
    """A file whose upload was begun, at ``place`` in the steps."""

    place: int
    step: Step
    file_id: str
    path: str
    sent: Interaction | None = None


@dataclass
class _Uploads:
    """The uploads of one recording, as far as they have come."""

    completing: frozenset[str]
    """Arguments that the SDK knows to pass on; older versions make one channel of several."""

    begun: dict[str, _Begun] = field(default_factory=dict)
    """By the path that was handed out, then by the file's id."""

    def begin(self, place: int, step: Step, answer: Json) -> None:
        """Take the answer that hands out an address."""
        if isinstance(answer, dict) and isinstance(answer.get("upload_url"), str):
            path = urlsplit(answer["upload_url"]).path
            one = _Begun(place, step, str(answer.get("file_id")), path)
            self.begun[path] = self.begun[one.file_id] = one

    def complete(self, step: Step) -> list[_Begun]:
        """The files that ``step`` completes; [] unless it is all as the SDK's upload would have it."""
        files = step.call.arguments.get("files")
        if "channels" in step.call.arguments and "channels" not in self.completing:
            return []
        found = [self._file(file) for file in files] if isinstance(files, list) else []
        whole = [one for one in found if one is not None]
        return whole if len(whole) == len(found) else []

    def _file(self, file: Json) -> _Begun | None:
        """The upload of one of the completed files, which must have a title: the SDK always sends one."""
        if not isinstance(file, dict) or set(file) - {"highlight_type"} != {"id", "title"}:
            return None
        one = self.begun.get(file["id"])
        return one if one and one.sent and _as_begun(one) else None


def _as_begun(one: _Begun) -> bool:
    """Whether the SDK would have begun this upload so: with the length of what was sent, and nothing it cannot say."""
    arguments = one.step.call.arguments
    known = set(arguments) - _OF_A_FILE == {"length"} and "filename" in arguments
    return known and one.sent is not None and arguments["length"] == len(one.sent.request.body)


def composed(steps: Sequence[Step], recording: Recording, surface: Surface) -> list[Step]:
    """``steps``, with the uploads put together."""
    uploads = _Uploads(frozenset(surface.method("files.completeUploadExternal").parameters))
    by_index = {step.interaction: (place, step) for place, step in enumerate(steps)}
    whole: dict[int, Step] = {}
    parts: set[int] = set()
    for interaction in recording.interactions:
        place, step = by_index.get(interaction.index, (-1, None))
        if step is None:
            _send(uploads, interaction)
        elif step.call.sdk_call == BEGIN:
            uploads.begin(place, step, interaction.response.json)
        elif step.call.sdk_call == COMPLETE and (files := uploads.complete(step)):
            whole[place] = _whole(step, files)
            parts.update(one.place for one in files)
    return [whole.get(place, step) for place, step in enumerate(steps) if place not in parts]


def _send(uploads: _Uploads, interaction: Interaction) -> None:
    request = interaction.request
    if requests.UPLOADS.fullmatch(request.path) and interaction.response.status == 200:
        one = uploads.begun.get(request.path)
        if one is not None:
            one.sent = interaction


def _whole(step: Step, files: Sequence[_Begun]) -> Step:
    """The step that makes all the requests."""
    completed = step.call.arguments["files"]
    described = [_file_arguments(one, file) for one, file in zip(files, completed, strict=True)]
    given = described[0] if len(files) == 1 else {"file_uploads": described}
    rest = {_PASSED_ON.get(name, name): value for name, value in step.call.arguments.items() if name != "files"}
    call = replace(step.call, operation=UPLOAD_OPERATION, sdk_call=UPLOAD, arguments={**given, **rest})
    return Step(call, step.interaction, tuple(sorted(_indexes(files))))


def _indexes(files: Sequence[_Begun]) -> Iterator[int]:
    for one in files:
        assert one.sent is not None
        yield from (one.step.interaction, one.sent.index)


def _file_arguments(one: _Begun, completed: Mapping[str, Any]) -> dict[str, Any]:
    assert one.sent is not None
    begun = {name: value for name, value in one.step.call.arguments.items() if name != "length"}
    highlight = {name: completed[name] for name in ("highlight_type",) if name in completed}
    return {**begun, "content": _content(one.sent.request.body), "title": completed["title"], **highlight}


def _content(body: bytes) -> Json:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return {BYTES: base64.b64encode(body).decode()}


def argument(value: Any) -> Any:
    """An argument as the SDK takes it: contents that were told as text become bytes again."""
    if isinstance(value, dict) and set(value) == {BYTES}:
        return base64.b64decode(value[BYTES])
    return value
