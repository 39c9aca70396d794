"""Links: between issues, and from issues to elsewhere."""

from __future__ import annotations

from conformance.recordings.model import Json
from conformance.twinkit.service import Reply
from targets.jira.twin import errors, issues
from targets.jira.twin.context import Answering, Context
from targets.jira.twin.fields import referred
from targets.jira.twin.issue_view import brief, found
from targets.jira.twin.parts import made_comment
from targets.jira.twin.site import BASE, Resource, Site

REMOTE = "issue/remotelink"

# --- between issues


def create(context: Context) -> Reply:
    """POST of a link between two issues, with a comment if one is sent."""
    body = context.body
    link = _made(context, body)
    if body.get("comment"):
        made_comment(context, context.site.shelf("issue")[link["outward"]], body["comment"])
    return Reply(b"", 201, {"Location": context.shown(_address(link)), "Content-Type": "text/html;charset=UTF-8"})


def _address(link: Resource) -> str:
    return f"{BASE}/rest/api/2/issueLink/{link['id']}"


def _made(context: Context, body: Resource) -> Resource:
    ends = {end: found(context, _name(body.get(f"{end}Issue"))) for end in ("inward", "outward")}
    kind, own, now = _type(context.site, body.get("type")), context.site.new_id("issueLink"), context.site.now()
    for issue in ends.values():
        issue["fields"]["updated"] = now
    ids = {end: issue["id"] for end, issue in ends.items()}
    return context.site.put("issueLink", (), own, {"id": own, "type": kind, **ids})


def _name(value: Json) -> str:
    """What the issue at the end of a link is called."""
    return str(value.get("key") or value.get("id") or "") if isinstance(value, dict) else ""


def _type(site: Site, value: Json) -> Resource:
    """The type of a link as links show it. Raises Refusal: 404."""
    known = referred(site, "issueLinkType", value)
    if known is None:
        name = value.get("name", value.get("id")) if isinstance(value, dict) else value
        raise errors.refusal(404, f"No issue link type with name '{name}' found.")
    return {name: known[name] for name in ("id", "name", "inward", "outward", "self") if name in known}


def _in_path(context: Context) -> Resource:
    link = context.site.get("issueLink", (), context.ids[0])
    if link is None:
        raise errors.refusal(404, f"No issue link with id '{context.ids[0]}' exists.")
    return link


def read(context: Context) -> Reply:
    """GET of a link."""
    link = _in_path(context)
    shelf = context.site.shelf("issue")
    ends = {f"{end}Issue": brief(context, shelf[link[end]]) for end in ("inward", "outward") if link[end] in shelf}
    return Reply(context.shown({"id": link["id"], "self": _address(link), "type": link["type"], **ends}))


def delete(context: Context) -> Reply:
    """DELETE of a link."""
    context.site.remove("issueLink", (), _in_path(context)["id"])
    return Reply(None, 204)


def _link_to(context: Context, issue: Resource, value: Resource) -> Resource:
    """A link that an edit of an issue asks for: the other end is named."""
    own = {"id": issue["id"]}
    return _made(context, {"inwardIssue": own, "outwardIssue": own} | value)


# --- to elsewhere


def add_remote(context: Context) -> Reply:
    """POST of a link to elsewhere; one with the same global id is replaced."""
    issue, body = found(context), context.body
    _check(body)
    shelf = context.site.shelf(REMOTE, (issue["id"],))
    named = body.get("globalId")
    same = next((one for one in shelf.values() if named and one.get("globalId") == named), None)
    own = str(same["id"]) if same else context.site.new_id(REMOTE)
    address = f"{context.api}/issue/{context.ids[0]}/remotelink/{own}"
    context.site.put(REMOTE, (issue["id"],), own, _remote(int(own), issue, body))
    told = {"id": int(own), "self": context.shown(address)}
    return Reply(told, 200 if same else 201, {"Location": context.shown(address)})


def _check(body: Resource) -> None:
    what = body.get("object") or {}
    wrong = {name: f"'{name}' is required." for name in ("title", "url") if not what.get(name)}
    if wrong:
        raise errors.invalid(wrong)


def _remote(own: int, issue: Resource, body: Resource) -> Resource:
    what = {"icon": {}, "status": {"icon": {}}} | body["object"]
    link: Resource = {"id": own, "self": f"{BASE}/rest/api/2/issue/{issue['id']}/remotelink/{own}"}
    return (
        link
        | {name: body[name] for name in ("globalId", "application", "relationship") if name in body}
        | {"object": what}
    )


def _remote_in_path(context: Context, issue: Resource) -> Resource:
    link = context.site.get(REMOTE, (issue["id"],), context.ids[1])
    if link is None:
        raise errors.refusal(404, f"Failed to find the remote issue link with id '{context.ids[1]}'.")
    return link


def list_remote(context: Context) -> Reply:
    """GET of the links to elsewhere."""
    issue = found(context)
    named = context.request.first("globalId")
    links = context.site.shelf(REMOTE, (issue["id"],)).values()
    return Reply([_remote_shown(context, one) for one in links if named in (None, one.get("globalId"))])


def _remote_shown(context: Context, link: Resource) -> Json:
    """Its address calls the issue as it was asked for."""
    own: Json = context.shown({**link, "self": f"{context.api}/issue/{context.ids[0]}/remotelink/{link['id']}"})
    return own


def read_remote(context: Context) -> Reply:
    """GET of a link to elsewhere."""
    return Reply(_remote_shown(context, _remote_in_path(context, found(context))))


def edit_remote(context: Context) -> Reply:
    """PUT of a link to elsewhere."""
    issue = found(context)
    link = _remote_in_path(context, issue)
    _check(context.body)
    context.site.put(REMOTE, (issue["id"],), context.ids[1], _remote(int(link["id"]), issue, context.body))
    return Reply(None, 204)


def delete_remote(context: Context) -> Reply:
    """DELETE of a link to elsewhere."""
    issue = found(context)
    _remote_in_path(context, issue)
    context.site.remove(REMOTE, (issue["id"],), context.ids[1])
    return Reply(None, 204)


issues.OPERATIONS[("issuelinks", "add")] = _link_to

ANSWERS: dict[str, Answering] = {
    "POST issueLink": create,
    "GET issueLink/{link}": read,
    "DELETE issueLink/{link}": delete,
    "GET issue/{issue}/remotelink": list_remote,
    "POST issue/{issue}/remotelink": add_remote,
    "GET issue/{issue}/remotelink/{link}": read_remote,
    "PUT issue/{issue}/remotelink/{link}": edit_remote,
    "DELETE issue/{issue}/remotelink/{link}": delete_remote,
}
