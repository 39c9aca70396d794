"""Recorded answers that the recording itself contradicts: nothing can be expected of making such a call again.

Cassettes are appended to over the years, so what stands in one need not be one session. An issue that an answer has
shown, that nothing in the recording took away, and that is said not to exist when it is called by its name again, was
taken away or hidden by somebody who is not in the recording.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from conformance.programs.model import Step
from conformance.recordings.model import Json, Recording, Response
from targets.jira.places import called_place

_NO_ISSUE = re.compile(r"issue does not exist\b", re.IGNORECASE)


def marked(steps: Sequence[Step], recording: Recording) -> list[Step]:
    """``steps``, those marked whose answers contradict what the recording shows before. Linear in their size."""
    answers = {interaction.index: interaction.response for interaction in recording.interactions}
    known = _Known()
    return [_outdated(step) if known.contradicted_by(step, answers[step.interaction]) else step for step in steps]


def _outdated(step: Step) -> Step:
    return replace(step, call=replace(step.call, outdated=True))


class _Known:
    """The issues that a recording has shown so far, by id and by key."""

    def __init__(self) -> None:
        self._shown: set[str] = set()

    def contradicted_by(self, step: Step, answer: Response) -> bool:
        """Take the next step; whether its answer cannot be."""
        named = _named(step)
        if answer.status == 404:
            return not self._shown.isdisjoint(named) and _says_no_issue(answer.json)
        if 200 <= answer.status < 300:
            self._shown.update((*named, *_names(answer.json)))
            if step.call.operation.startswith("DELETE "):
                self._shown.clear()  # what hung on it went with it
        return False


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
