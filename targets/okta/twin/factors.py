"""Second factors of users: a text message to a telephone, an answer to a question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from conformance.recordings.model import Json
from conformance.twinkit.service import Reply
from targets.okta.twin import errors
from targets.okta.twin.context import Context
from targets.okta.twin.family import Family
from targets.okta.twin.kinds import Kind, hints, standard
from targets.okta.twin.org import Path, Resource
from targets.okta.twin.users import USERS, user

QUESTIONS: Mapping[str, str] = {
    "disliked_food": "What is the food you least liked as a child?",
    "name_of_first_plush_toy": "What is the name of your first stuffed animal?",
    "first_award": "What did you earn your first medal or award for?",
    "favorite_security_question": "What is your favorite security question?",
    "favorite_toy": "What is the toy/stuffed animal you liked the most as a kid?",
    "first_computer_game": "What was the first computer game you played?",
    "favorite_movie_quote": "What is your favorite movie quote?",
    "first_sports_team_mascot": "What was the mascot of the first sports team you played on?",
    "first_music_purchase": "What music album or song did you first purchase?",
    "favorite_art_piece": "What is your favorite piece of art?",
    "grandmother_favorite_desert": "What was your grandmother's favorite dessert?",
    "first_thing_cooked": "What was the first thing you learned to cook?",
    "childhood_dream_job": "What was your dream job as a child?",
    "place_where_significant_other_was_met": "Where did you meet your spouse/significant other?",
    "favorite_vacation_location": "Where did you go for your favorite vacation?",
    "new_years_two_thousand": "Where were you on New Year's Eve in the year 2000?",
    "favorite_speaker_actor": "Who is your favorite speaker/orator?",
    "favorite_book_movie_character": "Who is your favorite book/movie character?",
    "favorite_sports_player": "Who is your favorite sports player?",
}
"""The vendor's questions, by name."""


@dataclass(frozen=True)
class FactorType:
    """What ids begin with, and how a new one stands."""

    prefix: str
    status: str


TYPES: Mapping[str, FactorType] = {
    "sms": FactorType("mbl", "PENDING_ACTIVATION"),
    "question": FactorType("ufs", "ACTIVE"),
}


def _make(context: Context, body: Resource, old: Resource | None) -> Resource:
    before = old or {}
    type_ = str(body.get("factorType") or before.get("factorType"))
    if type_ not in TYPES or context.flag("activate"):
        raise errors.unevidenced(context.org, f"a factor of type {type_} that is made so")
    provider = body.get("provider") or before.get("provider") or "OKTA"
    status = before.get("status") or TYPES[type_].status
    told = {"factorType": type_, "provider": provider, "vendorName": provider, "status": status}
    return {**told, "profile": _profile(type_, body.get("profile") or {})}


def _profile(type_: str, asked: Resource) -> Resource:
    """The answer to a question is never shown."""
    if type_ != "question":
        return asked
    name = str(asked.get("question"))
    return {"question": name, "questionText": QUESTIONS.get(name, name)}


def _links(context: Context, factor: Resource, ids: Path) -> Json:
    owner = context.href(f"/api/v1/users/{ids[0]}")
    here = f"{owner}/factors/{ids[-1]}"
    both = {"user": hints(owner, "GET")}
    if factor.get("factorType") == "question":
        questions = hints(f"{owner}/factors/questions", "GET")
        return {**both, "questions": questions, "self": hints(here, "GET", "DELETE")}
    resend = [{"name": factor.get("factorType"), **hints(f"{here}/resend", "POST")}]
    return {
        **both,
        "resend": resend,
        "activate": hints(f"{here}/lifecycle/activate", "POST"),
        "self": hints(here, "GET"),
    }


FACTORS = Kind(
    "/api/v1/users/{userId}/factors/{factorId}",
    entity="UserFactor",
    make=_make,
    links=_links,
    defaults={"factorType": "question", "provider": "OKTA", "vendorName": "OKTA", "status": "ACTIVE"},
    under=USERS,
)


def _enroll(context: Context) -> Reply:
    """Ids say of what type a factor is."""
    owner = user(context)["id"]
    made = FACTORS.built(context, context.body, None)
    id_ = context.org.new_id(TYPES[made["factorType"]].prefix)
    now = dict.fromkeys(FACTORS.times, context.org.now())
    kept = FACTORS.keep(context.org, (owner,), {"id": id_, **made, **now})
    return Reply(FACTORS.shown(context, kept, (owner,)))


def _questions(context: Context) -> Reply:
    user(context)
    return Reply([{"question": name, "questionText": text} for name, text in QUESTIONS.items()])


FAMILY = Family(
    kinds=(FACTORS,),
    answers={
        **standard(FACTORS, "list", "read", "replace", "delete"),
        f"POST {FACTORS.collection}": _enroll,
        f"GET {FACTORS.collection}/questions": _questions,
    },
)
