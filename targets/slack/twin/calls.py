"""What a handler gets, and what it may ask of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from conformance.recordings.model import Json
from targets.slack.twin.arguments import Arguments
from targets.slack.twin.state import Workspace
from targets.slack.twin.tokens import Token

NOBODY = Token("", "")


@dataclass
class Call:
    """One call of a method: who makes it, with which arguments. Handlers add what they have to warn of."""

    state: Workspace
    name: str
    arguments: Arguments
    base_url: str = ""
    token: Token = NOBODY
    warnings: list[str] = field(default_factory=list)

    @property
    def user_id(self) -> str:
        """The user who acts."""
        return self.token.user_id

    def text(self, name: str, default: str = "") -> str:
        """An argument as text."""
        return self.arguments.text(name, default)


Handler = Callable[[Call], Json]
"""Returns the members of the answer beside ``ok``."""


@dataclass(frozen=True)
class Method:
    """A method of the API, as far as the contract does not tell it.

    ``tolerates`` are arguments that are declared as required, and of whose absence the handler speaks itself;
    ``open`` methods need no token; ``scopes`` (by kind of token) are those of methods that the contract does not know;
    ``successor`` is what to call instead of a method that is retired.
    """

    handle: Handler
    tolerates: frozenset[str] = frozenset()
    open: bool = False
    scopes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    successor: str = ""
