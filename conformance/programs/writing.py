"""Python text of values and calls, laid out as a person would."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

WIDTH = 100
"""Longest line that is written where it can be broken."""


@dataclass(frozen=True)
class Raw:
    """Text that is put as it is where a value would stand."""

    text: str


@dataclass(frozen=True)
class CallText:
    """How a call is written with an SDK: ``head(arguments)send``.

    ``amend`` are lines that change ``request`` before it is sent, for what the SDK does not know.
    """

    head: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    send: str = ""
    amend: tuple[str, ...] = ()


def value_text(value: Any, indent: int = 0, used: int = 0) -> str:
    """A value as an expression; broken over lines where it would be longer than WIDTH. ``used``: columns taken."""
    flat = _flat(value)
    if len(flat) + used <= WIDTH or not isinstance(value, (Mapping, list, tuple)) or not value:
        return flat
    inner = " " * (indent + 4)
    if isinstance(value, Mapping):
        members = [f"{_flat(key)}: {value_text(v, indent + 4, indent + 8 + len(key))}" for key, v in value.items()]
        return "{\n" + "".join(f"{inner}{member},\n" for member in members) + " " * indent + "}"
    members = [value_text(member, indent + 4, indent + 5) for member in value]
    return "[\n" + "".join(f"{inner}{member},\n" for member in members) + " " * indent + "]"


def _flat(value: Any) -> str:
    if isinstance(value, Raw):
        return value.text
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_flat(key)}: {_flat(member)}" for key, member in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(_flat, value)) + "]"
    if isinstance(value, str):
        return quoted(value)
    return repr(value)


def refusal_lines(call: str, raised: str, claim: str, answer: str, told: str) -> list[str]:
    """Lines that make a call which must be refused.

    Args:
        call: The call as an expression.
        raised: The exception that the SDK raises.
        claim: What holds of it, as ``status == 404``.
        answer: The name that the answer is given; "" where nobody uses it.
        told: The answer as an expression, as ``refused.value.response.json()``.
    """
    lines = [f"with pytest.raises({raised}) as refused:", f"    {call}", f"assert refused.value.{claim}"]
    return [*lines, f"{answer} = {told}"] if answer else lines


def header_claim(headers: str, name: str, value: str) -> str:
    """A line on a header in the mapping ``headers``: the media type of ``content-type``, else that it is there."""
    if name == "content-type":
        return f'assert {headers}.get("{name}", "").split(";")[0] == "{value.lower()}"'
    return f'assert "{name}" in {headers}'


def quoted(text: str) -> str:
    """A string literal in double quotes where that needs no escapes."""
    plain = repr(text)
    return f'"{plain[1:-1]}"' if plain[0] == "'" and '"' not in text else plain


def call_text(call: CallText, indent: int, used: int) -> str:
    """A call as an expression (without ``amend``)."""
    arguments = [f"{name}={_flat(value)}" for name, value in call.arguments.items()]
    flat = f"{call.head}({', '.join(arguments)})"
    if used + len(flat) + len(call.send) <= WIDTH or not arguments:
        return flat + call.send
    inner = " " * (indent + 4)
    lines = "".join(
        f"{inner}{name}={value_text(value, indent + 4, indent + 6 + len(name))},\n"
        for name, value in call.arguments.items()
    )
    return f"{call.head}(\n{lines}{' ' * indent}){call.send}"


def identifier(text: str) -> str:
    """A name in lower case with underscores: ``sheetId`` → ``sheet_id``."""
    words = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", text)
    return "_".join(word.lower() for word in words) or "it"


def singular(word: str) -> str:
    """One of many: ``files`` → ``file``, ``replies`` → ``reply``."""
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word


def fixture_of(target: str) -> str:
    """What the fixture with the client of a target is called (``slack_async``)."""
    return target.replace("-", "_")
