"""What hangs on issues: comments, worklogs, watchers and votes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from conformance.recordings.model import Json
from conformance.twinkit.service import Reply
from targets.jira.twin import documents, errors, issues, people, times
from targets.jira.twin.context import Answering, Context
from targets.jira.twin.issue_view import comment_view, found, link, worklog_view
from targets.jira.twin.site import Resource, formatted, parsed

COMMENT, WORKLOG = "issue/comment", "issue/worklog"
WORKLOGS_PAGE = 5000
"""How many worklogs a list takes in Cloud; on servers it has as many as there are."""
COMMENTS_PAGE = {True: 100, False: 1048576}
"""How many comments a list takes, in Cloud (True) and on servers."""
COMMENTS_TOLD = 2018
"""From then on Cloud says of comments whether customers see them."""


def _one(context: Context, kind: str, issue: Resource) -> Resource:
    """The part in the path. Raises Refusal: 404."""
    part = context.site.get(kind, (issue["id"],), context.ids[1])
    if part is None and context.site.is_seeded and not _is_known(context, kind, issue):
        part = {"id": context.ids[1], "author": people.me(context), "created": context.site.now()}
        part |= {"self": f"{link(issue)}/{kind.rpartition('/')[2]}/{context.ids[1]}"}
    if part is None:
        called = {COMMENT: "comment", WORKLOG: "worklog"}[kind]
        raise errors.refusal(404, f"Can not find a {called} for the id: {context.ids[1]}.")
    return part


def _is_known(context: Context, kind: str, issue: Resource) -> bool:
    """Whether all parts of the issue have been told: then one that was not is not there."""
    return kind.rpartition("/")[2] in issue["fields"]


def _made_known(context: Context, part: Resource, address: str, view: Resource, status: int) -> Reply:
    return Reply(context.shown(view), status, {"Location": context.shown(address)})


def _page(context: Context, kind: str, parts: list[Json], most: int) -> Reply:
    start, size = context.number("startAt", 0), context.number("maxResults", most)
    page = parts[start : start + size]
    return Reply(context.shown({"startAt": start, "maxResults": size, "total": len(parts), kind: page}))


def _touch(context: Context, issue: Resource, now: str | None = None) -> None:
    issue["fields"]["updated"] = now or context.site.now()


def _text(context: Context, value: Json, called: str) -> Json:
    """A long text that was sent. Raises Refusal: 400 where it is not in the form of the API's version."""
    if not value:
        raise errors.invalid({called: f"{called.capitalize()} body can not be empty!"})
    if context.has_documents != documents.is_document(value):
        raise errors.invalid({called: f"{called.capitalize()} body is not valid!"})
    return value


# --- comments


def add_comment(context: Context) -> Reply:
    """POST of a comment."""
    issue = found(context)
    comment = made_comment(context, issue, context.body)
    return _made_known(context, comment, _address(context, issue, "comment", comment), _shown(context, comment), 201)


def _address(context: Context, issue: Resource, kind: str, part: Resource) -> str:
    return f"{context.api}/issue/{issue['id']}/{kind}/{part['id']}"


def made_comment(context: Context, issue: Resource, body: Resource) -> Resource:
    """A new comment, kept."""
    text = _text(context, body.get("body"), "comment")
    own, now, author = context.site.new_id(COMMENT), context.site.now(), people.me(context)
    comment: Resource = {"self": f"{link(issue)}/comment/{own}", "id": own, "author": author, "body": text}
    comment |= {"updateAuthor": author, "created": now, "updated": now}
    if body.get("visibility"):
        comment["visibility"] = body["visibility"]
    if context.site.is_cloud and not context.site.is_before(COMMENTS_TOLD):
        comment["jsdPublic"] = True
    _touch(context, issue, now)
    return context.site.put(COMMENT, (issue["id"],), own, comment)


def _shown(context: Context, comment: Resource) -> Resource:
    return comment_view(context, comment)


def list_comments(context: Context) -> Reply:
    """GET of the comments."""
    issue = found(context)
    comments = list(context.site.shelf(COMMENT, (issue["id"],)).values())
    if context.text("orderBy").startswith("-"):
        comments.reverse()
    shown: list[Json] = [_shown(context, one) for one in comments]
    return _page(context, "comments", shown, COMMENTS_PAGE[context.site.is_cloud])


def read_comment(context: Context) -> Reply:
    """GET of a comment."""
    return Reply(context.shown(_shown(context, _one(context, COMMENT, found(context)))))


def edit_comment(context: Context) -> Reply:
    """PUT of a comment."""
    issue = found(context)
    comment = _one(context, COMMENT, issue)
    text = _text(context, context.body.get("body"), "comment")
    now = context.site.now()
    comment |= {"body": text, "updateAuthor": people.me(context), "updated": now}
    if context.site.is_cloud:
        comment.setdefault("jsdPublic", True)
    context.site.put(COMMENT, (issue["id"],), comment["id"], comment)
    _touch(context, issue, now)
    return _made_known(context, comment, _address(context, issue, "comment", comment), _shown(context, comment), 200)


def delete_comment(context: Context) -> Reply:
    """DELETE of a comment."""
    issue = found(context)
    context.site.remove(COMMENT, (issue["id"],), _one(context, COMMENT, issue)["id"])
    _touch(context, issue)
    return Reply(None, 204)


# --- worklogs


def add_worklog(context: Context) -> Reply:
    """POST of a worklog."""
    issue = found(context)
    worklog = made_worklog(context, issue, context.body)
    view = worklog_view(context, worklog)
    return _made_known(context, worklog, _address(context, issue, "worklog", worklog), view, 201)


def made_worklog(context: Context, issue: Resource, body: Resource) -> Resource:
    """A new worklog, kept; its time is taken off the estimate."""
    spent, now, author = _spent(body), context.site.now(), people.me(context)
    if not spent:
        raise errors.invalid({"timeLogged": "You must indicate the time spent working."})
    own = context.site.new_id(WORKLOG)
    worklog: Resource = {"self": f"{link(issue)}/worklog/{own}", "author": author, "updateAuthor": author}
    worklog |= {"comment": _text(context, body["comment"], "comment")} if body.get("comment") else {}
    worklog |= {"created": now, "updated": now, "started": _started(context, body.get("started")) or now}
    worklog |= {"timeSpent": times.spelled(spent), "timeSpentSeconds": spent, "id": own, "issueId": issue["id"]}
    _add_time(context, issue, spent, now)
    return context.site.put(WORKLOG, (issue["id"],), own, worklog)


def _spent(body: Resource) -> int:
    if body.get("timeSpentSeconds"):
        return int(body["timeSpentSeconds"])
    return times.seconds(str(body.get("timeSpent") or ""))


def _started(context: Context, told: Json) -> str | None:
    """When the work began, in the time zone in which the site shows it."""
    if not isinstance(told, str):
        return None
    try:
        return formatted(parsed(told).astimezone(context.site.zone))
    except ValueError:
        raise errors.refusal(400, f"Worklog must not be null. Invalid date: {told}") from None


def _add_time(context: Context, issue: Resource, span: int, now: str | None = None) -> None:
    """Time is spent (or, below zero, not spent after all), and as much less is left to do."""
    fields = issue["fields"]
    for prefix in ("", "aggregate"):
        spent = (fields.get(f"{prefix}timespent") or 0) + span
        left = max(0, (fields.get(f"{prefix}timeestimate") or 0) - span)
        fields |= {f"{prefix}timespent": spent or None, f"{prefix}timeestimate": left}
    _touch(context, issue, now)


def list_worklogs(context: Context) -> Reply:
    """GET of the worklogs."""
    issue = found(context)
    shown: list[Json] = [worklog_view(context, one) for one in context.site.shelf(WORKLOG, (issue["id"],)).values()]
    return _page(context, "worklogs", shown, WORKLOGS_PAGE if context.site.is_cloud else len(shown))


def read_worklog(context: Context) -> Reply:
    """GET of a worklog."""
    return Reply(context.shown(worklog_view(context, _one(context, WORKLOG, found(context)))))


def edit_worklog(context: Context) -> Reply:
    """PUT of a worklog."""
    issue, body = found(context), context.body
    worklog = {"updateAuthor": people.me(context), "issueId": issue["id"], **_one(context, WORKLOG, issue)}
    before, spent = worklog.get("timeSpentSeconds", 0), _spent(body) or worklog.get("timeSpentSeconds", 0)
    worklog |= {"comment": _text(context, body["comment"], "comment")} if body.get("comment") else {}
    worklog |= {"started": _started(context, body.get("started")) or worklog.get("started") or context.site.now()}
    worklog |= {"updated": context.site.now(), "timeSpent": times.spelled(spent), "timeSpentSeconds": spent}
    worklog["updateAuthor"] = people.me(context)
    context.site.put(WORKLOG, (issue["id"],), worklog["id"], worklog)
    _add_time(context, issue, spent - before)
    view = worklog_view(context, worklog)
    return _made_known(context, worklog, _address(context, issue, "worklog", worklog), view, 200)


def delete_worklog(context: Context) -> Reply:
    """DELETE of a worklog: its time was not spent after all."""
    issue = found(context)
    worklog = _one(context, WORKLOG, issue)
    context.site.remove(WORKLOG, (issue["id"],), worklog["id"])
    _add_time(context, issue, -int(worklog.get("timeSpentSeconds", 0)))
    return Reply(None, 204)


# --- watchers and votes


def _watchers(context: Context, issue: Resource) -> dict[str, Resource]:
    """Users by id. Who is told to watch, but not by name, is whoever calls."""
    place = ("issue/watchers", (issue["id"],))
    if place not in context.site.shelves:
        watches = (issue["fields"].get("watches") or {}).get("isWatching")
        told = _told(context, issue, "watchers") or ([people.me(context)] if watches else [])
        context.site.shelves[place] = {people.id_of(context.site, one): one for one in told}
    return context.site.shelves[place]


def _told(context: Context, issue: Resource, kind: str) -> list[Resource]:
    """Who watches or votes, as far as somebody told."""
    nothing: Resource = {"answer": {}}
    view = next(context.site.told(f"issue/{kind}", (issue["id"],)), nothing)
    return list(view["answer"].get({"votes": "voters"}.get(kind, kind)) or ())


def list_watchers(context: Context) -> Reply:
    """GET of the watchers."""
    issue = found(context)
    watchers = list(_watchers(context, issue).values())
    own = {"self": f"{context.api}/issue/{issue['key']}/watchers", "isWatching": _is_watching(context, issue)}
    return Reply(context.shown({**own, "watchCount": len(watchers), "watchers": watchers}))


def _is_watching(context: Context, issue: Resource) -> bool:
    return context.site.caller in _watchers(context, issue)


def add_watcher(context: Context) -> Reply:
    """POST of a watcher: named in the body (a bare string) or in the query, else whoever calls."""
    issue = found(context)
    name = _watcher_named(context) or _name_in_body(context) or context.site.caller
    user = people.meant(context.site, name)
    if user is None:
        raise errors.refusal(404, f'The user "{name}" does not have permission to view this issue.')
    _watchers(context, issue)[people.id_of(context.site, user)] = people.in_others(user)
    return _count_watchers(context, issue)


def remove_watcher(context: Context) -> Reply:
    """DELETE of a watcher."""
    issue = found(context)
    _watchers(context, issue).pop(_watcher_named(context), None)
    return _count_watchers(context, issue)


def _watcher_named(context: Context) -> str:
    return context.request.first("accountId" if context.site.is_cloud else "username") or ""


def _name_in_body(context: Context) -> str:
    try:
        body: Any = context.request.json
    except ValueError:
        raise errors.malformed() from None
    return body if isinstance(body, str) else ""


def _count_watchers(context: Context, issue: Resource) -> Reply:
    watching = _is_watching(context, issue)
    issue["fields"]["watches"] = {"watchCount": len(_watchers(context, issue)), "isWatching": watching}
    return Reply(None, 204)


def list_votes(context: Context) -> Reply:
    """GET of the votes."""
    issue = found(context)
    votes = {"votes": 0, "hasVoted": False} | (issue["fields"].get("votes") or {})
    own = {"self": f"{context.api}/issue/{issue['key']}/votes"}
    others = [one for one in _told(context, issue, "votes") if people.id_of(context.site, one) != context.site.caller]
    voters = [*others, *([people.me(context)] if votes["hasVoted"] else [])]
    return Reply(context.shown({**own, **votes, "voters": voters}))


def vote(is_for: bool) -> Answering:
    """POST or DELETE of the caller's vote."""

    def answer(context: Context) -> Reply:
        issue = found(context)
        votes = {"votes": 0, "hasVoted": False} | (issue["fields"].get("votes") or {})
        if votes["hasVoted"] != is_for:
            votes |= {"votes": votes["votes"] + (1 if is_for else -1), "hasVoted": is_for}
        issue["fields"]["votes"] = votes
        return Reply(None, 204)

    return answer


Making = Callable[[Context, Resource, Any], Any]
issues.OPERATIONS |= {("comment", "add"): made_comment, ("worklog", "add"): made_worklog}

ANSWERS: dict[str, Answering] = {
    "GET issue/{issue}/comment": list_comments,
    "POST issue/{issue}/comment": add_comment,
    "GET issue/{issue}/comment/{comment}": read_comment,
    "PUT issue/{issue}/comment/{comment}": edit_comment,
    "DELETE issue/{issue}/comment/{comment}": delete_comment,
    "GET issue/{issue}/worklog": list_worklogs,
    "POST issue/{issue}/worklog": add_worklog,
    "GET issue/{issue}/worklog/{worklog}": read_worklog,
    "PUT issue/{issue}/worklog/{worklog}": edit_worklog,
    "DELETE issue/{issue}/worklog/{worklog}": delete_worklog,
    "GET issue/{issue}/watchers": list_watchers,
    "POST issue/{issue}/watchers": add_watcher,
    "DELETE issue/{issue}/watchers": remove_watcher,
    "GET issue/{issue}/votes": list_votes,
    "POST issue/{issue}/votes": vote(True),
    "DELETE issue/{issue}/votes": vote(False),
}
