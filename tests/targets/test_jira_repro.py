"""Programs that are written out for Jira's client do what they say."""

import http.server
import json
import os
import threading

import pytest

from conformance.programs.model import Call
from conformance.programs.writing import Raw, call_text
from targets.jira import TARGET


class Server(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def handle_any(self):
        sent = self.rfile.read(int(self.headers.get("content-length") or 0))
        self.server.seen.append((self.command, self.path, json.loads(sent) if sent else None))
        missing = "missing" in self.path
        content = json.dumps({"errorMessages": ["no"]} if missing else {"id": "1", "key": "A-1"}).encode()
        self.send_response(404 if missing else 200)
        self.send_header("Content-Type", "application/json;charset=UTF-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PUT = do_DELETE = handle_any  # noqa: N815  # names of the base class


@pytest.fixture
def site(monkeypatch):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
    server.seen = []
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    imports, fixture = TARGET.repro_preamble()
    names = {"os": os, "pytest": pytest, "TWIN": f"http://127.0.0.1:{server.server_port}"}
    exec(imports + fixture.partition("@pytest.fixture")[0], names)
    names |= {"jira": names["Site"](), "issue": {"id": "1"}, "seen": server.seen}
    yield names
    server.shutdown()
    server.server_close()
    thread.join()


def run(site, operation, sdk_call, **arguments):
    text = call_text(TARGET.repro(Call("jira", operation, sdk_call, arguments)), 0, 0)
    return eval(text, site)


@pytest.mark.parametrize(
    ("operation", "sdk_call", "arguments", "request_"),
    [
        ("GET /rest/api/2/issue/{issueId}#server", "issue", {"issueId": "A-1", "expand": "names"},
         ("GET", "/rest/api/2/issue/A-1?expand=names", None)),
        ("GET /rest/api/3/issue/{issueId}#cloud-v3", "issue", {"issueId": Raw('issue["id"]')},
         ("GET", "/rest/api/3/issue/1", None)),
        ("GET /rest/api/2/issue/{issueId}#server", "issue", {"issueId": "A-1", "rest_api_version": "latest"},
         ("GET", "/rest/api/latest/issue/A-1", None)),
        ("PUT /rest/api/2/issue/{issueId}#cloud-v2", "Issue.update",
         {"issueId": Raw('issue["id"]'), "body": {"fields": {"summary": "x"}}},
         ("PUT", "/rest/api/2/issue/1", {"fields": {"summary": "x"}, "update": {}})),
        ("POST /rest/api/2/issueLink#server", "create_issue_link",
         {"body": {"type": {"name": "Blocks"}, "inwardIssue": {"key": "A-1"}, "outwardIssue": {"key": "A-2"}}},
         ("POST", "/rest/api/2/issueLink", {"type": {"name": "Blocks"}, "inwardIssue": {"key": "A-1"},
                                            "outwardIssue": {"key": "A-2"}, "comment": None})),
        ("GET /rest/api/2/some/{someId}#server", "_get_json", {"someId": "a/b", "x": "1"},
         ("GET", "/rest/api/2/some/a%2Fb?x=1", None)),
        ("POST /rest/api/2/some#server", "_session.post", {"body": {"a": 1}}, ("POST", "/rest/api/2/some", {"a": 1})),
    ],
)  # fmt: skip
def test_calls_are_written_and_give_the_services_answer(site, operation, sdk_call, arguments, request_):
    if sdk_call == "create_issue_link":
        site["jira"].client.issue_link_types = list  # this server has none to tell
    assert run(site, operation, sdk_call, **arguments) == {"id": "1", "key": "A-1"}
    assert request_ in site["seen"]


def test_refusals_are_written(site):
    call = TARGET.repro(Call("jira", "GET /rest/api/2/issue/{issueId}#server", "issue", {"issueId": "missing"}))
    exec("\n".join(TARGET.repro_refusal(call_text(call, 0, 0), 404, "answer")), site)
    assert site["answer"] == {"errorMessages": ["no"]}


def test_headers_are_claimed(site):
    call = TARGET.repro(Call("jira", "GET /rest/api/2/myself#server", "myself", {}))
    exec("\n".join(TARGET.repro_header(call_text(call, 0, 0), "content-type", "application/json")), site)
    with pytest.raises(AssertionError):
        exec("\n".join(TARGET.repro_header(call_text(call, 0, 0), "retry-after", "1")), site)
