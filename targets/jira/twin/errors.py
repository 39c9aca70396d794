"""Jira's error answers: messages about the whole request, and one for each field that is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import quote

from conformance.twinkit.service import Refusal, Reply, TwinRequest

if TYPE_CHECKING:
    from targets.jira.twin.context import Context

NEW_WORDS = 2019
"""From then on Cloud does not tell what is missing from what is hidden."""
UNAUTHORISED_PAGE = (
    "<html>\n<head>\n    <title>Unauthorized (401)</title>\n</head>\n<body>\n<h1>Unauthorized (401)</h1>\n"
    "<p>Encountered a <code>&quot;401 - Unauthorized&quot;</code> error while loading this page.</p>\n</body>\n</html>"
)
"""What the front door answers to a password that is wrong."""


def error(status: int, *messages: str, errors: Mapping[str, str] | None = None) -> Reply:
    """An answer with an error."""
    return Reply({"errorMessages": list(messages), "errors": dict(errors or {})}, status)


def refusal(status: int, *messages: str) -> Refusal:
    """A refusal of the whole request."""
    return Refusal(error(status, *messages))


def invalid(errors: Mapping[str, str]) -> Refusal:
    """400: fields (by id) that are wrong."""
    return Refusal(error(400, errors=errors))


def no_issue(context: Context) -> Refusal:
    """404: an issue that is not there, or that whoever calls must not see."""
    if context.site.is_cloud and not context.site.is_before(NEW_WORDS):
        return refusal(404, "Issue does not exist or you do not have permission to see it.")
    return refusal(404, "Issue Does Not Exist")


def unsupported(what: str) -> Refusal:
    """501: nothing shows what Jira would answer."""
    return refusal(501, f"The twin does not know what Jira answers to {what}.")


def malformed() -> Refusal:
    """400: the body is no JSON object."""
    return refusal(400, "There was an error parsing JSON. Check that your request body is valid.")


def realm(request: TwinRequest) -> Mapping[str, str]:
    """The header that says how to authenticate."""
    return {"WWW-Authenticate": f'OAuth realm="{quote(request.base_url, safe="")}"'}


def wrong_password(request: TwinRequest) -> Reply:
    """401: a page, whatever was asked for."""
    headers = {"Content-Type": "text/html;charset=UTF-8", "X-Seraph-LoginReason": "AUTHENTICATED_FAILED"}
    return Reply(UNAUTHORISED_PAGE.encode(), 401, {**headers, **realm(request)})


def not_authenticated(request: TwinRequest) -> Reply:
    """401: nobody may ask this without saying who they are."""
    message = "Client must be authenticated to access this resource."
    return Reply({"message": message, "status-code": 401}, 401, realm(request))


def login_required(request: TwinRequest) -> Reply:
    """401: the issue is hidden from those who have not said who they are."""
    hidden = error(401, "You do not have the permission to see the specified issue.", "Login Required")
    return Reply(hidden.body, 401, realm(request))
