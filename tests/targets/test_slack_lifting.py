"""Every spelling of a call is lifted to the one SDK call that means the same, for either client."""

import json
from dataclasses import replace
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.programs.model import Call
from conformance.recordings.model import Interaction, Provenance, Recording, Request, Response
from conformance.worlds.canonical import request_key
from conformance.worlds.recorded import RecordedWorld, lift
from targets.slack import ASYNC, SYNC
from targets.slack.surface import API_CALL, UPLOAD

FORM, JSON = "application/x-www-form-urlencoded", "application/json;charset=utf-8"
BOTH = pytest.mark.parametrize("target", [SYNC, ASYNC], ids=["sync", "async"])


def request(api, method="POST", query=None, form=None, body=None, content_type=None, path="/api/"):
    """A request in one of the spellings."""
    uri = f"https://slack.com{path}{api}" + (f"?{urlencode(query)}" if query else "")
    content = urlencode(form) if form else json.dumps(body) if isinstance(body, dict) else body or ""
    kind = content_type or (FORM if form else JSON if body else None)
    return Request(method, uri, {"content-type": (kind,)} if kind else {}, content.encode())


def recording(*exchanges):
    """A recording of requests with the JSON answers to them."""
    interactions = [
        Interaction(index, sent, Response(200, "OK", {"content-type": (kind,)}, answer.encode()))
        for index, (sent, answer, kind) in enumerate(
            (sent, answer if isinstance(answer, str) else json.dumps(answer), _kind(answer))
            for sent, answer in exchanges
        )
    ]
    return Recording("one.json", None, Provenance(recorded=("2025-01-01T00:00:00+00:00",)), tuple(interactions))


def _kind(answer):
    return "text/plain" if isinstance(answer, str) else "application/json; charset=utf-8"


def key(target, sent):
    """What a request means to a target."""
    return request_key(target.canonical_request(sent))


SPELLINGS = [
    request("conversations.setTopic", form={"channel": "C1", "topic": "a b", "token": "xoxb"}),
    request("conversations.setTopic", body={"channel": "C1", "topic": "a b"}),
    request("conversations.setTopic", "GET", query={"topic": "a b", "token": "xoxb", "channel": "C1"}),
    request("conversations.setTopic", query={"channel": "C1"}, form={"topic": "a b"}),
]


@BOTH
@pytest.mark.parametrize("sent", SPELLINGS)
def test_spellings_of_a_call_are_one(target, sent):
    call = target.lift(sent)
    assert (call.sdk_call, call.arguments) == ("conversations_setTopic", {"channel": "C1", "topic": "a b"})
    assert not call.amended and key(target, sent) == key(target, SPELLINGS[0])


@BOTH
def test_arguments_have_the_types_that_the_sdk_takes(target):
    blocks = [{"type": "divider"}]
    sent = {"channel": "C1", "blocks": json.dumps(blocks), "as_user": "true", "text": "[1]"}
    assert target.lift(request("chat.postMessage", form=sent)).arguments == {**sent, "blocks": blocks, "as_user": True}
    sent = {"types": "im,mpim", "limit": "20", "exclude_archived": "1", "cursor": ""}
    typed = {"types": ["im", "mpim"], "limit": 20, "exclude_archived": True, "cursor": ""}
    assert target.lift(request("conversations.list", form=sent)).arguments == typed


@BOTH
@pytest.mark.parametrize(
    ("sent", "arguments"),
    [
        (request("pins.add", body={"channel": "C1"}, content_type="application/json"), {"channel": "C1"}),
        (request("pins.add", "GET", form={"channel": "C1"}), {"channel": "C1"}),
        (request("pins.add", body="channel=C1", content_type="Application/Json"), {}),
        (request("rtm.connect", body="token", content_type=FORM), {}),
    ],
    ids=["JSON without a charset", "GET with a body", "a body of another type", "no form"],
)
def test_spellings_that_change_the_answer_are_kept(target, sent, arguments):
    call = target.lift(sent)
    assert call.sdk_call == API_CALL and arguments.items() <= call.arguments.items()
    assert key(target, sent) != key(target, request("pins.add", form={"channel": "C1"}))
    assert target.variant(call)


@BOTH
def test_what_no_method_takes_goes_through_api_call(target):
    assert target.lift(request("users.info")).sdk_call == API_CALL  # the method demands a user
    unknown = target.lift(request("nobody.knows", query={"a": "1"}))
    assert (unknown.operation, unknown.arguments) == (
        "POST /api/{method}",
        {"api_method": "nobody.knows", "a": "1"},
    )
    assert not unknown.amended
    odd = target.lift(request("chat.postMessage/chat.postMessage"))
    assert odd.sent_path == "/api/chat.postMessage/chat.postMessage" and odd.amended
    twice = target.lift(request("users.list", query=[("a[]", "1"), ("a[]", "2")]))
    assert twice.arguments == {"a[]": "1"} and twice.extra_query == (("a[]", "2"),)


@BOTH
def test_other_services_are_left_alone(target):
    for uri in ("https://dev.okta.com/api/v1/users", "https://www.googleapis.com/drive/v3/files"):
        assert target.lift(Request("GET", uri)) is None and target.canonical_request(Request("GET", uri)).uri == uri
    proxied = target.lift(Request("GET", "http://proxy.test/api/users.list"))
    assert isinstance(proxied, Call) and proxied.sdk_call == "users_list"
    assert target.lift(Request("GET", "https://slack.com/help")) == "the path names no method of the API"


@pytest.mark.parametrize("target", [SYNC, ASYNC], ids=["sync", "async"])
def test_each_method_puts_its_arguments_on_the_wire_by_the_names_of_the_api(target):
    """All methods of the SDK, with made-up arguments."""
    calls = [(method, made_up(method)) for method in target._surface.methods.values() if not has_files(method)]
    exchanges = [(request(m.api, body=arguments), {"ok": True, "n": n}) for n, (m, arguments) in enumerate(calls)]
    with RecordedWorld({target.name: target}) as world:
        trace, unlifted = world.trace(recording(*exchanges))
    assert len(calls) > 250 and not {one.detail for one in unlifted}
    assert [seen.value["n"] for seen in trace.observations] == list(range(len(calls)))


def has_files(method):
    """Whether a method sends a file, or an application's credentials or token, in a way of its own."""
    own = ("oauth.", "openid.", "apps.connections.open")
    return any(p.kind == "file" for p in method.parameters.values()) or method.api.startswith(own)


def made_up(method):
    """Arguments for all that a method demands."""
    values = {"text": "x", "texts": "a,b", "integer": 7, "boolean": True, "structure": [{"a": 1}]}
    found = {p.name: values[p.kind] for p in method.parameters.values() if p.required}
    return {**found, "view": {"type": "modal"}} if "view" in found else found


UPLOADED = {"filename": "a.txt", "length": "5"}
COMPLETED = {"files": '[{"id": "F1", "title": "A"}]', "channel_id": "C1", "initial_comment": "look"}


def upload_flow(begun=None, sent="hello", completed=None):
    """Three requests of an upload."""
    return recording(
        (
            request("files.getUploadURLExternal", form=begun or UPLOADED),
            {"ok": True, "upload_url": "https://files.slack.com/upload/v1/UPx", "file_id": "F1"},
        ),
        (Request("POST", "https://files.slack.com/upload/v1/UPx", {}, sent.encode()), "OK - 5"),
        (request("files.completeUploadExternal", form=completed or COMPLETED), {"ok": True, "files": [{"id": "F1"}]}),
    )


@BOTH
def test_an_upload_is_put_together(target):
    with RecordedWorld({target.name: target}) as world:
        trace, unlifted = world.trace(upload_flow())
    (step,) = trace.program.steps
    assert not unlifted and step.interaction == 2 and step.also == (0, 1) and step.call.sdk_call == UPLOAD
    assert step.call.arguments == {
        "filename": "a.txt",
        "content": "hello",
        "title": "A",
        "channel": "C1",
        "initial_comment": "look",
    }
    assert len(trace.observations[0].exchanges) == 3


@BOTH
@pytest.mark.parametrize(
    "flow",
    [
        upload_flow(begun={"filename": "a.txt", "length": "6"}),
        upload_flow(completed={"files": '[{"id": "F1"}]'}),
        upload_flow(completed={"files": '[{"id": "F2", "title": "A"}]'}),
        upload_flow(begun={**UPLOADED, "unheard_of": "1"}),
    ],
    ids=["another length", "no title", "another file", "an argument that the SDK cannot pass on"],
)
def test_what_the_sdk_would_not_do_so_stays_apart(target, flow):
    steps, unlifted = lift(flow, [target])
    assert [step.call.sdk_call for step in steps] == ["files_getUploadURLExternal", "files_completeUploadExternal"]
    assert [one.reason for one in unlifted] == ["an upload without the calls that begin and complete it"]


@BOTH
def test_requests_that_a_recording_has_lost_are_marked(target):
    lost = {"ok": False, "error": "invalid_form_data"}
    steps, _ = lift(
        recording(
            (request("rtm.connect"), lost),
            (request("users.info"), {"ok": True, "user": {"id": "U1"}}),
            (request("users.info"), {"ok": False, "error": "user_not_found"}),
            (request("users.info", form={"user": "U1"}), {"ok": True, "user": {"id": "U1"}}),
        ),
        [target],
    )
    assert [step.call.lost_body for step in steps] == [True, True, False, False]


@BOTH
def test_answers_that_repeat_another_question_are_no_answers(target):
    def told(api, answer, **form):
        return request(api, form=form), {"ok": True, **answer}

    steps, _ = lift(
        recording(
            told("users.info", {"user": {"id": "U1"}}, user="somebody"),
            told("search.all", {"query": "from:ann"}, query="from:bob"),
            told("search.all", {"query": "from:ann"}, query="from:ann"),
            told("chat.postMessage", {"message": {"text": "quite another"}}, channel="C1", text="hello"),
            told("chat.postMessage", {"message": {"text": "hello &lt;b&gt;"}}, channel="C1", text="hello <b>"),
            (request("conversations.invite", form={"channel": "C1", "users": "U1"}), {"ok": False, "errors": ALREADY}),
            told("conversations.info", {"channel": {"id": "C0AAAAAAAA"}}, channel="C0BBBBBBBB"),
            told("conversations.info", {"channel": {"id": "C0AAAAAAAA"}}, channel="#general"),
        ),
        [target],
    )
    assert [step.call.lost_body for step in steps] == [True, True, False, True, False, True, True, False]


@BOTH
def test_lists_of_other_types_than_asked_for_were_cut(target):
    public, group = {"id": "C0AAAAAAAA"}, {"id": "G0AAAAAAAA", "is_mpim": True}
    types = [{}, {}, {"types": "mpim,im"}, {"types": "im"}, {"types": "public_channel"}]
    asked = zip(types, ([public], [group], [group], [group], []), strict=True)
    exchanges = [
        (request("conversations.list", form={"limit": "9", **types}), {"ok": True, "channels": shown})
        for types, shown in asked
    ]
    steps, _ = lift(recording(*exchanges), [target])
    assert [step.call.lost_body for step in steps] == [False, True, False, True, False]


@BOTH
@pytest.mark.parametrize(
    ("identifier", "forged"),
    [("0123456789abcdef0123456789abcdef", False), ("12345abcdef", True), ("***", False), ("", False)],
)
def test_answers_that_no_server_gave_are_told_by_the_id_of_the_request(target, identifier, forged):
    one = recording((request("auth.test"), {"ok": True}))
    (item,) = one.interactions
    response = replace(item.response, headers={**item.response.headers, "x-slack-req-id": (identifier,)})
    steps, _ = lift(replace(one, interactions=(replace(item, response=response),)), [target])
    assert [step.call.forged for step in steps] == [forged] and steps[0].call.unrepeatable is forged


ALREADY = [{"user": "U2", "ok": False, "error": "already_in_channel"}]


@BOTH
def test_answers_of_former_days_are_history(target):
    steps, _ = lift(
        recording(
            (request("channels.list"), {"ok": True, "channels": []}),
            (request("channels.list"), {"ok": False, "error": "invalid_auth"}),
            (request("conversations.list"), {"ok": True, "channels": []}),
        ),
        [target],
    )
    assert [step.call.outdated for step in steps] == [True, False, False]


names = st.text("abcdefghij_", min_size=1, max_size=8).filter(lambda name: name not in ("token", "a", "data"))
texts = st.text(min_size=0, max_size=12).filter(lambda text: text.isprintable() and text.isascii())


@given(arguments=st.dictionaries(names, texts, min_size=1, max_size=4), get=st.booleans())
def test_any_arguments_mean_the_same_in_form_query_and_json(arguments, get):
    spelled = [
        request("users.list", form=arguments),
        request("users.list", "GET" if get else "POST", query=arguments),
        request("users.list", body=arguments),
    ]
    assert len({key(SYNC, sent) for sent in spelled}) == 1
    assert len({json.dumps(SYNC.lift(sent).arguments, sort_keys=True) for sent in spelled}) == 1
