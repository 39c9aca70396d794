"""Calls of Slack's twin in-process, for its tests."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from conformance.twinkit.service import Reply, TwinRequest
from conformance.twinkit.twin import Twin
from targets.slack.twin.service import SERVICE
from targets.slack.twin.tokens import BOT_TOKEN, USER_TOKEN

JSON = "application/json; charset=utf-8"
FORM = "application/x-www-form-urlencoded"


class Client:
    """A caller with a token; ``raw`` sends anything, the others send JSON."""

    def __init__(self, token: str = BOT_TOKEN, twin: Twin | None = None) -> None:
        self.twin = twin or Twin([SERVICE])
        self.token = token

    @property
    def state(self) -> Any:
        return self.twin.store["slack"]

    def person(self) -> Client:
        """The same workspace, seen by the person who installed the app."""
        return Client(USER_TOKEN, self.twin)

    def seed(self, **facts: Any) -> None:
        SERVICE.seed(self.state, facts)

    def raw(self, method: str, path: str, body: bytes = b"", kind: str = FORM, **query: str) -> Reply:
        headers = {"content-type": kind, **({"authorization": f"Bearer {self.token}"} if self.token else {})}
        asked = {name: [value] for name, value in query.items()}
        return self.twin.handle(
            TwinRequest(method, path, query=asked, headers=headers, body=body, base_url="http://t")
        ).reply

    def reply(self, api: str, **arguments: Any) -> Reply:
        return self.raw("POST", f"/api/{api}", json.dumps(arguments).encode(), JSON)

    def call(self, api: str, **arguments: Any) -> Any:
        """The whole answer of a call, as it goes over the wire."""
        return json.loads(json.dumps(self.reply(api, **arguments).body))

    def form(self, api: str, **arguments: str) -> Any:
        return self.raw("POST", f"/api/{api}", urlencode(arguments).encode()).body

    def get(self, api: str, **arguments: str) -> Any:
        return self.raw("GET", f"/api/{api}", kind="", **arguments).body

    def ok(self, api: str, **arguments: Any) -> Any:
        answer = self.call(api, **arguments)
        assert answer["ok"] is True, answer
        return answer

    def error(self, api: str, **arguments: Any) -> str:
        answer = self.call(api, **arguments)
        assert answer["ok"] is False, answer
        return str(answer["error"])

    def channel(self, name: str, **arguments: Any) -> str:
        """The id of a new channel."""
        return str(self.ok("conversations.create", name=name, **arguments)["channel"]["id"])

    def post(self, channel: str, text: str, **arguments: Any) -> str:
        """The timestamp of a new message."""
        return str(self.ok("chat.postMessage", channel=channel, text=text, **arguments)["ts"])

    def messages(self, channel: str, **arguments: Any) -> list[Any]:
        """A channel's history, but for messages that tell who came."""
        found = self.ok("conversations.history", channel=channel, **arguments)["messages"]
        return [message for message in found if not str(message.get("subtype")).endswith("_join")]

    def texts(self, channel: str, **arguments: Any) -> list[str]:
        """Their texts."""
        return [message["text"] for message in self.messages(channel, **arguments)]
