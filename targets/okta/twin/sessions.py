"""Sign-on and sessions: a password gets a token, a token (once) gets a session."""

from __future__ import annotations

from datetime import datetime, timedelta

from conformance.recordings.model import Json
from conformance.twinkit.service import Refusal, Reply
from targets.okta.givens import TOKENS
from targets.okta.twin import errors
from targets.okta.twin.context import Context
from targets.okta.twin.family import Family
from targets.okta.twin.grammar import value_at
from targets.okta.twin.kinds import NO_CONTENT, Kind, delete, hints, read
from targets.okta.twin.org import ALPHANUMERIC, Org, Path, Resource, timestamp
from targets.okta.twin.user_secrets import may_be
from targets.okta.twin.users import USERS, user

LIFETIME, TOKEN_LIFETIME = timedelta(hours=2), timedelta(minutes=5)
SESSION_ID_LENGTH, TOKEN_LENGTH = 25, 40


def _later(moment: str, span: timedelta) -> str:
    return timestamp(datetime.fromisoformat(moment) + span)


def _links(context: Context, session: Resource, _: Path) -> Json:
    """The client that made the session is told of itself; others see it under a name that does not give it away."""
    made_now = context.request.path.endswith("/sessions")
    id_ = "me" if made_now else context.org.ids.token(SESSION_ID_LENGTH, prefix="102")
    here = context.href(f"/api/v1/sessions/{id_}")
    person = context.href(f"/api/v1/users/{'me' if made_now else session.get('userId')}")
    return {
        "self": hints(here, "GET", "DELETE"),
        "refresh": hints(f"{here}/lifecycle/refresh", "POST"),
        "user": {"name": session.get("~name"), **hints(person, "GET")},
    }


SESSIONS = Kind("/api/v1/sessions/{sessionId}", entity="AppSession", prefix="102", links=_links, times=())


def _failed(org: Org) -> Refusal:
    return errors.error(org, 401, "E0000004", "Authentication failed")


def _sign_on(context: Context) -> Reply:
    """``POST /api/v1/authn`` with name and password."""
    org = context.org
    person = org.get(USERS.name, (), str(context.body.get("username")))
    given = context.body.get("password")
    if (
        person is None
        or person["status"] != "ACTIVE"
        or "~password" not in person
        or not may_be(person, "~password", given)
    ):
        raise _failed(org)
    token = org.ids.token(TOKEN_LENGTH, ALPHANUMERIC, "2011")
    org.put(TOKENS, (), token, {"userId": person["id"]})
    profile = {name: person["profile"].get(name) for name in ("login", "firstName", "lastName")}
    profile |= {"locale": "en_US", "timeZone": "America/Los_Angeles"}
    shown = {"id": person["id"], "passwordChanged": person["passwordChanged"], "profile": profile}
    answer = {"expiresAt": _later(org.now(), TOKEN_LIFETIME), "status": "SUCCESS", "sessionToken": token}
    cancel = hints(context.href("/api/v1/authn/cancel"), "POST")
    return Reply({**answer, "_embedded": {"user": shown}, "_links": {"cancel": cancel}})


def _create(context: Context) -> Reply:
    """A token is good once. (``TOKENS`` has those that have not been used, with the user whom each is for.)"""
    org, token = context.org, str(context.body.get("sessionToken"))
    known = org.get(TOKENS, (), token)
    person = known and org.get(USERS.name, (), known["userId"])
    if not person:
        raise _failed(org)
    org.remove(TOKENS, (), token)
    return Reply(SESSIONS.shown(context, SESSIONS.keep(org, (), _session(org, person))))


def _session(org: Org, person: Resource) -> Resource:
    now, profile = org.now(), person["profile"]
    return {
        "id": org.ids.token(SESSION_ID_LENGTH, prefix="102"),
        "userId": person["id"],
        "login": profile.get("login"),
        "createdAt": now,
        "expiresAt": _later(now, LIFETIME),
        "status": "ACTIVE",
        "lastPasswordVerification": now,
        "lastFactorVerification": None,
        "amr": ["pwd"],
        "idp": {"id": org.own_id, "type": "OKTA"},
        "mfaActive": True,
        "~name": f"{profile.get('firstName')} {profile.get('lastName')}",
    }


def _refresh(context: Context) -> Reply:
    session = SESSIONS.find(context.org, *context.ids)
    session["expiresAt"] = _later(context.org.now(), LIFETIME)
    return Reply(SESSIONS.shown(context, session))


def _sign_off(context: Context) -> Reply:
    """All sessions of a user end."""
    person = user(context)
    for id_, session in list(context.org.shelf(SESSIONS.name).items()):
        if session.get("userId") == person["id"]:
            context.org.remove(SESSIONS.name, (), id_)
    return NO_CONTENT


def _not_listed(context: Context) -> Reply:
    """Nobody is told of all sessions."""
    raise errors.wrong_method(context.org)


def _seed(org: Org, ids: Path, session: Resource) -> None:
    """The user's name is told by the link to them only."""
    name = value_at(session, "_links.user.name")
    SESSIONS.keep(org, (), {"status": "ACTIVE", **session, "id": ids[-1], "~name": name})


FAMILY = Family(
    kinds=(SESSIONS,),
    seeds={SESSIONS.name: _seed},
    answers={
        "POST /api/v1/authn": _sign_on,
        f"GET {SESSIONS.collection}": _not_listed,
        f"POST {SESSIONS.collection}": _create,
        f"GET {SESSIONS.path}": read(SESSIONS),
        f"DELETE {SESSIONS.path}": delete(SESSIONS),
        f"POST {SESSIONS.path}/lifecycle/refresh": _refresh,
        f"DELETE {USERS.path}/sessions": _sign_off,
    },
)
