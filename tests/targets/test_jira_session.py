"""What a caller of the SDK sees, whatever the server does."""

import http.server
import json
import threading
import time

import pytest

from conformance.programs.model import Call
from conformance.recordings.model import Request
from targets.jira import TARGET
from targets.jira.flavours import FLAVOURS
from targets.jira.session import JiraSession
from targets.jira.surface import surface

CLOUD, CLOUD3, SERVER = FLAVOURS
PREFIX = "/site"
BY_TOKEN = "GET /rest/api/2/search/jql#cloud-v2" in surface().endpoints
by_token = pytest.mark.skipif(not BY_TOKEN, reason="this version of the SDK does not know the newer search")


class Server(http.server.BaseHTTPRequestHandler):
    """A site below a path, that answers by the last word of the path."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, body=None, content_type="application/json", **headers):
        content = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def handle_any(self):
        length = int(self.headers.get("content-length") or 0)
        headers = {name.lower(): (value,) for name, value in self.headers.items()}
        self.server.seen.append(Request(self.command, self.path, headers, self.rfile.read(length)))
        path, _, query = self.path.partition("?")
        name = path.split("/")[-1].lower().replace("-", "")
        getattr(self, f"do_{name}", self.do_other)(query)

    do_GET = do_POST = do_PUT = do_DELETE = handle_any  # noqa: N815  # names of the base class

    def do_other(self, query):
        if self.command in ("PUT", "DELETE"):
            return self.answer(204)
        return self.answer(200, self.issue())

    def issue(self):
        link = f"http://127.0.0.1:{self.server.server_port}{PREFIX}/rest/api/2/issue/10001"
        return {"id": "10001", "key": "ABC-1", "self": link, "fields": {"summary": "x"}}

    def do_issue(self, query):
        self.answer(201, {name: value for name, value in self.issue().items() if name != "fields"})

    def do_serverinfo(self, query):
        self.answer(200, {"versionNumbers": [1001, 0, 0], "deploymentType": "Cloud"})

    def do_missing(self, query):
        self.answer(404, {"errorMessages": ["Issue does not exist"], "errors": {}})

    def do_invalid(self, query):
        self.answer(400, {"errorMessages": [], "errors": {"summary": "is required", "customfield_10001": "too"}})

    def do_refused(self, query):
        self.answer(401, b"<html>Unauthorized (401)</html>", "text/html")

    def do_page(self, query):
        self.answer(200, b"<html>Log in</html>", "text/html")

    def do_limited(self, query):
        self.answer(429, {"errorMessages": ["Too many"]}, Retry_After="3600")

    def do_search(self, query):
        start = int(dict(pair.split("=") for pair in query.split("&")).get("startAt", 0))
        issues = [{**self.issue(), "id": str(start + n)} for n in range(2)]
        self.answer(200, {"startAt": start, "maxResults": 2, "total": 6, "issues": issues})

    def do_jql(self, query):
        token = dict(pair.split("=") for pair in query.split("&")).get("nextPageToken")
        self.answer(200, {"issues": [self.issue()], **({} if token == "2" else {"nextPageToken": "2"})})

    def do_leaving(self, query):
        self.answer(302, location="http://elsewhere.example/")

    def do_endless(self, query):
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        while not self.server.over.is_set():
            self.wfile.write(b" ")
            self.wfile.flush()
            time.sleep(0.05)
        self.close_connection = True


@pytest.fixture
def site():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
    server.daemon_threads = True
    server.seen, server.over = [], threading.Event()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.over.set()
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def session(site):
    url = f"http://127.0.0.1:{site.server_port}{PREFIX}"
    opened = JiraSession(surface(), url, "token", TARGET.error_code, timeout=0.5)
    assert [sent.path for sent in site.seen] == [f"{PREFIX}/rest/api/2/serverInfo"]
    site.seen.clear()
    yield opened
    opened.close()


def call(method, template, sdk_call, flavour=SERVER, **arguments):
    return Call("jira", flavour.operation(method, template), sdk_call, arguments)


def issue(own, **more):
    return call("GET", "/rest/api/2/issue/{issueId}", "issue", issueId=own, **more)


def test_an_answer(session, site):
    seen = session.call(issue("ABC-1", expand="names"))
    assert (seen.status, seen.error, seen.sdk_defect) == (200, None, "")
    assert seen.value == {"returned": "Issue", "data": seen.body}
    assert site.seen[0].path == f"{PREFIX}/rest/api/2/issue/ABC-1" and site.seen[0].query == (("expand", "names"),)
    assert site.seen[0].header("authorization") == "Bearer token"


def test_latest_is_asked_for(session, site):
    session.call(issue("ABC-1", rest_api_version="latest"))
    assert site.seen[0].path == f"{PREFIX}/rest/api/latest/issue/ABC-1"


@pytest.mark.parametrize(
    ("own", "status", "code", "text"),
    [
        ("missing", 404, "", "Issue does not exist"),
        ("invalid", 400, "customfield+summary", "is required, too" if BY_TOKEN else ""),
        ("refused", 401, "", "<html>Unauthorized (401)</html>"),
        ("limited", 429, "", "Too many"),
    ],
)
def test_errors_are_told_and_nothing_is_tried_again(session, site, own, status, code, text):
    started = time.monotonic()
    error = session.call(issue(own)).error
    assert (error.type, error.status, error.code, error.text) == ("JIRAError", status, code, text)
    assert len(site.seen) == 1 and time.monotonic() - started < 5


def test_a_page_in_place_of_an_answer(session):
    seen = session.call(issue("page"))
    assert seen.error.type == "JSONDecodeError" and seen.error.status == 200 and not seen.sdk_defect


def test_a_created_issue_is_not_read_back(session, site):
    body = {"fields": {"project": {"key": "ABC"}, "issuetype": {"id": "1"}}}
    seen = session.call(call("POST", "/rest/api/2/issue", "create_issue", body=body))
    assert seen.status == 201 and seen.error is None
    assert [(sent.method, sent.path) for sent in site.seen] == [("POST", f"{PREFIX}/rest/api/2/issue")]
    assert json.loads(site.seen[0].body) == body


def test_look_ups_before_a_call_are_answered_with_nothing(session, site):
    body = {"type": {"name": "Blocks"}, "inwardIssue": {"key": "A-1"}, "outwardIssue": {"key": "A-2"}}
    seen = session.call(call("POST", "/rest/api/2/issueLink", "create_issue_link", body=body))
    assert seen.exchanges and [sent.method for sent in site.seen] == ["POST"]


def test_resources_go_to_their_own_links(session, site):
    session.call(issue("10001"))
    body = {"fields": {"summary": "y"}}
    update = call("PUT", "/rest/api/2/issue/{issueId}", "Issue.update", issueId="10001", body=body)
    seen = session.call(update)
    assert seen.status == 204 and seen.error is None
    assert (site.seen[-1].method, site.seen[-1].path) == ("PUT", f"{PREFIX}/rest/api/2/issue/10001")


def test_a_wrong_link_in_an_answer_is_followed(session, site, monkeypatch):
    """A twin whose links forget the path it is below is found out."""
    wrong = {"id": "10001", "self": f"http://127.0.0.1:{site.server_port}/rest/api/2/issue/10001"}
    monkeypatch.setattr(Server, "issue", lambda self: wrong)
    session.call(issue("10001"))
    session.call(call("DELETE", "/rest/api/2/issue/{issueId}", "Issue.delete", issueId="10001"))
    assert site.seen[-1].path == "/rest/api/2/issue/10001"


def test_paging_by_numbers(session, site):
    search = call("GET", "/rest/api/2/search", "search_issues", jql="x", fields="*all", startAt="0", maxResults="0")
    seen = session.call(search)
    assert len(seen.exchanges) == 3 and seen.error is None
    one = session.call(call("GET", "/rest/api/2/search", "search_issues", jql="x", startAt="2", maxResults="2"))
    assert len(one.exchanges) == 1 and one.body["startAt"] == 2


@by_token
def test_paging_by_tokens(session, site):
    search = call("GET", "/rest/api/3/search/jql", "enhanced_search_issues", CLOUD3, jql="x", maxResults="0")
    assert len(session.call(search).exchanges) == 2
    second = call("GET", "/rest/api/3/search/jql", "enhanced_search_issues", CLOUD3, jql="x", nextPageToken="2")
    assert len(session.call(second).exchanges) == 1
    assert ("nextPageToken", "2") in site.seen[-1].query


@by_token
def test_cloud_is_searched_as_of_old_by_a_client_that_has_not_asked(session, site):
    seen = session.call(call("GET", "/rest/api/2/search", "search_issues", CLOUD, jql="x", startAt="2"))
    assert seen.status == 200 and site.seen[-1].path == f"{PREFIX}/rest/api/2/search"


def test_generic_calls(session, site):
    session.call(call("GET", "/rest/api/2/some/{someId}", "_get_json", someId="7", x=["1", "2"]))
    assert site.seen[-1].path == f"{PREFIX}/rest/api/2/some/7" and site.seen[-1].query == (("x", "1"), ("x", "2"))
    session.call(call("POST", "/rest/api/2/some", "_session.post", body={"a": 1}))
    assert json.loads(site.seen[-1].body) == {"a": 1}


def test_no_call_leaves_for_another_host(session):
    seen = session.call(issue("leaving"))
    assert seen.error.type == "ForeignHost"


def test_every_answer_ends(session):
    started = time.monotonic()
    seen = session.call(issue("endless"))
    assert seen.error is not None and seen.status is None and time.monotonic() - started < 5


def test_nothing_of_the_machine_is_used(site, monkeypatch, tmp_path):
    netrc = tmp_path / ".netrc"
    netrc.write_text("machine 127.0.0.1 login me password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    session = JiraSession(surface(), f"http://127.0.0.1:{site.server_port}", None, TARGET.error_code)
    assert session.call(issue("1")).status == 200
    assert site.seen[-1].header("authorization") is None


def test_basic_authentication(site):
    session = JiraSession(surface(), f"http://127.0.0.1:{site.server_port}", "me:secret", TARGET.error_code)
    session.call(issue("1"))
    assert site.seen[-1].header("authorization").startswith("Basic ")


def test_the_constructors_question_is_observed_and_told_once(session):
    assert session.probe.status == 200 and session.probe.body["deploymentType"] == "Cloud"
    assert session.call(issue("1")).warnings == ("the client takes the site for Cloud",)  # a server was recorded
    assert session.call(issue("1")).warnings == ()


def test_a_site_that_does_not_say_what_it_is(site, monkeypatch):
    monkeypatch.setattr(Server, "do_serverinfo", Server.do_missing)
    session = JiraSession(surface(), f"http://127.0.0.1:{site.server_port}", None, TARGET.error_code)
    seen = session.call(issue("1"))
    assert seen.status == 200 and seen.warnings == ("the client cannot be made: it asks for serverInfo and gets 404",)


def test_nobody_answers():
    session = JiraSession(surface(), "http://127.0.0.1:9", None, TARGET.error_code, timeout=0.5)
    seen = session.call(issue("1"))
    assert seen.status is None and seen.error.type == "ConnectionError"
