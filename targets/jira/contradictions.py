"""Recorded answers that the recording itself contradicts: nothing can be expected of making such a call again.

Cassettes are appended to over the years, so what stands in one need not be one session. An issue that an answer has
shown, that nothing in the recording took away, and that is said not to exist when it is called by its name again, was
taken away or hidden by somebody who is not in the recording. And publishers mask hosts, sometimes in answers only: a
text that comes back as it was sent but for the hosts in its links is not what the site answered.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from conformance.programs.model import Step
from conformance.recordings.model import Json, Recording, Response
from targets.jira.givens import called_place

_NO_ISSUE = re.compile(r"issue does not exist\b", re.IGNORECASE)
_HOST = re.compile(r"(?<=://)[^/\s|\]]+")


def marked(steps: Sequence[Step], recording: Recording) -> list[Step]:
    """``steps``, those marked whose answers contradict what the recording shows before. Linear in their size."""
    answers = {interaction.index: interaction.response for interaction in recording.interactions}
    known = _Known()
    return [_outdated(step) if known.contradicted_by(step, answers[step.interaction]) else step for step in steps]


def _outdated(step: Step) -> Step:
    return replace(step, call=replace(step.call, outdated=True))


class _Known:
    """What a recording has shown so far, by the names of issues."""

    def __init__(self) -> None:
        self._sent: dict[str, dict[str, str]] = {}
        """Texts of fields as they were sent last; an entry for every issue that was there."""

    def contradicted_by(self, step: Step, answer: Response) -> bool:
        """Take the next step; whether its answer cannot be."""
        named = [name for name in _named(step) if name in self._sent]
        if answer.status == 404:
            return bool(named) and _says_no_issue(answer.json)
        if not 200 <= answer.status < 300:
            return False
        names = {*_named(step), *_names(answer.json)}
        masked = step.call.reads and any(self._is_masked(name, answer.json) for name in names)
        self._take(step, names)
        return masked

    def _is_masked(self, name: str, issue: Json) -> bool:
        fields = issue.get("fields") if isinstance(issue, dict) else None
        shown = fields if isinstance(fields, dict) else {}
        pairs = ((text, shown.get(field)) for field, text in self._sent.get(name, {}).items())
        return any(isinstance(other, str) and text != other and _plain(text) == _plain(other) for text, other in pairs)

    def _take(self, step: Step, names: set[str]) -> None:
        if step.call.operation.startswith("DELETE "):
            self._sent.clear()  # what hung on it went with it
            return
        body = step.call.arguments.get("body") if not step.call.reads else None
        fields = body.get("fields") if isinstance(body, Mapping) else None
        texts = {name: text for name, text in (fields or {}).items() if isinstance(text, str)}
        for name in names:
            self._sent[name] = {**self._sent.get(name, {}), **texts}


def _plain(text: str) -> str:
    """A text without the hosts in its links."""
    return _HOST.sub("", text)


def _named(step: Step) -> list[str]:
    """The issue in the path of a call."""
    place = called_place(step.call)
    return [name for name in (*place.of, place.id)[:1] if name and place.kind.partition("/")[0] == "issue"]


def _names(body: Json) -> Iterator[str]:
    """Id and key of the issue that an answer is."""
    if isinstance(body, dict) and "key" in body:
        yield from (str(body[name]) for name in ("id", "key") if isinstance(body.get(name), str))


def _says_no_issue(body: Json) -> bool:
    messages = body.get("errorMessages") if isinstance(body, dict) else None
    return isinstance(messages, list) and any(_NO_ISSUE.match(str(message)) for message in messages)
