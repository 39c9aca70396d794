"""What the name of a field says about its value: general words only, no service's schema."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

# fmt: off
PEOPLE: Final = frozenset({
    "displayname", "realname", "givenname", "familyname", "firstname", "lastname", "middlename", "fullname",
    "nickname", "username", "login", "email", "emailaddress", "mail", "phone", "phonenumber", "mobilephone",
    "primaryphone", "homephone", "avatar", "avatarurl", "avatarurls", "photo", "photolink", "photourl",
    "skype",
    "picture", "profileurl", "address", "streetaddress", "city", "zipcode", "postaladdress",
})
# fmt: on
"""Fields that describe a person."""

SITES: Final = frozenset({"domain", "subdomain", "teamdomain", "orgname", "workspace", "sitename", "instancename"})
"""Fields that hold what stands before a vendor's domain in the host of an account."""

_TENANT = re.compile(r"(?i:tenant)$")

# fmt: off
SECRETS: Final = frozenset({
    "authorization", "token", "accesstoken", "refreshtoken", "idtoken", "sessiontoken", "xoxp", "apikey",
    "key", "password", "passwd", "secret", "clientsecret", "clientassertion", "cookie", "setcookie",
    "signature", "sig", "privatekey", "credential", "credentials",
})
# fmt: on
"""Parameters that open doors."""

OPENS_DOORS: Final = SECRETS - {"key"}
"""Fields that open doors: in a document ``key`` names things."""

# fmt: off
NAMES: Final = frozenset({
    "name", "title", "label", "summary", "description", "content", "htmlcontent", "comment", "note", "text",
    "subject", "filename", "originalfilename", "message", "caption", "heading", "body", "plaintext",
    "snippet", "purpose", "topic", "realm", "company", "organization", "department", "team",
    "alttext", "statustext", "fallback", "footer", "pretext", "authorname",
})
# fmt: on
"""Fields that hold what users call things or write about them."""

WRITTEN: Final = frozenset(
    {"summary", "description", "comment", "note", "text", "content", "body", "message", "topic", "purpose"}
)
"""Those of them that hold what users write about things, and not what these are called."""

LABELS: Final = frozenset({"label", "title", "summary", "description"})
"""Those of them whose values are no constants even if written like ones."""

QUERIES: Final = frozenset({"jql", "cql", "soql", "gql", "expression"})
"""Fields and parameters that hold a text in a query language."""

_ID = re.compile(r"(?:^|_)ids?$|(?<=[a-z])I[dD]s?$|(?<=[a-z])Token$|(?i:^etag$|^parents$|hash$|checksum$)")


_KIND = re.compile(r"(?i:type|kind|status|mode)$")


def plain(key: str) -> str:
    """The key without case, underscores and hyphens, and without a word that says how its value is written."""
    return key.replace("_", "").replace("-", "").lower().removesuffix("normalized")


def role(key: str, node: Mapping[str, object]) -> str:
    """The key under which a value of ``node`` is to be judged.

    What has a description is a thing and nobody; and the value of what has an id and an address is what it is called.
    """
    thing = (plain(key) == "displayname" and "description" in node) or (
        key == "value" and {"id", "self"} <= node.keys()
    )
    return "name" if thing else key


def names_site(key: str) -> bool:
    """True for keys of accounts' names (``teamDomain``, ``vendorTenant``)."""
    return plain(key) in SITES or bool(_TENANT.search(key))


def names_id(key: str) -> bool:
    """True for keys of ids, cursors, etags and hashes (``fileId``, ``sheet_id``, ``nextPageToken``)."""
    return bool(_ID.search(key))


def names_kind(key: str) -> bool:
    """True for keys whose values are one of a few that the service knows (``type``, ``signOnMode``, ``status``)."""
    return bool(_KIND.search(key))
