"""The way of every call: arguments, their shape, the token, its scopes, what is missing, the handler, the envelope.

The order is the vendor's: replies to a malformed call carry no scope headers, because nobody has asked for the token
by then; ``not_authed`` says what would have been accepted; later errors also say what was provided.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from functools import cache

from conformance.recordings.model import Json
from conformance.twinkit.service import Handler, Reply, TwinRequest
from targets.slack.contract import Declared, contract
from targets.slack.twin import arguments as shapes
from targets.slack.twin.arguments import Arguments
from targets.slack.twin.calls import Call, Method
from targets.slack.twin.errors import SlackError, Unevidenced
from targets.slack.twin.pages import CDN_REFUSAL
from targets.slack.twin.state import Workspace
from targets.slack.twin.tokens import STATES, UMBRELLAS, Token, listed

CHANNEL_TYPES = ("channels", "groups", "mpim", "im")
"""The order in which scopes of conversations are written."""

MOVED = (
    "[ERROR] This method is retired and can no longer be used. Please use {} instead. "
    "Learn more: https://api.slack.com/changelog/2020-01-deprecating-antecedents-to-the-conversations-api."
)

NEVER_CACHED = {
    "Cache-Control": "private, no-cache, no-store, must-revalidate",
    "Expires": "Sat, 26 Jul 1997 05:00:00 GMT",
    "Pragma": "no-cache",
    "Content-Type": "application/json; charset=utf-8",
    "X-Content-Type-Options": "nosniff",
    "Access-Control-Expose-Headers": "x-slack-req-id, retry-after",
    "Vary": "Accept-Encoding",
}


def endpoint(name: str, method: Method) -> Handler:
    """The route that answers calls of ``name``."""

    def handle(state: Workspace, request: TwinRequest) -> Reply:
        if request.method == "GET" and request.body:
            return CDN_REFUSAL
        return answer(state, request, name, method)

    return handle


def answer(state: Workspace, request: TwinRequest, name: str, method: Method) -> Reply:
    """The whole reply to a call."""
    call = Call(state, name, Arguments({}), request.base_url)
    headers: dict[str, str] = {}
    try:
        call.arguments = shapes.read(request)
        body = {"ok": True, **_run(call, request, method, headers)}
    except SlackError as error:
        headers["X-Slack-Failure"] = error.code
        body = {"ok": False, "error": error.code, **error.fields}
        if error.messages:
            body["response_metadata"] = {"messages": list(error.messages)}
    except Unevidenced as gap:
        return not_implemented(str(gap))
    headers["X-Slack-Req-Id"] = state.digest(32)
    body = copy.deepcopy(body)  # what was answered does not change with the state
    return Reply(_with_warnings(body, call.arguments, call.warnings), headers={**NEVER_CACHED, **headers})


def _run(call: Call, request: TwinRequest, method: Method, headers: dict[str, str]) -> Mapping[str, Json]:
    declared = contract().methods.get(call.name)
    if not method.open:
        call.token = identify(call.state, request, call.arguments, _accepted(declared, method, None), headers)
        if method.successor:
            raise SlackError("method_deprecated", [MOVED.format(method.successor)])
        check_scopes(call.token, declared, method, headers)
    if declared:
        _check_presence(call.arguments, declared, method)
    return method.handle(call) or {}


def refusal(request: TwinRequest, name: str, method: Method, code: str) -> Reply:
    """The reply to a call whose token is refused, whichever it has."""
    accepted = _accepted(contract().methods.get(name), method, None) if code == "not_authed" else ()
    headers = {**NEVER_CACHED, **_scope_header("X-Accepted-OAuth-Scopes", accepted), "X-Slack-Failure": code}
    return Reply(_with_warnings({"ok": False, "error": code}, shapes.read(request), []), headers=headers)


def _with_warnings(body: dict[str, Json], arguments: Arguments, added: Sequence[str]) -> Json:
    """The answer with what is to be warned of, in both places where clients look for it."""
    warnings = [*(["missing_charset"] if arguments.lacks_charset else []), *added]
    if not warnings:
        return body
    metadata = {**body.get("response_metadata", {}), "warnings": warnings}
    return {**body, "warning": ",".join(warnings), "response_metadata": metadata}


# Who calls


def identify(
    state: Workspace, request: TwinRequest, arguments: Arguments, accepted: Sequence[str], headers: dict[str, str]
) -> Token:
    """The token that a call came with; ``headers`` get what the reply says of scopes."""
    value = _bearer(request) or arguments.text("token")
    if not value:
        headers.update(_scope_header("X-Accepted-OAuth-Scopes", accepted))
        raise SlackError("not_authed")
    token = state.tokens.get(value)
    if token is None:
        raise SlackError("invalid_auth")
    if token.state in STATES:
        raise SlackError(STATES[token.state])
    headers.update(_scope_header("X-OAuth-Scopes", scopes_of(token)))
    return token


def _bearer(request: TwinRequest) -> str:
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    return value.strip() if scheme.lower() == "bearer" else ""


def check_scopes(token: Token, declared: Declared | None, method: Method, headers: dict[str, str]) -> None:
    """Refuse a token of the wrong kind, or one that does not reach far enough."""
    accepted = _accepted(declared, method, token)
    headers.update(_scope_header("X-Accepted-OAuth-Scopes", accepted))
    if declared and token.is_bot and (declared.user_only or set(declared.scopes) == {"user"}):
        raise SlackError("not_allowed_token_type")
    if accepted and not token.grants((*accepted, *_every_scope(declared))):
        raise SlackError("missing_scope", needed=listed(accepted), provided=listed(scopes_of(token)))


def _every_scope(declared: Declared | None) -> Sequence[str]:
    return [scope for scopes in declared.scopes.values() for scope in scopes] if declared else []


def _accepted(declared: Declared | None, method: Method, token: Token | None) -> list[str]:
    """The scopes that do, for this kind of token; classic apps also have broader ones."""
    scopes = declared.scopes if declared and declared.scopes else method.scopes
    kind = "bot" if token is None or token.is_bot else "user"
    ordered = sorted(scopes.get(kind) or scopes.get("user", ()), key=_place_of_type)
    return ordered + (_umbrellas(ordered) if token and token.is_classic else [])


def _place_of_type(scope: str) -> int:
    kind = scope.partition(":")[0]
    return CHANNEL_TYPES.index(kind) if kind in CHANNEL_TYPES else 0


def _umbrellas(scopes: Sequence[str]) -> list[str]:
    kinds = {scope.partition(":")[2].partition(".")[0] for scope in scopes}
    return [name for name, covered in UMBRELLAS.items() if kinds & set(covered)][:1]


def scopes_of(token: Token) -> Sequence[str]:
    """What a token may do, by name."""
    return token.scopes if token.scopes is not None else _all_scopes("bot" if token.is_bot else "user")


@cache
def _all_scopes(kind: str) -> tuple[str, ...]:
    scopes = {scope for declared in contract().methods.values() for scope in declared.scopes.get(kind, ())}
    return tuple(sorted(scope for scope in scopes if not scope.startswith("identity")))


def _scope_header(name: str, scopes: Sequence[str]) -> dict[str, str]:
    return {name: listed(scopes)} if scopes else {}


# What is missing


def _check_presence(arguments: Arguments, declared: Declared, method: Method) -> None:
    required = [name for name, facts in declared.arguments.items() if facts.required and name not in method.tolerates]
    shapes.require(arguments, required)


def not_implemented(message: str) -> Reply:
    """501 in the vendor's error form."""
    return Reply({"ok": False, "error": "not_implemented", "detail": message}, 501, NEVER_CACHED)
