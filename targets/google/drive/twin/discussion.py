"""Comments on a file, and the replies to them. Both are remarks: they differ in what hangs on them."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from conformance.recordings.model import Json
from conformance.twinkit.service import TwinRequest
from targets.google.drive.twin.answers import ResourceHandler, json_object, listing, page, unevidenced
from targets.google.drive.twin.lookups import is_visible, the_comment, the_file, the_reply
from targets.google.drive.twin.resources import author
from targets.google.state import GoogleState

COMMENT_FIELDS = ("content", "anchor", "quotedFileContent")
REPLY_FIELDS = ("content", "action")
ACTIONS: Mapping[str, bool] = {"resolve": True, "reopen": False}
"""What an action in a reply does to ``resolved`` of its comment."""

GONE = ("content", "htmlContent", "author", "quotedFileContent")
"""What a deleted remark no longer shows."""


def _remark(state: GoogleState, kind: str, body: Json, names: tuple[str, ...]) -> dict[str, Any]:
    """A new comment or reply with what the caller gave."""
    given = {name: body[name] for name in names if body.get(name) is not None}
    now = state.now()
    return {
        "kind": kind,
        "id": state.new_comment_id(),
        "createdTime": now,
        "modifiedTime": now,
        "author": author(state),
        "deleted": False,
        **given,
        **_html(given),
    }


def _html(body: Json) -> Json:
    return {"htmlContent": escape(body["content"])} if "content" in body else {}


def _edit(state: GoogleState, remark: dict[str, Any], request: TwinRequest) -> Json:
    """Change what a comment or a reply says."""
    body = json_object(request, "Reply")
    if "content" not in body:
        raise unevidenced("a remark without content")
    remark.update({"content": body["content"], **_html(body), "modifiedTime": state.now()})
    return remark


def _delete(state: GoogleState, remark: dict[str, Any]) -> None:
    """A deleted remark stays as a marker, for those who ask with ``includeDeleted``."""
    for name in GONE:
        remark.pop(name, None)
    remark.update({"deleted": True, "modifiedTime": state.now()})


def _shown(comment: Json, request: TwinRequest) -> Json:
    """A comment with the replies that the caller may see."""
    return {**comment, "replies": [reply for reply in comment["replies"] if is_visible(reply, request)]}


# Comments


def create_comment(state: GoogleState, request: TwinRequest) -> Json:
    """comments.create."""
    file = the_file(state, request)
    body = json_object(request, "Comment")
    if not body.get("content"):
        raise unevidenced("a comment without content")
    comment = {**_remark(state, "drive#comment", body, COMMENT_FIELDS), "replies": []}
    state.comments.setdefault(file["id"], {})[comment["id"]] = comment
    return comment


def list_comments(state: GoogleState, request: TwinRequest) -> Json:
    """comments.list: newest first."""
    held = list(state.comments.get(the_file(state, request)["id"], {}).values())
    since = request.first("startModifiedTime") or ""
    found = [c for c in held if is_visible(c, request) and c["modifiedTime"] >= since]
    found.sort(key=lambda comment: comment["createdTime"], reverse=True)
    part, next_token = page(request, [_shown(comment, request) for comment in found], 20, largest=100)
    return listing("drive#commentList", "comments", part, next_token)


def get_comment(state: GoogleState, request: TwinRequest) -> Json:
    """comments.get."""
    return _shown(the_comment(state, request), request)


def update_comment(state: GoogleState, request: TwinRequest) -> Json:
    """comments.update."""
    return _shown(_edit(state, the_comment(state, request), request), request)


def delete_comment(state: GoogleState, request: TwinRequest) -> None:
    """comments.delete."""
    _delete(state, the_comment(state, request))


# Replies


def create_reply(state: GoogleState, request: TwinRequest) -> Json:
    """replies.create; an action settles or reopens the comment."""
    comment = the_comment(state, request)
    body = json_object(request, "Reply")
    if not body.get("content") and body.get("action") not in ACTIONS:
        raise unevidenced("a reply without content and action")
    reply = _remark(state, "drive#reply", body, REPLY_FIELDS)
    comment["replies"].append(reply)
    comment["modifiedTime"] = reply["createdTime"]
    if body.get("action") in ACTIONS:
        comment["resolved"] = ACTIONS[body["action"]]
    return reply


def list_replies(state: GoogleState, request: TwinRequest) -> Json:
    """replies.list: oldest first, as they stand below the comment."""
    shown = _shown(the_comment(state, request), request)["replies"]
    part, next_token = page(request, shown, 20, largest=100)
    return listing("drive#replyList", "replies", part, next_token)


def get_reply(state: GoogleState, request: TwinRequest) -> Json:
    """replies.get."""
    return the_reply(state, request)


def update_reply(state: GoogleState, request: TwinRequest) -> Json:
    """replies.update."""
    return _edit(state, the_reply(state, request), request)


def delete_reply(state: GoogleState, request: TwinRequest) -> None:
    """replies.delete."""
    _delete(state, the_reply(state, request))


COMMENTS = "/drive/v3/files/{fileId}/comments"
REPLIES = COMMENTS + "/{commentId}/replies"

ROUTES: Mapping[str, ResourceHandler] = {
    f"POST {COMMENTS}": create_comment,
    f"GET {COMMENTS}": list_comments,
    f"GET {COMMENTS}/{{commentId}}": get_comment,
    f"PATCH {COMMENTS}/{{commentId}}": update_comment,
    f"DELETE {COMMENTS}/{{commentId}}": delete_comment,
    f"POST {REPLIES}": create_reply,
    f"GET {REPLIES}": list_replies,
    f"GET {REPLIES}/{{replyId}}": get_reply,
    f"PATCH {REPLIES}/{{replyId}}": update_reply,
    f"DELETE {REPLIES}/{{replyId}}": delete_reply,
}
