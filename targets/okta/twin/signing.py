"""What applications and identity providers sign with: keys that are made and shared, requests for certificates."""

from __future__ import annotations

from collections.abc import Mapping

from conformance.recordings.model import Json
from conformance.twinkit.service import Reply
from targets.okta.twin import certificates, errors
from targets.okta.twin.context import Answering, Context
from targets.okta.twin.errors import record
from targets.okta.twin.kinds import Kind, hints, standard
from targets.okta.twin.org import Path, Resource

# --- keys


def keys_answers(owners: Kind, keys: Kind, target: str) -> Mapping[str, Answering]:
    """Routes that make keys; ``target`` is the parameter that says who else gets one."""
    return {
        f"POST {keys.collection}/generate": _generate(owners, keys),
        f"POST {keys.path}/clone": _clone(owners, keys, target),
    }


def _generate(owners: Kind, keys: Kind) -> Answering:
    """POST ``…/keys/generate?validityYears=2``."""

    def answer(context: Context) -> Reply:
        owner = owners.find(context.org, *context.ids)
        years = context.request.first("validityYears") or ""
        if not years.isdigit():
            raise errors.unevidenced(context.org, "a key without validityYears")
        return _kept(context, keys, owner, certificates.key(context.org, int(years)))

    return answer


def _clone(owners: Kind, keys: Kind, target: str) -> Answering:
    """POST ``…/keys/{kid}/clone?targetAid=…``: the other one gets the same key."""

    def answer(context: Context) -> Reply:
        found = keys.find(context.org, *context.ids)
        other = owners.find(context.org, context.request.first(target) or "")
        return _kept(context, keys, other, dict(found))

    return answer


def _kept(context: Context, keys: Kind, owner: Resource, key: Resource) -> Reply:
    """A key that somebody has now, and where."""
    context.org.put(keys.name, (owner["id"],), key["kid"], key)
    return Reply(key, 201, {"location": _here(context, keys, owner["id"], key["kid"])})


def _here(context: Context, kind: Kind, *ids: str) -> str:
    """The address of one resource."""
    words = kind.path.split("/")
    given = iter(ids)
    return context.href("/".join(next(given) if word.startswith("{") else word for word in words))


# --- signing requests


def requests(path: str, entity: str, owners: Kind) -> Kind:
    """The kind of requests for certificates: one is read, deleted, or published with the certificate it asked for."""

    def links(context: Context, _: Resource, ids: Path) -> Json:
        here = _here(context, kind, *ids)
        return {"publish": hints(f"{here}/lifecycle/publish", "POST"), "self": hints(here, "GET", "DELETE")}

    kind = Kind(path, entity=entity, links=links, times=("created",), created=201, under=owners)
    return kind


def requests_answers(owners: Kind, kind: Kind) -> Mapping[str, Answering]:
    """Routes of requests for certificates. What is asked for is kept only in the request itself."""

    def new(context: Context) -> Reply:
        owner = owners.find(context.org, *context.ids)
        names = [str(name) for name in record(context.body.get("subjectAltNames")).get("dnsNames") or ()]
        request = certificates.signing_request(context.org, record(context.body.get("subject")), names)
        made = {"id": certificates.key_id(context.org), "created": context.org.now(), "csr": request, "kty": "RSA"}
        view = kind.shown(context, kind.keep(context.org, (owner["id"],), made), (owner["id"],))
        return Reply(view, kind.created, {"location": view["_links"]["self"]["href"]})

    return {**standard(kind, "list", "read", "delete"), f"POST {kind.collection}": new}
