"""How long a twin is waited for: a run ends, whatever the twin does.

A twin that is gone is not blamed for what it could not answer. One operation that hangs costs a few time-outs and not
one for every recording of it.
"""

from __future__ import annotations

from collections import Counter

PER_OPERATION = 1.5
IN_A_ROW = 2.5
"""In time-outs: after so much waiting for nothing an operation is given up, and the whole twin."""


class Patience:
    """Counts the time that was spent on calls without an answer. ``timeout`` is in seconds."""

    def __init__(self, timeout: float) -> None:
        self._timeout = timeout
        self._by_operation: Counter[str] = Counter()
        self._in_a_row = 0.0

    def answered(self) -> None:
        """The twin answered something."""
        self._in_a_row = 0.0

    def unanswered(self, operation: str, seconds: float) -> None:
        """A call got no whole answer in ``seconds``."""
        self._by_operation[operation] += seconds  # type: ignore[assignment]  # counts seconds, not whole ones
        self._in_a_row += seconds

    def over_with(self, operation: str) -> bool:
        """Whether this operation is not to be called again."""
        return self._by_operation[operation] > PER_OPERATION * self._timeout

    @property
    def over(self) -> bool:
        """Whether the twin is to be given up."""
        return self._in_a_row > IN_A_ROW * self._timeout
