"""What a handler gets, and what it may ask of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from conformance.recordings.model import Json
from targets.slack.twin.arguments import Arguments
from targets.slack.twin.resources import DOMAIN
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

    @property
    def home(self) -> str:
        """Address of the workspace, with a slash at its end: the twin's own, where facts tell no other."""
        team = self.state.team
        if team.get("url"):
            return str(team["url"])
        return f"{self.base_url}/" if team.get("domain", DOMAIN) == DOMAIN else f"https://{team['domain']}.slack.com/"

    def permalink(self, channel_id: str, message: Json) -> str:
        """Address of a message: the one that was told, or made of its names; in a thread it names the thread too."""
        told = self.state.permalinks.get(channel_id, {}).get(message["ts"])
        if told:
            return told
        thread = message.get("thread_ts")
        suffix = f"?thread_ts={thread}&cid={channel_id}" if thread else ""
        return f"{self.home}archives/{channel_id}/p{message['ts'].replace('.', '')}{suffix}"

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
