"""What happens to a user's status and credentials: activate, suspend, expire the password, recover, …"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from conformance.twinkit.service import Reply
from targets.okta.twin import errors
from targets.okta.twin.context import Answering, Context
from targets.okta.twin.family import Family
from targets.okta.twin.grammar import value_at
from targets.okta.twin.kinds import EMPTY
from targets.okta.twin.org import ALPHANUMERIC, Resource
from targets.okta.twin.user_secrets import credentials, keep_password, keep_secrets, may_be
from targets.okta.twin.users import USERS, set_status, user

TOKEN_LENGTH, TEMPORARY_LENGTH = 20, 8
USABLE = ("ACTIVE", "PASSWORD_EXPIRED", "RECOVERY", "LOCKED_OUT")
"""Statuses of users who have a password and are neither staged, suspended nor gone."""

Result = Callable[[Context, Resource], Reply]


# --- what a transition answers


def _token(context: Context, length: int = TOKEN_LENGTH) -> str:
    return context.org.ids.token(length, ALPHANUMERIC)


def _url(context: Context, path: str, token: str) -> str:
    return context.href(f"/{path}/{token}")


def nothing(_: Context, __: Resource) -> Reply:
    """An empty object."""
    return EMPTY


def activation(context: Context, _: Resource) -> Reply:
    """The link that the user would get by e-mail, where none is sent."""
    if context.flag("sendEmail", True):
        return EMPTY
    token = _token(context)
    return Reply({"activationUrl": _url(context, "welcome", token), "activationToken": token})


def recovery(context: Context, _: Resource) -> Reply:
    """The link to a new password, where no e-mail is sent."""
    if context.flag("sendEmail", True):
        return EMPTY
    return Reply({"resetPasswordUrl": _url(context, "reset_password", _token(context))})


def temporary(context: Context, person: Resource) -> Reply:
    """A password that is good for once."""
    password = _token(context, TEMPORARY_LENGTH)
    keep_password(person, {"password": {"value": password}}, person["lastUpdated"])
    return Reply({"tempPassword": password})


def expired(context: Context, person: Resource) -> Reply:
    """The user, or a temporary password where one was asked for."""
    asked = context.request.first("tempPassword")
    return Reply(USERS.shown(context, person)) if asked in (None, "false", "False") else temporary(context, person)


# --- transitions


@dataclass(frozen=True)
class Transition:
    """From which statuses to which, and what is answered. A ``code`` refuses other statuses as recorded."""

    of: tuple[str, ...]
    to: Callable[[Resource], str]
    result: Result = nothing
    refusal: tuple[str, str] | None = None


def _always(status: str) -> Callable[[Resource], str]:
    return lambda _: status


def _activated(person: Resource) -> str:
    """Somebody without a password has to choose one first."""
    return "ACTIVE" if "password" in person["credentials"] else "PROVISIONED"


NOT_NOW = ("E0000038", "This operation is not allowed in the user's current status.")
GONE = "DEPROVISIONED"
TRANSITIONS: Mapping[str, Transition] = {
    "activate": Transition(("STAGED", GONE), _activated, activation),
    "reactivate": Transition(("PROVISIONED",), _always("PROVISIONED"), activation, NOT_NOW),
    "deactivate": Transition(("STAGED", "PROVISIONED", "SUSPENDED", *USABLE), _always(GONE)),
    "suspend": Transition(("PROVISIONED", *USABLE), _always("SUSPENDED")),
    "unsuspend": Transition(("SUSPENDED",), _activated),
    "unlock": Transition(("LOCKED_OUT",), _always("ACTIVE")),
    "expire_password": Transition(USABLE, _always("PASSWORD_EXPIRED"), expired),
    "expire_password_with_temp_password": Transition(USABLE, _always("PASSWORD_EXPIRED"), temporary),
    "reset_password": Transition(("PROVISIONED", *USABLE), _always("RECOVERY"), recovery),
}


def _transition(verb: str, transition: Transition) -> Answering:
    def answer(context: Context) -> Reply:
        person = user(context)
        if person["status"] not in transition.of:
            raise _refusal(context, verb, person, transition)
        before = person.get("statusChanged")
        _move(context, person, transition.to(person), activates=verb == "activate")
        after, person["statusChanged"] = person["statusChanged"], before
        reply = transition.result(context, person)  # an answer with the user still tells the time of the last change
        person["statusChanged"] = after
        return reply

    return answer


def _move(context: Context, person: Resource, status: str, activates: bool) -> None:
    if person["status"] == status:
        USERS.touch(context, person)
        return
    set_status(context, person, status)
    if activates:
        person["activated"] = person["lastUpdated"]


def _refusal(context: Context, verb: str, person: Resource, transition: Transition) -> Exception:
    if transition.refusal:
        return errors.not_allowed(context.org, *transition.refusal)
    return errors.unevidenced(context.org, f"{verb} of a user who is {person['status']}")


def _reset_factors(context: Context) -> Reply:
    person = user(context)
    for factor in list(context.org.shelf("users/factors", (person["id"],))):
        context.org.remove("users/factors", (person["id"],), factor)
    return EMPTY


# --- credentials


def _lay_over(context: Context, person: Resource, given: Resource) -> Reply:
    """Lay what is ``given`` over the user's credentials, and show them."""
    shown = credentials(context.org, {"credentials": given, "profile": person["profile"]}, person)
    person["credentials"] = shown
    return Reply({name: value for name, value in shown.items() if name != "emails"})


def _check(context: Context, person: Resource, secret: str, path: str) -> None:
    """Raises Refusal: 403 unless what the body has at ``path`` may be the secret."""
    if not may_be(person, secret, value_at(context.body, path)):
        raise errors.not_allowed(context.org, "E0000014", "Update of credentials failed")


def _change_password(context: Context) -> Reply:
    person = user(context)
    _check(context, person, "~password", "oldPassword.value")
    return _renew(context, person, {"password": context.body.get("newPassword")})


def _renew(context: Context, person: Resource, given: Resource) -> Reply:
    """A new password makes the user active again."""
    if person["status"] != "ACTIVE":
        set_status(context, person, "ACTIVE")
    keep_password(person, given, context.org.now())
    return _lay_over(context, person, given)


def _change_question(context: Context) -> Reply:
    given, person = {"recovery_question": context.body.get("recovery_question")}, user(context)
    _check(context, person, "~password", "password.value")
    keep_secrets(person, given)
    USERS.touch(context, person)
    return _lay_over(context, person, given)


def _forgot_password(context: Context) -> Reply:
    """With the answer to the recovery question, a new password at once; else a link to one."""
    person = user(context)
    if value_at(context.body, "password.value"):
        _check(context, person, "~answer", "recovery_question.answer")
        return _renew(context, person, {"password": context.body["password"]})
    set_status(context, person, "RECOVERY")
    return recovery(context, person)


_HERE = USERS.path
FAMILY = Family(
    answers={
        **{f"POST {_HERE}/lifecycle/{verb}": _transition(verb, change) for verb, change in TRANSITIONS.items()},
        f"POST {_HERE}/lifecycle/reset_factors": _reset_factors,
        f"POST {_HERE}/credentials/change_password": _change_password,
        f"POST {_HERE}/credentials/change_recovery_question": _change_question,
        f"POST {_HERE}/credentials/forgot_password": _forgot_password,
    },
)
