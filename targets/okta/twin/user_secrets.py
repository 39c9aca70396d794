"""Credentials of users: what is shown of them, and the secrets that nothing shows."""

from __future__ import annotations

from conformance.programs.identity import is_blank
from conformance.programs.trees import merged
from conformance.recordings.model import Json
from targets.okta.twin.grammar import value_at
from targets.okta.twin.org import Org, Resource

OKTA = {"type": "OKTA", "name": "OKTA"}
IMPORT = {"type": "IMPORT", "name": "IMPORT"}
"""The provider of a user whose password came as a hash: it is checked against the hash when first used."""
SECRETS = ("value", "hash", "hook")
"""Ways to give a password."""
MADE = "~made"
"""Marks users whose secrets are known because nobody had them before."""
UNTOLD = "***"
"""A password that was given in a way that does not tell it."""


def gives_password(body: Resource) -> bool:
    """The body sets a password."""
    password = value_at(body, "credentials.password") or {}
    return any(password.get(name) for name in SECRETS)


# --- what is shown


def credentials(org: Org, body: Resource, old: Resource) -> Resource:
    """What is shown of a user's credentials after a body of this form; organisations with realms show no addresses."""
    asked, had = body.get("credentials") or {}, old.get("credentials") or {}
    shown: Resource = {}
    if gives_password(body) or "password" in had:
        shown["password"] = {}
        if org.lacks("realms"):
            address = value_at(body, "profile.email")
            shown["emails"] = [{"value": address, "status": "VERIFIED", "type": "PRIMARY"}]
    if question := value_at(asked, "recovery_question.question") or value_at(had, "recovery_question.question"):
        shown["recovery_question"] = {"question": question}
    return {**shown, "provider": _provider(asked, had)}


def _provider(asked: Resource, had: Resource) -> Resource:
    if value_at(asked, "password.hash"):
        return dict(IMPORT)
    before = had.get("provider") or OKTA
    if value_at(asked, "password.value") and before == IMPORT:
        before = OKTA
    return merged(dict(before), asked.get("provider") or {})  # type: ignore[no-any-return]  # two objects


# --- what is not


def keep_password(person: Resource, given: Resource, now: str) -> None:
    """Note a new password. Only ``passwordChanged`` tells of it, not ``lastUpdated``."""
    keep_secrets(person, given)
    person["passwordChanged"] = now


def keep_secrets(person: Resource, given: Resource) -> None:
    """Note password and answer to the recovery question, which are never shown."""
    for secret, path in (("~password", "password.value"), ("~answer", "recovery_question.answer")):
        if value := value_at(given, path):
            person[secret] = str(value)
    if gives_password({"credentials": given}) and "value" not in given["password"]:
        person["~password"] = UNTOLD


def may_be(person: Resource, secret: str, given: Json) -> bool:
    """Whether ``given`` may be a secret (``~password``, ``~answer``) of the user.

    It may not if another one is known, or none was given. Users of before have secrets that nobody told, and
    recorders hide some.
    """
    known = person.get(secret)
    untold = known is None and MADE not in person
    return untold or (known is not None and (known == given or is_blank(known) or is_blank(str(given))))
