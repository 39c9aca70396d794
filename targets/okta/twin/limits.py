"""How many requests a minute: buckets by family of endpoints, told in headers, and 429 when one is used up.

A bucket starts with its first request and is full again a minute of the twin's clock later. Organisations have larger
or smaller buckets by what they pay; these are the largest that were recorded, so that no program is slowed down here
that was not slowed down there. One is larger: agent pools were recorded with 10, by a program that took an hour for 15.
"""

from __future__ import annotations

import re
import string
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from email.utils import formatdate
from functools import lru_cache

from conformance.twinkit.service import Handler, Refusal, Reply, TwinRequest
from targets.okta.twin import errors
from targets.okta.twin.org import Org

Condition = Callable[[TwinRequest], Reply]
"""Answers instead of the service, when the control plane has arranged it."""
WINDOW = 60
"""Seconds."""
RULES: tuple[tuple[str, int], ...] = (
    (r"GET /api/v1/users/[^/]+$", 2000),
    (r".* /api/v1/(users)", 600),
    (r".* /api/v1/(groups)/[^/]+$", 1000),
    (r".* /api/v1/(groups)", 500),
    (r".* /api/v1/(apps)/[^/]+$", 500),
    (r".* /api/v1/(apps)", 100),
    (r".* /api/v1/(authorizationServers|idps|policies|trustedOrigins)", 1000),
    (r".* /api/v1/(eventHooks|inlineHooks|features|templates|meta/types|meta/schemas/user)", 1000),
    (r".* /api/v1/(brands|email-domains|email-servers)", 600),
    (r".* /api/v1/(captchas|org/captcha|mappings|realms|realm-assignments|behaviors|authn)", 500),
    (r".* /api/v1/(sessions)", 375),
    (r".* /api/v1/(logStreams|api-tokens)", 300),
    (r".* /oauth2/v1/(token)", 150),
    (r".* /api/v1/(device-assurances|devices|push-providers|rate-limit-settings|meta/uischemas|agentPools)", 50),
    (r".* /api/v1/(device-posture-checks)", 50),
    (r".* /(attack-protection)/", 500),
    (r".* /api/v1/([^/]+)", 100),
    (r".* /(governance|integrations)/", 100),
)
"""Requests, and how many of them a minute; the groups of a rule tell buckets apart. The first that fits counts."""


@dataclass(frozen=True)
class Bucket:
    """What has been used since ``start`` (seconds since 1970)."""

    limit: int
    start: int
    used: int = 0

    def headers(self) -> dict[str, str]:
        """What an answer tells of it."""
        left = max(0, self.limit - self.used)
        told = {"limit": self.limit, "remaining": left, "reset": self.start + WINDOW}
        return {f"x-rate-limit-{name}": str(value) for name, value in told.items()}


@lru_cache(maxsize=4096)
def _rule(request: str) -> tuple[str, int] | None:
    """Name and size of the bucket that a request is counted in; None: in none."""
    for pattern, limit in RULES:
        if found := re.match(pattern, request):
            return "/".join((pattern, *found.groups())), limit
    return None


def counted(org: Org, request: TwinRequest) -> Bucket | None:
    """The bucket of ``request``, with it counted."""
    rule = _rule(f"{request.method} {request.path}")
    if rule is None:
        return None
    name, limit = rule
    now = int(org.clock.moment.timestamp())
    kept: Bucket | None = org.buckets.get(name)
    bucket = kept if kept is not None and now < kept.start + WINDOW else Bucket(limit, now)
    org.buckets[name] = bucket = replace(bucket, used=bucket.used + 1)
    return bucket


def limited(handler: Handler) -> Handler:
    """``handler`` for as long as its bucket lasts; what it answers tells the time, the bucket and the request's id."""

    def handle(org: Org, request: TwinRequest) -> Reply:
        bucket = counted(org, request)
        told = {**_of_request(org), **(bucket.headers() if bucket else {})}
        if bucket and bucket.used > bucket.limit:
            return _telling(errors.error(org, 429, "E0000047", errors.TOO_MANY).reply, told)
        try:
            return _telling(handler(org, request), told)
        except Refusal as refusal:
            raise Refusal(_telling(refusal.reply, told)) from refusal

    return handle


def _of_request(org: Org) -> dict[str, str]:
    date = formatdate(org.clock.moment.timestamp(), usegmt=True)
    return {"date": date, "x-okta-request-id": org.ids.token(32, string.hexdigits[:16])}


def _telling(reply: Reply, told: Mapping[str, str]) -> Reply:
    return replace(reply, headers={**told, **reply.headers})


# --- conditions that the control plane arranges


def rate_limit(_: TwinRequest) -> Reply:
    """429, a second before the bucket is full again: clients wait for that, from what the answer says is now."""
    now = int(time.time())
    told = {"date": formatdate(now, usegmt=True), **Bucket(600, now + 1 - WINDOW, used=601).headers()}
    return _telling(errors.stateless(429, "E0000047", errors.TOO_MANY), told)


def counting(condition: Condition) -> Condition:
    """``condition``, whose answer tells of the bucket that the request is counted in."""

    def arranged(request: TwinRequest) -> Reply:
        rule = _rule(f"{request.method} {request.path}")
        told = Bucket(rule[1], int(time.time()), used=1).headers() if rule else {}
        return _telling(condition(request), told)

    return arranged
