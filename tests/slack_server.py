"""A small server that speaks as Slack does; what it answers is decided by the method's name."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import parse_qsl, urlsplit

from conformance.recordings.model import Request

PAGE = "<!DOCTYPE html><html><head></head></html>"


class Handler(http.server.BaseHTTPRequestHandler):
    """Methods are called ``do_`` and the API's name with underscores."""

    protocol_version = "HTTP/1.1"
    timeout = 2

    def log_message(self, *_):
        pass

    def handle_any(self):
        length = int(self.headers.get("content-length") or 0)
        headers = {name.lower(): (value,) for name, value in self.headers.items()}
        url = f"http://{self.headers['host']}{self.path}"
        self.request_ = Request(self.command, url, headers, self.rfile.read(length))
        self.server.seen.append(self.request_)
        name = urlsplit(self.path).path.rpartition("/")[2].replace(".", "_")
        upload = "do_upload" if "/upload/" in self.path else "do_unknown"
        getattr(self, f"do_{name}", getattr(self, upload))()

    do_GET = do_POST = handle_any  # noqa: N815  # names of the base class

    @property
    def arguments(self):
        """All arguments, by any spelling."""
        known = self.request_.json if isinstance(self.request_.json, dict) else {}
        return {**dict(self.request_.query), **dict(parse_qsl(self.request_.body.decode("latin-1"))), **known}

    def answer(self, body, status=200, content_type="application/json; charset=utf-8", **headers):
        content = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"Content-Type": content_type, "Content-Length": str(len(content)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def do_unknown(self):
        self.answer({"ok": True, "arguments": {}})

    def do_auth_test(self):
        self.answer({"ok": False, "error": "invalid_auth"})

    def do_users_list(self):
        """Three pages of one member each."""
        page = int(self.arguments.get("cursor") or 0)
        cursor = str(page + 1) if page < 2 else ""
        self.answer({"ok": True, "members": [{"id": f"U{page}"}], "response_metadata": {"next_cursor": cursor}})

    def do_conversations_list(self):
        """One that ignores cursors."""
        self.answer({"ok": True, "channels": [], "response_metadata": {"next_cursor": "again"}})

    def do_team_info(self):
        """A limited method, at its second call no more."""
        calls = sum("team.info" in request.path for request in self.server.seen)
        if calls > 1:
            return self.answer({"ok": True, "team": {"id": "T1"}})
        return self.answer({"ok": False, "error": "ratelimited"}, 429, **{"Retry-After": "30"})

    def do_emoji_list(self):
        self.answer(PAGE, 404, "text/html; charset=utf-8")

    def do_bots_info(self):
        self.answer(PAGE, 200, "application/json")

    def do_usergroups_list(self):
        self.answer("", 302, Location="http://elsewhere.test/api/usergroups.list")

    def do_files_getUploadURLExternal(self):  # the API's name
        number = sum("getUploadURL" in request.path for request in self.server.seen)
        host = self.server.upload_host or f"http://127.0.0.1:{self.server.server_port}"
        self.answer({"ok": True, "file_id": f"F{number}", "upload_url": f"{host}/upload/v1/UP{number}"})

    def do_upload(self):
        self.answer(f"OK - {len(self.request_.body)}", 200, "text/plain")

    def do_files_completeUploadExternal(self):  # the API's name
        self.answer({"ok": True, "files": json.loads(self.arguments["files"])})

    def do_reminders_list(self):
        """An answer without an end."""
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        try:
            while not self.server.over.wait(0.05):
                self.wfile.write(b" ")
                self.wfile.flush()
        except OSError:
            self.close_connection = True


class Server(http.server.ThreadingHTTPServer):
    """``seen`` are the requests so far; ``upload_host`` is handed out with addresses of uploads, None for its own."""

    daemon_threads = False  # closing waits for them: no socket is left over

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.seen: list[Request] = []
        self.upload_host: str | None = None
        self.over = threading.Event()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_port}"


@contextmanager
def serving() -> Iterator[Server]:
    """A running server."""
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.over.set()
            server.shutdown()
            thread.join()
