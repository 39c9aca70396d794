"""What a caller of the SDK sees, whatever the server does. The same for both generations of the SDK."""

import http.server
import json
import threading
import time

import pytest

from conformance.programs.model import Call
from conformance.recordings.model import Request
from targets.okta import TARGET
from targets.okta.session import ALL_PAGES, OktaSession
from targets.okta.surface import surface

GENERATED = int(TARGET.sdk().version.partition(".")[0]) >= 3
generated_only = pytest.mark.skipif(not GENERATED, reason="a defect of okta 3.x")

GROUP = {"id": "00g1", "created": "2020-01-01T00:00:00.000Z", "type": "OKTA_GROUP", "profile": {"name": "Engineers"}}
ERROR = {
    "errorCode": "E0000007",
    "errorSummary": "Not found",
    "errorLink": "E0000007",
    "errorId": "oae1",
    "errorCauses": [],
}


class Server(http.server.BaseHTTPRequestHandler):
    """Answers by the id in the path."""

    protocol_version = "HTTP/1.1"
    seen: list[Request]

    def log_message(self, *_):
        pass

    def answer(self, status, body=None, *headers, content_type="application/json"):
        content = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        if content:
            self.send_header("Content-Type", content_type)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def handle_any(self):
        length = int(self.headers.get("content-length") or 0)
        headers = {name.lower(): (value,) for name, value in self.headers.items()}
        self.server.seen.append(Request(self.command, self.path, headers, self.rfile.read(length)))
        path, _, query = self.path.partition("?")
        name = path.strip("/").split("/")[-1]
        getattr(self, f"do_{name}", self.do_group)(query)

    do_GET = do_POST = do_PUT = do_DELETE = handle_any  # noqa: N815  # names of the base class

    def do_group(self, query):
        self.answer(200, GROUP)

    def do_groups(self, query):
        """Three pages, with links as the service writes them."""
        if self.command == "POST":
            return self.answer(200, GROUP)
        page = int(query.partition("after=")[2][:1] or 0)
        here = f"http://127.0.0.1:{self.server.server_port}/api/v1/groups"
        links = [("Link", f'<{here}>; rel="self"')]
        if page < 2:
            links.append(("Link", f'<{here}?after={page + 1}>; rel="next"'))
        return self.answer(200, [{**GROUP, "id": f"00g{page}"}], *links)

    def do_missing(self, query):
        self.answer(404, ERROR)

    def do_gone(self, query):
        self.answer(404)

    def do_deleted(self, query):
        self.answer(204)

    def do_busy(self, query):
        error = {**ERROR, "errorCode": "E0000047"}
        reset = ("X-Rate-Limit-Reset", str(int(time.time()) + 60))
        self.answer(429, error, reset, ("X-Rate-Limit-Limit", "5"), ("X-Rate-Limit-Remaining", "0"))

    def do_roles(self, query):
        self.answer(201, {"id": "ra1", "type": "HELP_DESK_ADMIN"})

    def do_odd(self, query):
        self.answer(200, {**GROUP, "created": ["no", "date"]})

    def do_elsewhere(self, query):
        self.answer(302, None, ("Location", "https://acme.okta.com/api/v1/groups/x"))

    def do_moved(self, query):
        self.answer(302, None, ("Location", "/api/v1/groups/group"))

    def do_silent(self, query):
        time.sleep(3)
        self.answer(200, GROUP)


class Threads(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        """A caller that does not wait any longer is no error."""


@pytest.fixture(scope="module")
def server():
    with Threads(("127.0.0.1", 0), Server) as running:
        running.seen = []
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield running
        running.shutdown()


@pytest.fixture
def session(server):
    server.seen.clear()
    opened = OktaSession(surface(), f"http://127.0.0.1:{server.server_port}", "secret", TARGET.error_code, timeout=1.0)
    yield opened
    opened.close()


def lifted(method, target, body=None):
    content = b"" if body is None else json.dumps(body).encode()
    call = TARGET.lift(Request(method, f"https://acme.okta.com{target}", {}, content))
    assert isinstance(call, Call)
    return call


def test_an_answer_with_what_the_models_make_of_it(server, session):
    seen = session.call(lifted("GET", "/api/v1/groups/group"))
    assert seen.value == {"returned": "Group", "data": GROUP}
    assert (seen.status, seen.error, seen.sdk_defect) == (200, None, "")
    assert seen.exchanges[0].request.header("authorization").replace(" ", "") == "SSWSsecret"


def test_lines_of_a_header_stay_apart(session):
    links = session.call(lifted("GET", "/api/v1/groups")).response.headers["link"]
    assert [line.partition("; ")[2] for line in links] == ['rel="self"', 'rel="next"']


def test_pages_to_the_end(session):
    call = lifted("GET", "/api/v1/groups?limit=1")
    seen = session.call(Call(call.target, call.operation, call.sdk_call, {**call.arguments, ALL_PAGES: True}))
    assert len(seen.exchanges) == 3 and seen.error is None
    assert [exchange.response.json[0]["id"] for exchange in seen.exchanges] == ["00g0", "00g1", "00g2"]
    assert all(ALL_PAGES not in exchange.request.uri for exchange in seen.exchanges)


def test_errors_are_the_same_whatever_the_method_returns(session):
    """A method that gives an object returns three values, one that gives nothing returns two."""
    got = session.call(lifted("GET", "/api/v1/groups/missing"))
    deleted = session.call(lifted("DELETE", "/api/v1/groups/missing"))
    assert got.error == deleted.error
    assert (got.error.type, got.error.status, got.error.code) == ("OktaAPIError", 404, "E0000007")
    assert got.value is None and got.sdk_defect == ""


def test_a_deletion_returns_nothing(session):
    seen = session.call(lifted("DELETE", "/api/v1/groups/deleted"))
    assert (seen.status, seen.value, seen.error, seen.sdk_defect) == (204, None, None, "")


def test_rate_limits_are_not_waited_for(session):
    start = time.monotonic()
    seen = session.call(lifted("GET", "/api/v1/groups/busy"))
    assert time.monotonic() - start < 1 and len(seen.exchanges) == 1
    assert seen.error.code == "E0000047" and TARGET.condition(seen).name == "rate_limit"


def test_an_error_without_a_body_is_never_taken_for_success(session):
    seen = session.call(lifted("GET", "/api/v1/groups/gone"))
    assert seen.status == 404 and (seen.error is not None or "takes the answer for good" in seen.sdk_defect)


@generated_only
def test_an_answer_that_the_models_refuse_is_a_defect_and_no_error(session):
    seen = session.call(lifted("GET", "/api/v1/groups/odd"))
    assert seen.error is None and seen.body["created"] == ["no", "date"]
    assert seen.sdk_defect == "raises on the answer: ValidationError: Group.created: datetime_type"


@generated_only
def test_an_answer_under_another_status_is_lost(session):
    """The SDK reads only the status that is documented."""
    seen = session.call(lifted("POST", "/api/v1/groups/created/roles", {"type": "HELP_DESK_ADMIN"}))
    assert seen.status == 201 and seen.error is None and seen.value["returned"] is None
    assert seen.sdk_defect == "loses the answer, which is 201"


def test_members_that_the_sdk_strips_are_sent_all_the_same(server, session):
    body = {"profile": {"name": "Engineers", "description": ""}}
    seen = session.call(lifted("POST", "/api/v1/groups", body))
    assert server.seen[-1].json == body == seen.exchanges[0].request.json
    assert seen.sdk_defect == "sends another body: leaves out body.profile.description"
    assert server.seen[-1].header("content-type") == "application/json"


@generated_only
def test_a_call_that_the_models_refuse_goes_through_the_executor(server, session):
    body = {"profile": {"name": ["no", "text"]}}
    seen = session.call(lifted("POST", "/api/v1/groups", body))
    assert server.seen[-1].json == body and seen.status == 200
    assert seen.sdk_defect.startswith("refuses the call: ") and seen.error is None


def test_a_call_without_its_body_is_no_defect(server, session):
    seen = session.call(lifted("POST", "/api/v1/groups"))
    assert server.seen[-1].body == b"" and seen.status == 200 and seen.sdk_defect == ""


def test_parameters_that_the_sdk_does_not_know_are_sent(server, session):
    session.call(lifted("GET", "/api/v1/groups/group?undocumented=a%20b"))
    assert dict(server.seen[-1].query) == {"undocumented": "a b"}


def test_redirects_are_followed_but_never_elsewhere(session):
    moved = session.call(lifted("GET", "/api/v1/groups/moved"))
    assert [exchange.response.status for exchange in moved.exchanges] == [302, 200]
    left = session.call(lifted("GET", "/api/v1/groups/elsewhere"))
    assert left.error is not None and len(left.exchanges) == 1


def test_a_silent_server_does_not_hold_a_call(session):
    start = time.monotonic()
    seen = session.call(lifted("GET", "/api/v1/groups/silent"))
    assert time.monotonic() - start < 2.5 and not seen.exchanges
    assert "Timeout" in seen.error.type and seen.error.status is None


def test_a_dead_port_is_no_riddle():
    opened = OktaSession(surface(), "http://127.0.0.1:9", None, TARGET.error_code, timeout=1.0)
    try:
        seen = opened.call(lifted("GET", "/api/v1/groups/group"))
    finally:
        opened.close()
    assert seen.error.type.startswith("ClientConnector") and seen.sdk_defect == ""


def test_nothing_of_the_machine_reaches_the_sdk(server, session, monkeypatch, tmp_path):
    folder = tmp_path / ".okta"
    folder.mkdir()
    (folder / "okta.yaml").write_text("okta:\n  client:\n    token: stolen\n    userAgent: mine\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("OKTA_CLIENT_TOKEN", "stolen")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    opened = TARGET.session(f"http://127.0.0.1:{server.server_port}", "mine")
    try:
        seen = opened.call(lifted("GET", "/api/v1/groups/group"))
    finally:
        opened.close()
    assert seen.status == 200 and "mine" in server.seen[-1].header("authorization")
    assert "stolen" not in str(server.seen[-1].headers)


def test_sessions_serve_after_the_server_dropped_their_connection(session):
    assert session.call(lifted("GET", "/api/v1/groups/group")).status == 200
    time.sleep(0.05)
    assert session.call(lifted("POST", "/api/v1/groups", {"profile": {"name": "x"}})).status == 200
