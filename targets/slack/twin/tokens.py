"""Who calls: tokens, what they allow, and what is said about it in headers and errors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

BOT_TOKEN = "xoxb-conformance-kit"
OWN_TOKENS = (BOT_TOKEN, "conformance")
USER_TOKEN = "xoxp-workspace-user"
REVOKED_TOKEN = "xoxb-revoked"
INACTIVE_TOKEN = "xoxb-inactive"
"""Tokens that every fresh workspace knows; all others are ``invalid_auth``."""

ALL_BOTS = "bot:basic"
"""The scope of classic bots, who may do all that bots may."""

UMBRELLAS = {
    "read": ("read", "history"),
    "post": ("write", "manage"),
    "client": ("read", "history", "write", "manage", "stream"),
}
"""Scopes of classic apps, and which kinds of scopes they stand for."""

STATES = {"revoked": "token_revoked", "inactive": "account_inactive"}
"""States in which a token is refused, and with which word."""


@dataclass(frozen=True)
class Token:
    """A token's owner. ``bot_id`` is "" for a person's token; ``scopes`` None means all there are."""

    value: str
    user_id: str
    bot_id: str = ""
    app_id: str = ""
    scopes: tuple[str, ...] | None = None
    state: str = "active"
    is_told: bool = False
    """Whether facts told of it."""

    @property
    def is_bot(self) -> bool:
        """Whether a bot holds it."""
        return bool(self.bot_id)

    @property
    def is_classic(self) -> bool:
        """Whether it belongs to an app from before scopes became granular."""
        return self.scopes is not None and any(scope in self.scopes for scope in (*UMBRELLAS, ALL_BOTS))

    def grants(self, needed: Sequence[str]) -> bool:
        """Whether it has one of the scopes; a narrower name (``chat:write:bot``) counts for the broader one."""
        if self.scopes is None:  # "identity" goes with no other scope
            return not all(scope.startswith("identity") for scope in needed)
        if ALL_BOTS in self.scopes:
            return True
        return any(_covers(given, scope) for scope in needed for given in self.scopes)


def _covers(given: str, scope: str) -> bool:
    if given == scope or given.startswith(f"{scope}:"):
        return True
    kind = scope.partition(":")[2].partition(".")[0].partition(":")[0]
    return kind in UMBRELLAS.get(given, ())


def listed(scopes: Sequence[str]) -> str:
    """Scopes as headers and errors write them."""
    return ",".join(scopes)
