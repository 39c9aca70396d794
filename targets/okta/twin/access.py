"""Who may call: API tokens (``SSWS``) and OAuth access tokens (``Bearer``, ``DPoP``), and how clients get the latter.

A client is an application of the organisation with public keys. It asks for a token with an assertion that it signed
(RFC 7523), and with a proof of possession (RFC 9449) that must carry a nonce of the organisation, which the refusal of
a proof without one gives. Assertions are over when they are so by the twin's own clock, which may be far behind.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qs

from conformance.recordings.model import Json
from conformance.twinkit.service import Refusal, Reply, TwinRequest
from conformance.twinkit.store import URL_SAFE
from targets.okta.twin import errors, jws
from targets.okta.twin.context import Context
from targets.okta.twin.family import Family
from targets.okta.twin.grammar import value_at
from targets.okta.twin.org import Org, Resource

DEFAULT_TOKEN = "conformance"
"""Accepted by every organisation, so that a fresh twin can be called: what the kit sends unless told otherwise."""
PUBLIC = re.compile(r"/\.well-known/|/oauth2/|/api/v1/(?:authn|sessions)(?:/|$)")
"""Paths that do without a token."""
_CREDENTIALS = re.compile(r"(SSWS|Bearer|DPoP) ?(\S+)")
"""The SDK leaves the space after SSWS out on operations that also take OAuth."""
LIFETIME = 3600
"""Seconds that an access token lives, and an assertion at most."""
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
NONCE = "dpop-nonce"


# --- calls


def guard(org: Org, request: TwinRequest) -> Reply | None:
    """A refusal of a request whose token does not exist, else None."""
    if PUBLIC.match(request.path):
        return None
    found = _CREDENTIALS.fullmatch(request.headers.get("authorization", ""))
    if found and (_is_api_token(org, found[2]) if found[1] == "SSWS" else _is_issued(org, request, *found.groups())):
        return None
    return errors.error(org, 401, "E0000011", "Invalid token provided").reply


def _is_api_token(org: Org, value: str) -> bool:
    """Values of API tokens are kept where nothing shows them; a token that is revoked is gone with its value."""
    known = (token.get("~value") for token in org.shelf("api-tokens").values())
    return value == DEFAULT_TOKEN or value in known


def _is_issued(org: Org, request: TwinRequest, scheme: str, value: str) -> bool:
    token = org.tokens.get(value)
    if token is None or token["type"] != scheme or org.clock.moment.timestamp() >= token["expires"]:
        return False
    return scheme == "Bearer" or _proves(request, value, token["key"])


def _proves(request: TwinRequest, value: str, key: str) -> bool:
    """Whether the request shows that its sender holds the key that the token is bound to."""
    try:
        proof = _proof(request)
    except jws.BadToken:
        return False
    of_this = jws.encoded(hashlib.sha256(value.encode()).digest())
    return jws.thumbprint(proof.header["jwk"]) == key and proof.claims.get("ath") == of_this


def _proof(request: TwinRequest) -> jws.Token:
    """The proof of possession, verified with the key that it carries. Raises BadToken."""
    proof = jws.read(request.headers.get("dpop", ""))
    proof.verify(proof.header.get("jwk") or {})
    here = f"{request.base_url}{request.path}"
    if proof.claims.get("htm") != request.method or str(proof.claims.get("htu")).rstrip("/") != here.rstrip("/"):
        raise jws.BadToken("the proof is of another request")
    return proof


# --- tokens


def token(context: Context) -> Reply:
    """POST: an access token for a client."""
    form = {name: values[0] for name, values in parse_qs(context.request.body.decode()).items()}
    if form.get("grant_type") != "client_credentials" or form.get("client_assertion_type") != ASSERTION:
        raise refusal(400, "unsupported_grant_type", "The twin knows client credentials with a signed assertion only.")
    _check_client(context, form.get("client_assertion", ""))
    if "dpop" not in context.request.headers:
        return _issued(context, "Bearer", None, form)
    return _issued(context, "DPoP", _checked_proof(context), form)


def refusal(status: int, code: str, description: str, **headers: str) -> Refusal:
    """A refusal in the form of OAuth (RFC 6749 §5.2)."""
    return Refusal(Reply({"error": code, "error_description": description}, status, headers))


def _check_client(context: Context, text: str) -> None:
    """Raises Refusal unless a client of the organisation signed the assertion."""
    try:
        assertion = jws.read(text)
        client = assertion.claims.get("iss")
        if client != assertion.claims.get("sub") or not _signed_by(context.org, assertion, str(client)):
            raise jws.BadToken("nobody known signed it")
    except jws.BadToken as error:
        raise refusal(401, "invalid_client", "The client_assertion signature is invalid.") from error
    if wrong := _what_is_wrong(context, assertion.claims):
        raise refusal(401, "invalid_client", f"The client_assertion token {wrong}.")


def _what_is_wrong(context: Context, claims: Mapping[str, Any]) -> str:
    """Why the claims of an assertion are not good, or no longer; "" where they are. A good one is used up with this."""
    org, start, end = context.org, claims.get("iat"), claims.get("exp")
    here = context.request.base_url
    if claims.get("aud") not in (here, f"{here}{context.request.path}"):
        return "has another audience"
    if not isinstance(end, int) or end <= org.clock.moment.timestamp():
        return "is expired"
    if isinstance(start, int) and end - start > LIFETIME:
        return "expires too late"
    if (id_ := claims.get("jti")) in org.spent:
        return "has already been used"
    org.spent |= {str(id_)} if id_ is not None else set()
    return ""


def _signed_by(org: Org, assertion: jws.Token, client: str) -> bool:
    for key in _keys(org, client):
        try:
            assertion.verify(key)
        except jws.BadToken:
            continue
        return True
    return False


def _keys(org: Org, client: str) -> Iterator[Mapping[str, Any]]:
    """Public keys of a client: those in its settings, and those that were added later."""
    for app in org.shelf("apps").values():
        if client in (app["id"], value_at(app, "credentials.oauthClient.client_id")):
            yield from value_at(app, "settings.oauthClient.jwks.keys") or ()
            yield from org.shelf("apps/credentials/jwks", (app["id"],)).values()


def _checked_proof(context: Context) -> jws.Token:
    """The proof of possession, which must carry a nonce that was given out. Raises Refusal."""
    try:
        proof = _proof(context.request)
    except jws.BadToken as error:
        raise refusal(400, "invalid_dpop_proof", "The DPoP proof JWT is invalid.") from error
    if proof.claims.get("nonce") not in context.org.nonces:
        told = {NONCE: _new_nonce(context.org)}
        raise refusal(400, "use_dpop_nonce", "Authorization server requires nonce in DPoP proof.", **told)
    return proof


def _new_nonce(org: Org) -> str:
    nonce = org.ids.token(32, URL_SAFE)
    org.nonces.add(nonce)
    return nonce


def _issued(context: Context, kind: str, proof: jws.Token | None, form: Mapping[str, str]) -> Reply:
    """A new token, bound to the key of the proof if there is one."""
    org, value = context.org, context.org.ids.token(64, URL_SAFE)
    kept: Resource = {"type": kind, "expires": org.clock.moment.timestamp() + LIFETIME}
    org.tokens[value] = kept | {"key": jws.thumbprint(proof.header["jwk"]) if proof else None}
    body: Json = {"token_type": kind, "expires_in": LIFETIME, "access_token": value, "scope": form.get("scope", "")}
    return Reply(body, 200, {NONCE: _new_nonce(org)} if proof else {})


FAMILY = Family(answers={"POST /oauth2/v1/token": token})
