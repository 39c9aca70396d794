"""What published sources say of the API's methods: arguments, scopes, errors. Claims, no evidence.

``methods.json`` is taken from slack-ruby/slack-api-ref, its list of asserted errors from slackapi/java-slack-sdk;
both are MIT, their licences lie beside it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any


@dataclass(frozen=True)
class Argument:
    """An argument of a method, the token apart. ``type`` and ``subtype`` are "" where they are not known."""

    name: str
    type: str = ""
    subtype: str = ""
    required: bool = False
    default: Any = None
    enum: tuple[str, ...] = ()
    minimum: int | None = None
    maximum: int | None = None


@dataclass(frozen=True)
class Declared:
    """What is declared of one method. ``scopes`` are by kind of token (``bot``, ``user``); any one of them will do."""

    name: str
    verb: str
    arguments: Mapping[str, Argument]
    scopes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    errors: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    takes_json: bool = False
    needs_scope: bool = True
    user_only: bool = False
    deprecated: bool = False


class Contract:
    """All that is declared."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.methods: Mapping[str, Declared] = {name: _declared(name, facts) for name, facts in data["methods"].items()}
        self.asserted: tuple[tuple[str, str], ...] = tuple((api, error) for api, error in data["asserted"])
        """Pairs (method, error) that the vendor's own tests saw in the live service."""


def _declared(name: str, facts: Mapping[str, Any]) -> Declared:
    return Declared(
        name,
        facts["verb"],
        MappingProxyType({argument: _argument(argument, of) for argument, of in facts["args"].items()}),
        {kind: tuple(scopes) for kind, scopes in facts.get("scopes", {}).items()},
        tuple(facts.get("errors", ())),
        tuple(facts.get("warnings", ())),
        takes_json=facts.get("json_input_supported", False),
        needs_scope=not facts.get("no_scope_required", False),
        user_only=facts.get("user_scope_only", False),
        deprecated=bool(facts.get("deprecated", False)),
    )


def _argument(name: str, facts: Mapping[str, Any]) -> Argument:
    return Argument(name, **{**facts, "enum": tuple(facts.get("enum", ()))})


@cache
def contract() -> Contract:
    """The contract that ships with this package."""
    text = resources.files(__package__).joinpath("methods.json").read_text("utf-8")
    return Contract(json.loads(text))
