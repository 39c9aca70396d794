"""Who may call the Okta twin, and how often."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from itertools import count
from typing import Any
from urllib.parse import urlencode

import pytest
from okta_calls import BASE, call, ok, okta, seed

from conformance.twinkit.service import Reply, TwinRequest
from conformance.twinkit.store import EPOCH
from conformance.twinkit.twin import Twin
from targets.okta.twin import jws
from targets.okta.twin.limits import RULES, counted

P = 2**607 - 1
Q = 2**521 - 1
N = P * Q
"""The product of two Mersenne primes: a key that anybody can sign with."""
D = pow(65537, -1, (P - 1) * (Q - 1))
JWK = {"kty": "RSA", "n": jws.encoded(N.to_bytes(141)), "e": "AQAB"}
TOKENS = "/oauth2/v1/token"
START = int(EPOCH.timestamp())


@pytest.fixture
def twin() -> Twin:
    return okta()


def sign(header: dict[str, Any], claims: dict[str, Any]) -> str:
    """A token signed with the test's key (RS256)."""
    parts = [jws.encoded(json.dumps(part).encode()) for part in ({"alg": "RS256", **header}, claims)]
    digest = bytes.fromhex("3031300d060960864801650304020105000420")
    digest += hashlib.sha256(".".join(parts).encode()).digest()
    padded = b"\x00\x01" + b"\xff" * (141 - len(digest) - 3) + b"\x00" + digest
    return ".".join([*parts, jws.encoded(pow(int.from_bytes(padded), D, N).to_bytes(141))])


def send(twin: Twin, operation: str, body: bytes = b"", **headers: str) -> Reply:
    """A request with its own headers."""
    method, _, path = operation.partition(" ")
    return twin.handle(TwinRequest(method, path, {}, {}, headers, body, BASE)).reply


def proof(method: str, path: str, **claims: str) -> str:
    return sign({"typ": "dpop+jwt", "jwk": JWK}, {"htm": method, "htu": BASE + path, "jti": "1", **claims})


def client(twin: Twin) -> None:
    settings = {"oauthClient": {"jwks": {"keys": [JWK]}}}
    seed(
        twin,
        "apps",
        "0oa1",
        {"id": "0oa1", "name": "oidc_client", "signOnMode": "OPENID_CONNECT", "settings": settings},
    )


NUMBERS = count()


def assertion(issuer: str, **claims: Any) -> str:
    """A good one but for ``claims``; None leaves a claim out."""
    good = {"aud": BASE + TOKENS, "iat": START, "exp": START + 3600, "jti": f"j{next(NUMBERS)}"}
    said = {"iss": issuer, "sub": issuer, **good, **claims}
    return sign({}, {name: value for name, value in said.items() if value is not None})


def form(issuer: str = "0oa1", **claims: Any) -> bytes:
    return urlencode(
        {
            "grant_type": "client_credentials",
            "scope": "okta.users.read",
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion": assertion(issuer, **claims),
        }
    ).encode()


# --- API tokens


@pytest.mark.parametrize("value", ["", "SSWS", "SSWS wrong", "Bearer conformance", "DPoP conformance", "conformance"])
def test_tokens_that_do_not_exist_are_refused(twin: Twin, value: str) -> None:
    refused = send(twin, "GET /api/v1/groups", authorization=value)
    assert (refused.status, refused.body["errorCode"]) == (401, "E0000011")


@pytest.mark.parametrize("value", ["SSWS conformance", "SSWSconformance"])
def test_the_space_after_ssws_may_be_missing(twin: Twin, value: str) -> None:
    assert send(twin, "GET /api/v1/groups", authorization=value).status == 200


def test_an_api_token_is_good_until_it_is_revoked(twin: Twin) -> None:
    seed(twin, "api-tokens", "00T1", {"id": "00T1", "~value": "mine"})
    assert send(twin, "GET /api/v1/groups", authorization="SSWS mine").status == 200
    assert "mine" not in str(ok(twin, "GET /api/v1/api-tokens/00T1"))
    assert call(twin, "DELETE /api/v1/api-tokens/00T1").status == 204
    assert send(twin, "GET /api/v1/groups", authorization="SSWS mine").status == 401


# --- OAuth


def test_a_client_with_a_key_gets_a_token_that_works_until_it_expires(twin: Twin) -> None:
    client(twin)
    issued = send(twin, f"POST {TOKENS}", form())
    assert (issued.body["token_type"], issued.body["scope"]) == ("Bearer", "okta.users.read")
    authorization = f"Bearer {issued.body['access_token']}"
    assert send(twin, "GET /api/v1/groups", authorization=authorization).status == 200
    twin.store.clock.advance(issued.body["expires_in"])
    assert send(twin, "GET /api/v1/groups", authorization=authorization).status == 401


def test_assertions_that_nobody_known_signed_are_refused(twin: Twin) -> None:
    client(twin)
    assert send(twin, f"POST {TOKENS}", form("0oa2")).body["error"] == "invalid_client"
    tampered = form().replace(b"client_assertion=ey", b"client_assertion=eyy")
    assert send(twin, f"POST {TOKENS}", tampered).status == 401
    assert send(twin, f"POST {TOKENS}", b"grant_type=password").body["error"] == "unsupported_grant_type"


@pytest.mark.parametrize(
    "claims",
    [{"aud": "https://other.example"}, {"exp": START}, {"exp": None}, {"exp": START + 3601}, {"exp": "later"}],
)
def test_assertions_for_others_and_of_other_times_are_refused(twin: Twin, claims: dict[str, Any]) -> None:
    client(twin)
    refused = send(twin, f"POST {TOKENS}", form(**claims))
    assert (refused.status, refused.body["error"]) == (401, "invalid_client")


def test_an_assertion_is_good_once_also_where_it_gets_no_token(twin: Twin) -> None:
    client(twin)
    assert send(twin, f"POST {TOKENS}", form(jti="one"), dpop=proof("POST", TOKENS)).status == 400
    assert send(twin, f"POST {TOKENS}", form(jti="one")).status == 401
    assert send(twin, f"POST {TOKENS}", form(jti=None)).status == 200


def test_a_proof_of_possession_must_carry_a_nonce_that_was_given_out(twin: Twin) -> None:
    client(twin)
    refused = send(twin, f"POST {TOKENS}", form(), dpop=proof("POST", TOKENS))
    assert (refused.status, refused.body["error"]) == (400, "use_dpop_nonce")
    nonce = str(refused.headers["dpop-nonce"])
    issued = send(twin, f"POST {TOKENS}", form(), dpop=proof("POST", TOKENS, nonce=nonce))
    assert issued.body["token_type"] == "DPoP" and issued.headers["dpop-nonce"] != nonce
    value = issued.body["access_token"]
    ath = jws.encoded(hashlib.sha256(value.encode()).digest())
    bound = proof("GET", "/api/v1/groups", ath=ath)
    assert send(twin, "GET /api/v1/groups", authorization=f"DPoP {value}", dpop=bound).status == 200
    assert send(twin, "GET /api/v1/groups", authorization=f"DPoP {value}").status == 401
    assert send(twin, "GET /api/v1/groups", authorization=f"Bearer {value}").status == 401
    assert (
        send(twin, "GET /api/v1/groups", authorization=f"DPoP {value}", dpop=proof("GET", "/x", ath=ath)).status == 401
    )


@pytest.mark.parametrize("text", ["", "a.b", "a.b.c", "e30.e30.", "e30.W10.AA"])
def test_texts_that_are_no_tokens(text: str) -> None:
    with pytest.raises(jws.BadToken):
        jws.read(text).verify(JWK)


def test_only_the_right_key_verifies() -> None:
    token = jws.read(sign({}, {"iss": "x"}))
    token.verify(JWK)
    for key in ({**JWK, "e": "Aw"}, {**JWK, "kty": "EC"}, {}):
        with pytest.raises(jws.BadToken):
            token.verify(key)
    with pytest.raises(jws.BadToken):
        replace(token, signed=b"other").verify(JWK)


def test_the_authorization_server_tells_where_it_is(twin: Twin) -> None:
    told = send(twin, "GET /.well-known/oauth-authorization-server").body
    assert told["issuer"] == BASE and told["token_endpoint"] == BASE + TOKENS
    assert {"okta.users.read", "okta.groups.manage", "openid"} <= set(told["scopes_supported"])


# --- rate limits


def test_answers_tell_what_is_left_of_their_bucket(twin: Twin) -> None:
    first, second = (call(twin, "GET /api/v1/brands") for _ in "ab")
    refused = call(twin, "GET /api/v1/brands/none")
    left = [int(str(reply.headers["x-rate-limit-remaining"])) for reply in (first, second, refused)]
    assert left == [left[0], left[0] - 1, left[0] - 2]
    assert len({reply.headers["x-okta-request-id"] for reply in (first, second, refused)}) == 3
    assert call(twin, "GET /.well-known/okta-organization").headers.keys() == {"date", "x-okta-request-id"}


def test_a_bucket_that_is_used_up_is_full_again_a_minute_later(twin: Twin) -> None:
    for _ in range(50):
        assert call(twin, "GET /api/v1/devices").status == 200
    refused = call(twin, "GET /api/v1/devices")
    assert (refused.status, refused.body["errorCode"]) == (429, "E0000047")
    assert refused.headers["x-rate-limit-remaining"] == "0"
    assert call(twin, "GET /api/v1/brands").status == 200
    twin.store.clock.advance(60)
    assert call(twin, "GET /api/v1/devices").status == 200


def test_every_path_has_the_bucket_of_the_first_rule_that_fits(twin: Twin) -> None:
    org = twin.store["okta"]
    sizes = {
        "GET /api/v1/users/00u1": 2000,
        "POST /api/v1/users/00u1": 600,
        "GET /api/v1/users/00u1/groups": 600,
        "DELETE /api/v1/apps/0oa1": 500,
        "GET /api/v1/apps/0oa1/users": 100,
        "GET /governance/api/v1/campaigns": 100,
    }
    for operation, size in sizes.items():
        method, _, path = operation.partition(" ")
        bucket = counted(org, TwinRequest(method, path))
        assert bucket is not None and bucket.limit == size, operation
    assert len(RULES) < 25


# --- conditions


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        ("rate_limit", 429, "E0000047"),
        ("feature_disabled", 401, "E0000015"),
        ("internal_error", 500, "E0000009"),
        ("full_of_apps", 400, "E0000001"),
        ("entity_type_refused", 400, "E0000001"),
    ],
)
def test_conditions_that_the_control_plane_arranges(twin: Twin, kind: str, status: int, code: str) -> None:
    assert call(twin, "POST /_twin/faults", {"kind": kind, "operation": "GET /api/v1/groups"}).status == 200
    hit = call(twin, "GET /api/v1/groups")
    assert (hit.status, hit.body["errorCode"]) == (status, code)
    assert "x-rate-limit-reset" in hit.headers
    assert call(twin, "GET /api/v1/groups").status == 200


@pytest.mark.parametrize(
    ("operation", "status", "code"),
    [
        ("PUT /api/v1/email-servers/x", 405, "E0000022"),
        ("DELETE /api/v1/groups", 405, "E0000022"),
        ("GET /api/v1/nothing/like/this", 404, "E0000022"),
        ("GET /api/v1/logs", 501, "E0000060"),
    ],
)
def test_paths_that_are_not_there_or_not_for_this_method(twin: Twin, operation: str, status: int, code: str) -> None:
    answer = call(twin, operation)
    assert (answer.status, answer.body["errorCode"]) == (status, code)
