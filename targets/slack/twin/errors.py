"""Errors as the Web API answers them: HTTP 200 and a word."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class SlackError(Exception):
    """Raised to answer ``{"ok": false, "error": code}``.

    ``messages`` go into ``response_metadata``; ``fields`` stand beside the word (``needed``, ``errors``, …).
    Handlers raise it before they change anything.
    """

    def __init__(self, code: str, messages: Sequence[str] = (), **fields: Any) -> None:
        super().__init__(code)
        self.code = code
        self.messages = tuple(messages)
        self.fields = fields


def invalid_arguments(*complaints: str) -> SlackError:
    """The answer to arguments that do not fit their schema; each complaint becomes a message."""
    return SlackError("invalid_arguments", [f"[ERROR] {complaint}" for complaint in complaints])


class Unevidenced(Exception):
    """Raised where no recording shows what the vendor answers, and the twin does not guess: HTTP 501."""
