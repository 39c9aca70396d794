"""Attachments of issues."""

from __future__ import annotations

import mimetypes
from email import message_from_bytes
from email.message import Message
from typing import Any
from urllib.parse import quote

from conformance.twinkit.service import Reply
from targets.jira.twin import errors, people
from targets.jira.twin.context import Answering, Context
from targets.jira.twin.issue_view import found
from targets.jira.twin.site import BASE, Resource

KIND = "attachment"
NO_CHECK = frozenset({"no-check", "nocheck"})
"""What a header must say so that a form is not taken for another site's."""


def add(context: Context) -> Reply:
    """POST of a form with files."""
    issue = found(context)
    if context.request.headers.get("x-atlassian-token", "") not in NO_CHECK:
        return Reply(b"XSRF check failed", 403, {"Content-Type": "text/html;charset=UTF-8"})
    made = [_made(context, issue, part) for part in _files(context)]
    issue["fields"]["updated"] = context.site.now()
    return Reply(context.shown(made))


def _files(context: Context) -> list[Message]:
    head = f"Content-Type: {context.request.headers.get('content-type', '')}\r\n\r\n".encode()
    form = message_from_bytes(head + context.request.body)
    return [part for part in form.walk() if part.get_filename()]


def _made(context: Context, issue: Resource, part: Message) -> Resource:
    payload = part.get_payload(decode=True)
    name, content = str(part.get_filename()), payload if isinstance(payload, bytes) else b""
    own = context.site.new_id(KIND)
    guessed = mimetypes.guess_type(name)[0] or "application/octet-stream"
    kind = part.get_content_type() if part["Content-Type"] else guessed
    where = f"{context.api}/attachment/content/{own}" if context.site.is_cloud else _file(own, name)
    attachment: Resource = {"self": f"{BASE}/rest/api/2/attachment/{own}", "id": own, "filename": name}
    attachment |= {"author": people.me(context), "created": context.site.now(), "size": len(content)}
    attachment |= {"mimeType": kind, "content": where, "~bytes": content.decode("latin-1")}
    issue["fields"].setdefault(KIND, []).append(attachment)
    return attachment


def _file(own: str, name: str) -> str:
    return f"{BASE}/secure/attachment/{own}/{quote(name)}"


def _in_path(context: Context) -> tuple[list[Any], Resource]:
    """The attachment, and all of its issue's. Raises Refusal: 404."""
    for issue in context.site.shelf("issue").values():
        for one in issue["fields"].get(KIND) or ():
            if one["id"] == context.ids[0]:
                return issue["fields"][KIND], one
    told = context.site.get(KIND, (), context.ids[0])
    if told is None:
        raise errors.refusal(404, f"The attachment with id '{context.ids[0]}' does not exist")
    return [told], told


def read(context: Context) -> Reply:
    """GET of what is told of an attachment."""
    return Reply(context.shown(_in_path(context)[1]))


def delete(context: Context) -> Reply:
    """DELETE of an attachment."""
    attachments, one = _in_path(context)
    attachments.remove(one)
    context.site.remove(KIND, (), one["id"])
    return Reply(None, 204)


def content(context: Context) -> Reply:
    """GET of the file itself."""
    one = _in_path(context)[1]
    if "~bytes" not in one:
        raise errors.unsupported("the content of a file that it has not seen")
    return Reply(one["~bytes"].encode("latin-1"), 200, {"Content-Type": one["mimeType"]})


def meta(_: Context) -> Reply:
    """GET of whether there are attachments."""
    return Reply({"enabled": True, "uploadLimit": 10485760})


ANSWERS: dict[str, Answering] = {
    "POST issue/{issue}/attachments": add,
    "GET attachment/meta": meta,
    "GET attachment/content/{attachment}": content,
    "GET attachment/{attachment}": read,
    "DELETE attachment/{attachment}": delete,
}
