"""A family of resources: its kinds, what answers its operations, and what an organisation has of it from the start."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from targets.okta.twin.context import Answering
from targets.okta.twin.kinds import Kind
from targets.okta.twin.org import Org, Path, Resource

Seed = Callable[[Org, Path, Resource], None]
"""(organisation, ids that lead to it, resource as an answer showed it or {}) → puts it in."""


@dataclass(frozen=True)
class Family:
    """One module's part of the organisation.

    Args:
        kinds: Its kinds of resources; what facts say of them is stored as it is, on the kind's defaults.
        answers: ``METHOD path-template`` → what answers.
        presets: Puts in what every new organisation has. A seeded resource that is the same thing takes its place.
        seeds: Kinds (by name) whose facts are not simply stored: a membership that an answer shows as the member.
    """

    kinds: Sequence[Kind] = ()
    answers: Mapping[str, Answering] = field(default_factory=dict)
    presets: Callable[[Org], Any] = lambda _org: None
    seeds: Mapping[str, Seed] = field(default_factory=dict)
