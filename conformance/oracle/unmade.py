"""What changed by requests that no step makes: no SDK has a call for them, so no twin is ever asked.

Two answers tell otherwise of a thing, and in between there was such a request about it, and no step that could have
done it: none about the thing at all, or, if what changed is a moment, only later ones.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from conformance.programs.gaps import unmade
from conformance.programs.identity import element_identity, split_parts
from conformance.programs.model import Observation, PathKey, Program
from conformance.programs.moments import timestamp
from conformance.programs.references import references
from conformance.programs.trees import leaves
from conformance.recordings.model import Interaction, Json

SECOND = timedelta(seconds=1)
"""Dates of answers have whole seconds."""


@dataclass
class _Thing:
    """What is known of a thing: what was told of it last, and when it was written to, by steps and by other requests.

    Of each member ``told`` has the value, and how many writes of both sorts there were until then.
    """

    told: dict[PathKey, tuple[Any, int, int]] = field(default_factory=dict)
    steps: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    changed: dict[PathKey, Any] = field(default_factory=dict)
    """What other requests changed, as it is since."""

    def show(self, members: Mapping[PathKey, Any], *, read: bool) -> Iterator[PathKey]:
        """Take what an answer shows; gives the members that are as other requests left them."""
        for key, value in members.items():
            before, steps, others = self.told.get(key, (value, 0, 0))
            if before != value:
                self.changed.pop(key, None)
                if read and _done_by_others(value, self.steps[steps:], self.others[others:]):
                    self.changed[key] = value
            self.told[key] = (value, len(self.steps), len(self.others))
            if key in self.changed:
                yield key


def changed_by_others(program: Program, observations: Iterable[Observation]) -> Mapping[int, set[PathKey]]:
    """The places in answers that show it, by the index of the interaction. Linear in the leaves of the answers."""
    waiting: dict[int, list[Interaction]] = defaultdict(list)
    for place, one in unmade(program):
        waiting[place].append(one)
    things: dict[str, _Thing] = defaultdict(_Thing)
    found: dict[int, set[PathKey]] = defaultdict(set)
    for place, (step, seen) in enumerate(zip(program.steps, observations, strict=True)) if waiting else ():
        for one in waiting[place]:
            for name in split_parts(one.request.path)[1::2]:
                things[name].others.append(one.response.date)
        for source in () if step.call.reads else references(step.call):
            things[str(source.recorded)].steps.append(seen.date)
        for name, path, tree in _things(seen.body):
            members = dict(leaves(tree))
            changed = things[name].show(members, read=step.call.reads)
            found[step.interaction] |= {(*path, *_member(key)) for key in changed}
    return {place: paths for place, paths in found.items() if paths}


def _things(body: Json) -> Iterator[tuple[str, PathKey, Json]]:
    """The name, place and tree of what an answer is about: a thing, or a list of things."""
    listed = [((at,), item) for at, item in enumerate(body)] if isinstance(body, list) else [((), body)]
    for path, tree in listed:
        if isinstance(tree, dict) and (found := element_identity(tree)):
            yield str(found[1]), path, tree


def _member(path: PathKey) -> PathKey:
    """The member of an object that a leaf is, or is listed in."""
    while path and isinstance(path[-1], int):
        path = path[:-1]
    return path


def _done_by_others(value: Any, steps: list[str], others: list[str]) -> bool:
    """Whether others must have brought a value about, by the dates of both."""
    if not steps or not others:
        return bool(others)
    told = timestamp(value) if isinstance(value, str) else None
    if not told or "" in (*steps, *others):
        return False
    second = (told[0] - SECOND, told[0] + SECOND)
    dates = [datetime.fromisoformat(date) for date in others]
    return second[1] < min(map(datetime.fromisoformat, steps)) and any(second[0] <= date <= second[1] for date in dates)
