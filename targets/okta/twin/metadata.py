"""What the organisation's own authorization server tells of itself (RFC 8414)."""

from __future__ import annotations

from conformance.twinkit.service import Reply
from targets.okta.twin.context import Context
from targets.okta.twin.family import Family

_OF_OKTA = (
    "users.manage users.manage.self users.read users.read.self linkedObjects* profileMappings* userTypes* "
    "clients.manage clients.register clients.read appGrants* policies* groups* inlineHooks* eventHooks* events.read "
    "logs.read apps* governance.assignmentCandidates.read accessRequests.tasks* schemas* idps* factors* riskProviders* "
    "roles* orgs* domains* brands* sessions* templates* trustedOrigins* threatInsights* behaviors* networkZones* "
    "agentPools* reports.read features* certificateAuthorities* principalRateLimits* rateLimits* directories.manage "
    "directories.groups.manage apiTokens* personal.adminSettings*"
)
"""Scopes without what they begin with, in Okta's order; a star stands for one to manage and one to read."""
_OF_ALL = "openid email profile address phone offline_access groups"
_AUTHENTICATION = "client_secret_basic client_secret_post client_secret_jwt private_key_jwt none"
_GRANTS = (
    "authorization_code implicit refresh_token password client_credentials "
    "urn:ietf:params:oauth:grant-type:device_code urn:okta:params:oauth:grant-type:otp "
    "urn:okta:params:oauth:grant-type:oob urn:ietf:params:oauth:grant-type:token-exchange"
)
_RESPONSES = ["code", "token", "id_token", "code id_token", "code token", "id_token token", "code id_token token"]
_ASYMMETRIC = "RS256 RS384 RS512 ES256 ES384 ES512"
SCOPES = [
    f"okta.{scope}"
    for name in _OF_OKTA.split()
    for scope in ([name.replace("*", ".manage"), name.replace("*", ".read")] if "*" in name else [name])
] + _OF_ALL.split()
ENDPOINTS = {
    "authorization_endpoint": "authorize",
    "token_endpoint": "token",
    "registration_endpoint": "clients",
    "introspection_endpoint": "introspect",
    "revocation_endpoint": "revoke",
    "end_session_endpoint": "logout",
    "device_authorization_endpoint": "device/authorize",
    "pushed_authorization_request_endpoint": "par",
}
SUPPORTED = {
    "response_types_supported": _RESPONSES,
    "response_modes_supported": ["query", "fragment", "form_post", "okta_post_message"],
    "grant_types_supported": _GRANTS.split(),
    "subject_types_supported": ["public"],
    "scopes_supported": SCOPES,
    "token_endpoint_auth_methods_supported": _AUTHENTICATION.split(),
    "claims_supported": ["ver", "jti", "iss", "aud", "iat", "exp", "cid", "uid", "scp", "sub"],
    "code_challenge_methods_supported": ["S256"],
    "introspection_endpoint_auth_methods_supported": _AUTHENTICATION.split(),
    "revocation_endpoint_auth_methods_supported": _AUTHENTICATION.split(),
    "request_parameter_supported": True,
    "request_object_signing_alg_values_supported": ["HS256", "HS384", "HS512", *_ASYMMETRIC.split()],
    "dpop_signing_alg_values_supported": _ASYMMETRIC.split(),
    "frontchannel_logout_supported": True,
    "frontchannel_logout_session_supported": True,
    "identity_chaining_requested_token_types_supported": ["urn:ietf:params:oauth:token-type:id-jag"],
}


def rank(scope: str) -> int:
    """Where a scope is in Okta's order; those that it does not know come last."""
    return SCOPES.index(scope) if scope in SCOPES else len(SCOPES)


def metadata(context: Context) -> Reply:
    """GET: where its endpoints are, and what it supports."""
    endpoints = {name: context.href(f"/oauth2/v1/{path}") for name, path in ENDPOINTS.items()}
    return Reply({"issuer": context.request.base_url, **endpoints, **SUPPORTED})


FAMILY = Family(answers={"GET /.well-known/oauth-authorization-server": metadata})
