"""Domains that an organisation is reached at, domains and servers that it sends e-mail from."""

from __future__ import annotations

import string
from typing import Any

from conformance.recordings.model import Json
from conformance.twinkit.service import Reply
from targets.okta.twin import errors
from targets.okta.twin.brands import BRANDS, SEVERAL
from targets.okta.twin.context import Context
from targets.okta.twin.family import Family
from targets.okta.twin.kinds import Kind, hints, standard, update
from targets.okta.twin.listing import Listing
from targets.okta.twin.org import Org, Path, Resource

RESERVED = (".example.com", ".example.net", ".example.org", ".example", ".test", ".invalid", ".localhost")
"""Domains that nobody owns: Okta cannot get certificates for them."""
HEX = string.hexdigits[:16]


def _verification(org: Org) -> str:
    return org.ids.token(32, HEX)


# --- domains

ALLOWED = {
    "POST": ("GET", "DELETE", "PUT"),
    "PUT": ("GET", "DELETE", "PUT"),
    "GET": ("DELETE",),
}
"""What the link to a domain allows, by the method of the request that is answered."""


def domain_made(context: Context, body: Resource, old: Resource | None) -> Resource:
    """A domain that names no brand gets a new one. Raises Refusal: 400 for a domain that nobody owns."""
    if old is not None:
        return {**old, **body}
    domain = str(body.get("domain", "")).lower()
    if body.get("certificateSourceType") == "OKTA_MANAGED" and domain.endswith(RESERVED):
        raise errors.invalid(context.org, "domain", "domain: Prohibited custom domain name.")
    brand = body.get("brandId") or BRANDS.new(context, (), {"name": domain})["id"]
    return {**body, "domain": domain, "brandId": brand, "dnsRecords": _records(context, domain)}


def _records(context: Context, domain: str) -> list[dict[str, Any]]:
    """What the owner of a domain has to publish."""
    records = [("TXT", f"_oktaverification.{domain}", _verification(context.org))]
    records.append(("CNAME", domain, f"{context.org.subdomain}.customdomains.okta.com"))
    return [{"recordType": kind, "fqdn": fqdn, "values": [value]} for kind, fqdn, value in records]


def domain_links(context: Context, domain: Resource, _: Path) -> Json:
    """The domain, its verification (which lists and the answer to it leave out), its brand."""
    here, method = context.href(f"/api/v1/domains/{domain['id']}"), context.request.method
    verified = context.request.path.endswith("/verify")
    bare = verified or not (context.ids or method == "POST")
    allowed = ("GET",) if domain["id"] == DEFAULT else ("GET", "DELETE") if bare else ALLOWED[method]
    if context.org.date < SEVERAL:  # a domain belonged to the one brand there was
        allowed = tuple(verb for verb in allowed if verb != "PUT")
    links = {"self": hints(here, *allowed)}
    if domain["id"] != DEFAULT and not bare:
        links["verify"] = hints(f"{here}/verify", "POST")
    if brand := domain.get("brandId"):
        links["brand"] = hints(context.href(f"/api/v1/brands/{brand}"), "GET", "PUT", "DELETE")
    return links


def _given_last(context: Context, found: list[Resource]) -> list[Resource]:
    """The organisation's own domains, then the one that Okta gave it."""
    given = [domain for domain in found if domain["id"] == DEFAULT and context.org.date >= SEVERAL]
    return [domain for domain in found if domain["id"] != DEFAULT] + given


DEFAULT = "default"
DOMAINS = Kind(
    "/api/v1/domains/{domainId}",
    entity="Domain",
    prefix="OcD",
    defaults={"validationStatus": "NOT_STARTED", "certificateSourceType": "MANUAL"},
    make=domain_made,
    links=domain_links,
    times=(),
    keeps=frozenset({"validationStatus"}),
    created=201,
    since={"brandId": SEVERAL, "certificateSourceType": SEVERAL, "_links.brand": SEVERAL},
    listing=Listing(wrap="domains", order=_given_last),
    same=lambda domain: domain.get("id") == DEFAULT,
)


def verify(context: Context) -> Reply:
    """POST: look for the published records, which are never there."""
    domain = DOMAINS.find(context.org, *context.ids)
    if domain["id"] == DEFAULT:
        raise errors.invalid(context.org, "id", "This operation is not supported for this domain")
    domain["validationStatus"] = "FAILED_TO_VERIFY"
    return Reply(DOMAINS.shown(context, domain))


def default_domain(org: Org) -> None:
    """The domain that Okta gives, with the default brand."""
    brand = next((brand["id"] for brand in org.shelf(BRANDS.name).values() if brand.get("isDefault")), None)
    domain = {"id": DEFAULT, "domain": f"{org.subdomain}.okta.com", "brandId": brand}
    DOMAINS.keep(org, (), domain | {"certificateSourceType": "OKTA_MANAGED", "validationStatus": "COMPLETED"})


# --- e-mail domains

SENDER = "u17770251.wl002.sendgrid.net"
SENDERS = {
    "mail": SENDER,
    "p03._domainkey": f"p03.domainkey.{SENDER}",
    "p032._domainkey": f"p032.domainkey.{SENDER}",
}
"""Hosts that send for Okta, by the name that has to point there."""


def email_domain_made(context: Context, body: Resource, old: Resource | None) -> Resource:
    """Its brand is kept out of sight."""
    made = {name: value for name, value in body.items() if name != "brandId"}
    if old is not None:
        return {**old, **made}
    brand = BRANDS.find(context.org, str(body.get("brandId", "")))
    records = _email_records(context.org, str(body.get("domain", "")))
    return {"validationSubdomain": "mail", **made, "dnsValidationRecords": records, "~brandId": brand["id"]}


def _email_records(org: Org, domain: str) -> list[dict[str, Any]]:
    """What the owner of a domain has to publish: the first as the domain was written, the others in lower case."""
    published = [("cname", f"{name}.{domain.lower()}", value) for name, value in SENDERS.items()]
    listed = [("TXT", f"_oktaverification.{domain}", _verification(org)), *published]
    return [{"recordType": kind, "fqdn": fqdn, "verificationValue": value} for kind, fqdn, value in listed]


def _forget(context: Context, domain: Resource) -> None:
    for brand in context.org.shelf(BRANDS.name).values():
        if brand.get("emailDomainId") == domain["id"]:
            del brand["emailDomainId"]


EMAIL_DOMAINS = Kind(
    "/api/v1/email-domains/{emailDomainId}",
    entity="EmailDomain",
    prefix="OeD",
    defaults={"validationStatus": "NOT_STARTED"},
    make=email_domain_made,
    before_delete=_forget,
    times=(),
    keeps=frozenset({"validationStatus"}),
    created=201,
)


def create_email_domain(context: Context) -> Reply:
    """POST: the brand tells of it from then on."""
    made = EMAIL_DOMAINS.new(context, (), context.body)
    BRANDS.find(context.org, made["~brandId"])["emailDomainId"] = made["id"]
    return Reply(EMAIL_DOMAINS.shown(context, made), 201)


# --- e-mail servers

EMAIL_SERVERS = Kind(
    "/api/v1/email-servers/{emailServerId}",
    entity="EmailServer",
    prefix="ces",
    make=lambda _context, body, _old: {name: value for name, value in body.items() if name != "password"},
    times=(),
    created=201,
    listing=Listing(wrap="email-servers"),
)

FAMILY = Family(
    kinds=(DOMAINS, EMAIL_DOMAINS, EMAIL_SERVERS),
    answers={
        **standard(DOMAINS),
        f"POST {DOMAINS.path}/verify": verify,
        **standard(EMAIL_DOMAINS, "list", "read", "replace", "delete"),
        f"POST {EMAIL_DOMAINS.collection}": create_email_domain,
        **standard(EMAIL_SERVERS, "create", "list", "read", "delete"),
        f"PATCH {EMAIL_SERVERS.path}": update(EMAIL_SERVERS),
    },
    presets=default_domain,
)
