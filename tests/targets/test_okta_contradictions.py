"""Answers that are none to what was asked."""

import json
from pathlib import Path
from urllib.parse import urlencode

import pytest

from conformance.programs.model import Step
from conformance.recordings.model import Interaction, Provenance, Recording, Request, Response
from targets.okta import TARGET

HOST = "https://acme.okta.com"
ANN = {"id": "00u1", "status": "ACTIVE", "profile": {"email": "ann@example.com", "firstName": "Ann"}}
BOB = {"id": "00u2", "status": "STAGED", "profile": {"email": "bob@example.com", "firstName": "Bob"}}


def is_marked(found, status=200, **asked):
    request = Request("GET", f"{HOST}/api/v1/users?{urlencode(asked)}")
    interaction = Interaction(0, request, Response(status, "", {}, json.dumps(found).encode()))
    recording = Recording("r", Path("r"), Provenance(), (interaction,))
    (step,) = TARGET.composed([Step(TARGET.lift(request), 0)], recording)
    return step.call.forged


@pytest.mark.parametrize("text", ['profile.email sw "carol"', '(profile.email eq "c") and status eq "ACTIVE"'])
def test_nothing_that_was_found_has_what_was_searched_for(text):
    assert is_marked([ANN, BOB], search=text)
    assert is_marked([ANN], filter=text)


@pytest.mark.parametrize(
    ("found", "text"),
    [
        ([ANN, BOB], 'profile.email sw "ann"'),  # one of them has: the index is late about the other
        ([], 'profile.email sw "carol"'),
        ([ANN], 'profile.nickName eq "carol"'),  # nobody sees what it has there
        ([ANN, {"id": "00u3"}], 'profile.email sw "carol"'),
        ([ANN], "profile.email sounds like carol"),
        ({"errorCode": "E0000031"}, 'profile.email sw "carol"'),
        ([ANN], 'profile.firstName eq "Ann" or profile.email eq "status eq"'),
    ],
)
def test_what_may_be_an_answer(found, text):
    assert not is_marked(found, search=text)


def test_what_asks_for_nothing_is_answered_by_anything():
    assert not is_marked([ANN], limit=20)
