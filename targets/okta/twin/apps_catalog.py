"""The catalogue: applications that an organisation can add by name, and what each brings along.

Rows are what recordings show of an application. One that is not listed brings nothing of its own along: its settings
are what the body says, and its one link is called after it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

LOGOS = "https://op3static2.oktacdn.com"
DEFAULT_LOGO = "/assets/img/logos/default.6770228fb0dab49a1695ef440a5279bb.png"
UNSUPPORTED = {"status": "UNSUPPORTED"}
"""Universal logout of an application that cannot be told to end sessions."""
REVOCATION = {
    "status": "DISABLED",
    "supportType": "FULL",
    "identityStack": "NOT_SHARED",
    "protocol": "GLOBAL_TOKEN_REVOCATION",
}
"""Universal logout of an application that an organisation describes itself."""


@dataclass(frozen=True)
class Entry:
    """An application of the catalogue.

    Args:
        settings: Its own settings (``settings.app``), as they are until they are set.
        links: Its ways in (``visibility.appLinks``): whether each is shown at first.
        entrances: What the URL of each way in ends in; () gives each organisation one of its own.
        mode: How users sign on, where the body does not say or says AUTO_LOGIN; None: Okta cannot fill in passwords.
        logo: Path of its picture.
        logout: Its universal logout.
        more: Members that only this application has.
    """

    settings: Mapping[str, Any] = field(default_factory=dict)
    links: Mapping[str, bool] = field(default_factory=lambda: {"login": True})
    entrances: Mapping[str, str] = field(default_factory=dict)
    mode: str | None = "BROWSER_PLUGIN"
    logo: str = DEFAULT_LOGO
    logout: Mapping[str, Any] = field(default_factory=lambda: UNSUPPORTED)
    more: Mapping[str, Any] = field(default_factory=dict)


def _unset(*names: str) -> dict[str, None]:
    return dict.fromkeys(names)


def _login(number: str) -> dict[str, str]:
    return {"login": number}


def _shown(*names: str) -> dict[str, bool]:
    return dict.fromkeys(names, True)


PROPRIETARY = REVOCATION | {"protocol": "PROPRIETARY"}
"""Universal logout of an application that has a protocol of its own for it."""
SEATS = {"licensing": {"seatCount": 0}}

OFFICE: Mapping[str, Sequence[str]] = {
    "communication": ("calendar", "mail", "teams", "yammer", "newsfeed", "people", "crm"),
    "documents": ("word", "excel", "powerpoint", "sway", "forms", "powerbi", "delve"),
    "work": ("sites", "onedrive", "planner", "tasks"),
}
"""Parts of Office, each a way in that is hidden at first."""
PICTURES = "/fs/bcg/4/gfs"
AWS: Mapping[str, Any] = {
    "appFilter": "okta",
    "groupFilter": "aws_(?{{accountid}}\\d+)_(?{{role}}[a-zA-Z0-9+=,.@\\-_]+)",
    "useGroupMapping": False,
    "joinAllRoles": False,
    "sessionDuration": 3600,
    "roleValuePattern": "arn:aws:iam::${accountid}:saml-provider/OKTA,arn:aws:iam::${accountid}:role/${role}",
    "awsEnvironmentType": "aws.amazon",
    "loginURL": "https://console.aws.amazon.com/ec2/home",
    **_unset("secretKey", "webSSOAllowedClient", "identityProviderArn", "overrideAcsURL", "accountID", "accessKey"),
    "secretKeyEnc": None,
}
"""Settings of Amazon's application."""

CATALOG: Mapping[str, Entry] = {
    "bookmark": Entry(
        {"requestIntegration": False, "url": None},
        entrances=_login("2557"),
        mode="BOOKMARK",
        logo="/assets/img/logos/bookmark-app.b81c03e2607468e5b5f9c9351c99313e.png",
    ),
    "oidc_client": Entry(
        links=_shown("oidc_client_link"),
        entrances={"oidc_client_link": "aln177a159h7Zf52X0g8"},
        mode="OPENID_CONNECT",
        logout=REVOCATION,
    ),
    "template_basic_auth": Entry(
        _unset("loginUrlRegex", "authURL", "url"), entrances=_login("2873"), mode="BASIC_AUTH"
    ),
    "template_sps": Entry(
        _unset("usernameField", "passwordField", "url")
        | _unset(*(f"optionalField{number}{what}" for number in "123" for what in ("", "Value"))),
        entrances=_login("2355"),
        mode="SECURE_PASSWORD_STORE",
    ),
    "template_swa": Entry(
        _unset("loginUrlRegex", "usernameField", "redirectUrl", "buttonField", "checkbox", "passwordField", "url"),
        entrances=_login("2357"),
        logo=f"{PICTURES}1g3ksgnrQi3BSX1d8",
    ),
    "template_swa3field": Entry(
        _unset("loginUrlRegex", "extraFieldSelector", "extraFieldValue", "redirectUrl", "userNameSelector")
        | _unset("passwordSelector", "buttonSelector", "targetURL"),
        entrances=_login("3287"),
        logo=f"{PICTURES}1gamrvc68DV8vJ1d8",
    ),
    "office365": Entry(
        _unset("tenantType", "wsFedConfigureType", "occSettings", "domain", "msftTenant", "office365ProvisioningType")
        | {"windowsTransportEnabled": False, "domains": [], "requireAdminConsent": False}
        | _unset("office365FlexibleProvisioningMode"),
        links={"login": True} | {part: False for parts in OFFICE.values() for part in parts},
        entrances=_login("2161"),
        logo=f"{PICTURES}ceweidir0dU05k1d6",
        logout={"status": "DISABLED", "supportType": "PARTIAL", "identityStack": "SHARED", "protocol": "PROPRIETARY"},
        more=SEATS,
    ),
    "pagerduty": Entry(
        _unset("adminUserId", "baseUrl", "subdomain"),
        entrances=_login("3107"),
        logo=f"{PICTURES}hpr9b8oeKkjdp21d6",
    ),
    "aws_console": Entry(
        links=_shown("aws_console_login"),
        entrances={"aws_console_login": "4163"},
        logo=f"{PICTURES}1cp2ljrz8XsyIF1d8",
    ),
    "sharepoint_onpremise": Entry(
        _unset("groupFilter", "siteURL", "attributeStatements"),
        entrances=_login("3601"),
        logo=f"{PICTURES}1fpjbqn70A5PCX1d8",
    ),
    "okta_org2org": Entry(
        _unset("acsUrl", "audRestriction", "baseUrl", "idpId"),
        entrances=_login("51975"),
        logo=f"{PICTURES}fp0y9doy6c16Qb1d7",
    ),
    "zoomus": Entry(
        _unset("subDomain", "audience_uri", "acs_url"),
        entrances=_login("1835"),
        logo=f"{PICTURES}bppx8xVaIY0Ij31d6",
        logout=PROPRIETARY,
    ),
    "strongdm": Entry(
        _unset("base_url"),
        links=_shown("strongdm_link"),
        entrances={"strongdm_link": "aln3rjzldtTUbdQjl0x7"},
        logo=f"{PICTURES}3wmpfufLae0rqp1d7",
    ),
    "salesforce": Entry(
        {"integrationType": "STANDARD"}
        | _unset("siteURL", "loginUrl", "logoutUrl", "instanceType", "portalID", "myDomain", "orgID", "customDomain"),
        links=_shown("mc"),
        entrances={"mc": "46"},
        logo=f"{PICTURES}hprbnbyz5o2uTH1d6",
        logout=PROPRIETARY,
        more=SEATS,
    ),
    "zendesk": Entry(
        _unset("authToken", "companySubDomain", "encryptedAuthToken"),
        entrances=_login("238"),
        logo=f"{PICTURES}hps1egfywyIKye1d6",
        logout=PROPRIETARY,
        more=SEATS,
    ),
    "boxnet": Entry(
        _unset("groupFilter", "siteURL") | {"pushGroupsWithSAML": False},
        entrances=_login("72"),
        logo=f"{PICTURES}ac1bmnwOeKcxwO1d6",
        logout=PROPRIETARY,
    ),
    "docusign": Entry(
        _unset("acsUrl") | {"samlEmailAddress": "false"} | _unset("audRestriction", "instanceType"),
        entrances=_login("292"),
        logo=f"{PICTURES}27dt4jdV3YIhFn1d7",
    ),
    "facebook_at_work": Entry(
        _unset("facebookSubDomain") | {"useWorkplaceDomain": False} | _unset("facebookOrgId", "communityId"),
        entrances=_login("54231"),
        logo=f"{PICTURES}19iest17hvYw191d8",
    ),
    "amazon_aws": Entry(
        AWS,
        entrances=_login("272"),
        logo=f"{PICTURES}cl4599TSlcIIOb1d4",
    ),
    "applauz": Entry(
        links=_shown("applauz_link"),
        entrances={"applauz_link": "aln1kjivs4qGqWiYZ1d8"},
        logo=f"{PICTURES}3gzszxcJow0I3y1d7",
    ),
    "deel": Entry(
        links=_shown("deel_link"),
        entrances={"deel_link": "aln1i6axj8huycArM1d8"},
        logo=f"{PICTURES}zi32ixLpbunns41d6",
    ),
    "deelhr": Entry(
        links=_shown("deelhr_link"),
        entrances={"deelhr_link": "aln5a838ba0SiO7GZ0x7"},
        mode=None,
        logo=f"{PICTURES}ahyjwm9T9pTjNJ1d7",
    ),
}
"""By name."""


def entry(name: str, ways: Mapping[str, bool] | None = None) -> Entry:
    """What an application brings along; one that is not listed has the ``ways`` in that somebody names."""
    return CATALOG.get(name) or Entry(links=ways or _shown(f"{name}_link"))


CUSTOM_LOGOUT: Mapping[str, Mapping[str, Any]] = {"SAML_2_0": REVOCATION}
"""Universal logout of what an organisation describes itself, by sign-on mode."""


def custom(name: str, mode: str | None) -> Entry:
    """An application that the organisation describes itself."""
    return Entry(links=_shown(f"{name}_link"), mode=mode, logout=CUSTOM_LOGOUT.get(mode or "", UNSUPPORTED))
