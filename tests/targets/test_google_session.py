"""What a caller of the SDK sees, whatever the server does."""

import http.server
import json
import threading
import time

import pytest

from conformance.programs.model import Call
from conformance.worlds import bounded
from targets.google.drive import TARGET as DRIVE
from targets.google.session import GoogleSession


class Server(http.server.BaseHTTPRequestHandler):
    """Answers by what the file id says."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, body=b"", **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        name = self.path.split("/")[4].partition("?")[0]
        getattr(self, f"get_{name}", self.get_file)()

    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        self.answer(200, Location=f"http://127.0.0.1:{self.server.server_port}/upload/drive/v3/files?upload_id=1")

    def do_PUT(self):
        self.rfile.read(int(self.headers["content-length"]))
        last, total = map(int, self.headers["content-range"].partition("-")[2].split("/"))
        if last + 1 < total:
            self.answer(308, Range=f"bytes=0-{last}")
        else:
            self.answer(200, b'{"id": "uploaded"}')

    def get_file(self):
        body = json.dumps({"path": self.path, "token": self.headers["authorization"]}).encode()
        self.answer(200, body, Content_Type="application/json", Vary="Origin")

    def get_missing(self):
        error = {"code": 404, "message": "File not found: missing.", "errors": [{"reason": "notFound"}]}
        self.answer(404, json.dumps({"error": error}).encode(), Content_Type="application/json")

    def get_page(self):
        self.answer(429, b"<html>Sorry...</html>", Content_Type="text/html")

    def get_oddity(self):
        self.answer(404, b'{"error": {"message": 5}}')

    def get_bytes(self):
        self.answer(200, b"\xff\xfe")

    def get_elsewhere(self):
        self.answer(302, Location="https://www.googleapis.com/drive/v3/files/x")

    def get_moved(self):
        self.answer(302, Location="/drive/v3/files/file")

    def get_broken(self):
        self.send_response(200)
        self.send_header("Content-Length", "100")
        self.end_headers()
        self.wfile.write(b"{}")
        self.close_connection = True

    def get_silent(self):
        time.sleep(0.6)

    def get_slow(self):
        self.send_response(200)
        self.end_headers()
        self.endless(b"x", 0.05)

    def get_endless(self):
        self.send_response(200)
        self.end_headers()
        self.endless(b"x" * 4096, 0)

    def endless(self, piece, pause):
        self.close_connection = True
        try:
            while True:
                self.wfile.write(piece)
                time.sleep(pause)
        except OSError:
            return


@pytest.fixture(scope="module")
def url():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def session(url):
    session = GoogleSession(DRIVE._api, url, "secret", DRIVE.error_code, timeout=0.3)
    yield session
    session.close()


def get(file_id, **more):
    return Call("drive", "GET /drive/v3/files/{fileId}", "files.get", {"fileId": file_id}, **more)


def test_an_answer_is_observed_as_value_and_on_the_wire(session, url):
    observation = session.call(get("file"))
    assert observation.error is None
    assert observation.value == {"path": "/drive/v3/files/file?alt=json", "token": "Bearer secret"}
    [exchange] = observation.exchanges
    assert (exchange.request.method, exchange.request.uri) == ("GET", f"{url}/drive/v3/files/file?alt=json")
    assert exchange.request.headers["authorization"] == ("Bearer secret",)
    assert exchange.response.headers["vary"] == ("Origin",)
    assert exchange.response.json == observation.value


def test_exchanges_belong_to_their_call(session):
    session.call(get("file"))
    assert len(session.call(get("file")).exchanges) == 1


def test_without_credentials_no_token_is_sent(url):
    session = DRIVE.session(url, None)
    assert session.call(get("file")).value["token"] is None
    session.close()


@pytest.mark.parametrize(
    ("file_id", "kind", "status", "code", "text"),
    [
        ("missing", "HttpError", 404, "notFound", "File not found: missing."),
        ("page", "HttpError", 429, "", "Too Many Requests"),
        ("oddity", "AttributeError", None, "", ""),
        ("bytes", "UnicodeDecodeError", None, "", ""),
        ("elsewhere", "ForeignHost", None, "", "nothing was sent"),
        ("broken", "IncompleteRead", None, "", ""),
        ("silent", "TimeoutError", None, "", ""),
        ("slow", "TimeoutError", None, "", ""),
    ],
)
def test_whatever_goes_wrong_is_observed_and_not_raised(session, file_id, kind, status, code, text):
    started = time.monotonic()
    error = session.call(get(file_id)).error
    assert (error.type, error.status, error.code) == (kind, status, code)
    assert text in error.text
    assert time.monotonic() - started < 2
    assert session.call(get("file")).error is None, "the session is of no more use"


def test_an_endless_body_is_an_error(session, monkeypatch):
    monkeypatch.setattr(bounded, "MAX_BYTES", 1 << 20)
    assert session.call(get("endless")).error.type == "AnswerTooLong"


def test_a_dead_twin_is_an_error():
    session = DRIVE.session("http://127.0.0.1:1", None)
    assert session.call(get("file")).error.type == "ConnectionRefusedError"
    session.close()


def test_redirects_within_the_twin_are_followed_and_seen(session):
    statuses = [exchange.response.status for exchange in session.call(get("moved")).exchanges]
    assert statuses == [302, 200]


@pytest.mark.parametrize(
    "call",
    [
        Call("drive", "GET /drive/v3/files/{fileId}/export", "files.export", {"fileId": "F"}),
        Call("drive", "GET /drive/v3/files", "files.list", {"nobodyKnowsThis": 1}),
    ],
)
def test_what_the_sdk_refuses_is_not_sent(session, call):
    observation = session.call(call)
    assert observation.error.type == "TypeError"
    assert observation.exchanges == ()


def test_what_is_marked_is_sent_around_the_sdk(session):
    call = get("file", extra_query=(("maxSize", "5"),), sent_path="/drive/v3/files/{fileId}/")
    assert session.call(call).value["path"] == "/drive/v3/files/file/?alt=json&maxSize=5"


def test_a_resumable_upload_is_one_call_of_several_exchanges(session):
    media = {"mimetype": "text/plain", "text": "a" * 600_000, "resumable": True, "chunksize": 256 * 1024}
    call = Call("drive", "POST /drive/v3/files", "files.create", {"body": {"name": "a"}, "media_body": media})
    observation = session.call(call)
    assert observation.value == {"id": "uploaded"}
    sent = [(exchange.request.method, len(exchange.request.body)) for exchange in observation.exchanges[1:]]
    assert sent == [("PUT", 262_144), ("PUT", 262_144), ("PUT", 75_712)]


def test_proxies_of_the_environment_are_ignored(url, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    session = DRIVE.session(url, None)
    assert session.call(get("file")).error is None
    session.close()
