"""Programs for what the vendor's own tests assert: a method and the error that it answered with.

The assertions name no arguments. Where the kind of error tells which arguments cause it, those are made up from the
contract: none at all, ids of things that are nowhere, a token of another kind. What came of them is reported apart from
what recordings show.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.programs.model import Call, Given, Program, Step
from conformance.worlds.live import DEFAULT_CREDENTIALS
from targets.slack.contract import Argument, Contract, Declared
from targets.slack.lifting import API_METHOD
from targets.slack.surface import ANY, API_CALL, Surface

SOURCE = "slackapi/java-slack-sdk, its tests of the live service"
NOT_TOLD = "the contract does not tell with which arguments"
NOBODYS_TOKEN = "xoxb-nobody-has-this"
HARDLY_ANY_SCOPE = "identify"

NOWHERE = re.compile(r"\w+_not_found|no_such_\w+|invalid_(?:code|trigger|request|app)")
"""Errors that ids of things which are nowhere cause."""

ANYWAY = frozenset({"method_deprecated", "unknown_method", "not_allowed_token_type", "missing_scope"})
"""Errors that come before the arguments are looked at."""

IDS: Mapping[str, str] = {
    "channel": "C0NOWHERE0",
    "user": "U0NOWHERE0",
    "team": "T0NOWHERE0",
    "file": "F0NOWHERE0",
    "user_group": "S0NOWHERE0",
    "timestamp": "1600000000.000100",
}
"""By the contract's subtypes, ids of nothing."""


@dataclass(frozen=True)
class Assertion:
    """A pair that the vendor asserts (see ``conformance.target.Assertion``).

    ``program`` is None where its arguments cannot be told (``reason``).
    """

    api: str
    error: str
    program: Program | None = None
    reason: str = ""

    @property
    def outcome(self) -> str:
        """What the call is declared to come to."""
        return f"200 {self.error}"

    @property
    def source(self) -> str:
        """Who asserts it."""
        return SOURCE


def assertions(target: str, contract: Contract, surface: Surface) -> tuple[Assertion, ...]:
    """All pairs, in the contract's order."""
    return tuple(_assertion(target, api, error, contract.methods.get(api), surface) for api, error in contract.asserted)


def _assertion(target: str, api: str, error: str, declared: Declared | None, surface: Surface) -> Assertion:
    arguments = _arguments(error, declared)
    if arguments is None:
        return Assertion(api, error, reason=NOT_TOLD)
    method = surface.method(api)
    if method.python == API_CALL:
        call = Call(target, ANY, API_CALL, {API_METHOD: api, **arguments})
    else:
        whole = all(name in arguments for name in method.required())
        call = Call(target, method.operation, method.python if whole else API_CALL, arguments)
    givens = tuple(_givens(target, error, declared))
    return Assertion(api, error, Program(f"declared/{api} {error}", (Step(call, 0),), givens))


def _arguments(error: str, declared: Declared | None) -> dict[str, Any] | None:
    """Arguments that cause the error; None where it does not say."""
    if error == "invalid_arguments":
        return {} if declared and any(argument.required for argument in declared.arguments.values()) else None
    if error == "invalid_auth":
        return {**_made_up(declared), "token": NOBODYS_TOKEN}
    if error in ANYWAY or NOWHERE.fullmatch(error):
        return _made_up(declared)
    return None


def _made_up(declared: Declared | None) -> dict[str, Any]:
    """Something for all that is required."""
    known = declared.arguments.values() if declared else ()
    return {argument.name: _value(argument) for argument in known if argument.required}


def _value(argument: Argument) -> Any:
    if argument.enum:
        return argument.enum[0]
    if argument.type in ("integer", "number"):
        return argument.minimum or 1
    if argument.type == "boolean":
        return True
    return IDS.get(argument.subtype, "nowhere")


def _givens(target: str, error: str, declared: Declared | None) -> Iterator[Given]:
    """A token that may call: a person's, where only people may; or hardly anything, where that is what it is about."""
    peoples = declared is not None and set(declared.scopes) == {"user"} and error != "not_allowed_token_type"
    scopes = (HARDLY_ANY_SCOPE, *declared.scopes["user"]) if peoples and declared else ()
    if error == "missing_scope":
        scopes = (HARDLY_ANY_SCOPE,)
    if scopes:
        token = {"token": DEFAULT_CREDENTIALS, "scopes": ",".join(scopes)}
        yield Given(target, "tokens", DEFAULT_CREDENTIALS, {"tokens": [token]})
