"""Saved filters: queries with a name."""

from __future__ import annotations

from urllib.parse import quote_plus

from conformance.recordings.model import Json
from conformance.twinkit.service import Reply
from targets.jira.twin import errors, jql, people
from targets.jira.twin.context import Answering, Context
from targets.jira.twin.grammar import BadQuery
from targets.jira.twin.site import BASE, Resource
from targets.jira.twin.vocabulary import listed

KIND = "filter"
SAFE = "!'()*~"
"""What Jira does not escape in queries."""
NOBODY: dict[str, Json] = {"size": 0, "items": [], "max-results": 1000, "start-index": 0, "end-index": 0}
SET_BY_BODY = ("name", "description", "jql", "favourite", "sharePermissions", "editPermissions")


def _shown(context: Context, one: Resource) -> Json:
    query = one.get("jql", "")
    page = f"{BASE}/secure/IssueNavigator.jspa?mode=hide&requestId={one['id']}" if not context.site.is_cloud else ""
    made = {"viewUrl": page or f"{BASE}/issues/?filter={one['id']}"}
    made["searchUrl"] = f"{context.api}/search?jql={quote_plus(query, safe=SAFE)}"
    return context.shown({**made, **one} | ({"searchUrl": made["searchUrl"]} if query else {}))


def favourites(context: Context) -> Reply:
    """GET of the filters that whoever calls likes."""
    known = listed(context, "filter/favourite", KIND)
    return Reply([_shown(context, one) for one in known if one.get("favourite", True)])


def _in_path(context: Context) -> Resource:
    one = context.site.get(KIND, (), context.ids[0])
    if one is None:
        raise errors.refusal(400, f"The selected filter with id '{context.ids[0]}' does not exist.")
    return one


def read(context: Context) -> Reply:
    """GET of a filter."""
    return Reply(_shown(context, _in_path(context)))


def create(context: Context) -> Reply:
    """POST of a filter."""
    body = {name: context.body[name] for name in SET_BY_BODY if name in context.body}
    if not body.get("name"):
        raise errors.invalid({"filterName": "You must specify a name to save this filter as."})
    _check(body)
    own = context.site.new_id(KIND)
    made: Resource = {
        "self": f"{BASE}/rest/api/2/filter/{own}",
        "id": own,
        "owner": people.me(context),
        "favourite": False,
    }
    made |= {"jql": "", "sharePermissions": [], **body, "sharedUsers": dict(NOBODY), "subscriptions": dict(NOBODY)}
    return Reply(_shown(context, context.site.put(KIND, (), own, made)))


def edit(context: Context) -> Reply:
    """PUT of a filter."""
    one = _in_path(context)
    body = {name: context.body[name] for name in SET_BY_BODY if name in context.body}
    _check(body)
    one |= body
    return Reply(_shown(context, one))


def _check(body: Resource) -> None:
    """Raises Refusal: 400 for a query that is wrong."""
    try:
        jql.restricts(str(body.get("jql") or ""))
    except BadQuery as problem:
        raise errors.refusal(400, str(problem)) from problem


def delete(context: Context) -> Reply:
    """DELETE of a filter."""
    context.site.remove(KIND, (), _in_path(context)["id"])
    return Reply(None, 204)


ANSWERS: dict[str, Answering] = {
    "GET filter/favourite": favourites,
    "GET filter/{filter}": read,
    "POST filter": create,
    "PUT filter/{filter}": edit,
    "DELETE filter/{filter}": delete,
}
