"""Keys, certificates and signing requests of applications, as their readers take them apart.

They are well-formed (RFC 7517, RFC 5280, RFC 2986), drawn from the organisation's own source of what is new, so that
a twin repeats itself. Nobody holds the private halves: moduli and signatures are random numbers, and nothing that is
sent to Okta's API needs them to be more.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from targets.okta.twin.org import Org, Resource, timestamp

KEY_BITS = 2048
EXPONENT = 65537
COMMON_NAME, COUNTRY, LOCALITY, STATE = "2.5.4.3", "2.5.4.6", "2.5.4.7", "2.5.4.8"
ORGANIZATION, UNIT, EMAIL = "2.5.4.10", "2.5.4.11", "1.2.840.113549.1.9.1"
RSA, RSA_WITH_SHA256 = "1.2.840.113549.1.1.1", "1.2.840.113549.1.1.11"
EXTENSIONS, ALTERNATIVE_NAMES = "1.2.840.113549.1.9.14", "2.5.29.17"
SUBJECT = {
    "countryName": COUNTRY,
    "stateOrProvinceName": STATE,
    "localityName": LOCALITY,
    "organizationName": ORGANIZATION,
    "organizationalUnitName": UNIT,
    "commonName": COMMON_NAME,
}
"""Members of a signing request's subject, and what stands for them in a certificate."""
ISSUER = {
    COUNTRY: "US",
    STATE: "California",
    LOCALITY: "San Francisco",
    ORGANIZATION: "Okta",
    UNIT: "SSOProvider",
    EMAIL: "info@okta.com",
}
"""Who signs the certificates of an organisation, which itself is the common name."""
_SEQUENCE, _SET, _INTEGER, _BITS, _OCTETS, _NULL, _OID = 0x30, 0x31, 0x02, 0x03, 0x04, 0x05, 0x06
_UTF8, _IA5, _PRINTABLE, _UTC_TIME, _DNS_NAME, _CONTEXT = 0x0C, 0x16, 0x13, 0x17, 0x82, 0xA0
_TEXTS = {EMAIL: _IA5, COUNTRY: _PRINTABLE}
"""What texts of a name are encoded as that are not UTF-8 (RFC 5280 §A.1)."""


def url_safe(data: bytes) -> str:
    """Base64 as in URLs, without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def key(org: Org, years: int, now: str = "") -> Resource:
    """A new signing key as a JSON web key, with a certificate that is good for ``years``; as old as ``now`` says."""
    now = now or org.now()
    made = datetime.fromisoformat(now).astimezone(UTC)
    expires = _years_later(made, years)
    modulus = _modulus(org)
    certificate = _certificate(org, modulus, made - timedelta(minutes=1), expires)
    return {
        "kty": "RSA",
        "created": now,
        "lastUpdated": now,
        "expiresAt": timestamp(expires),
        "kid": key_id(org),
        "use": "sig",
        "x5c": [base64.b64encode(certificate).decode()],
        "x5t#S256": url_safe(hashlib.sha256(certificate).digest()),
        "e": url_safe(EXPONENT.to_bytes(3)),
        "n": url_safe(modulus.to_bytes(KEY_BITS // 8)),
    }


def key_id(org: Org) -> str:
    """A new id of a key or of a signing request."""
    return url_safe(org.ids.dice.randbytes(32))


def signing_request(org: Org, subject: Mapping[str, Any], names: list[str]) -> str:
    """A request for a certificate for ``subject`` and DNS ``names``, in base64."""
    parts = {SUBJECT[member]: str(value) for member, value in subject.items() if member in SUBJECT}
    alternatives = _der(_SEQUENCE, *(_der(_DNS_NAME, name.encode()) for name in names))
    wish = _der(_SEQUENCE, _oid(ALTERNATIVE_NAMES), _der(_OCTETS, alternatives))
    wishes = _der(_SEQUENCE, _oid(EXTENSIONS), _der(_SET, _der(_SEQUENCE, wish)))
    body = _der(_SEQUENCE, _integer(0), _name(parts), _public_key(_modulus(org)), _der(_CONTEXT, wishes))
    return base64.b64encode(_signed(org, body)).decode()


def modulus_bits(jwk: Mapping[str, Any]) -> int:
    """How long an RSA key is; 0 where it has no modulus."""
    text = str(jwk.get("n") or "")
    return int.from_bytes(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))).bit_length()


def _years_later(moment: datetime, years: int) -> datetime:
    leap_day = (moment.month, moment.day) == (2, 29)
    return moment.replace(year=moment.year + years, day=28 if leap_day else moment.day)


def _modulus(org: Org) -> int:
    """An odd number of all bits."""
    return org.ids.dice.getrandbits(KEY_BITS) | 1 | 1 << (KEY_BITS - 1)


def _certificate(org: Org, modulus: int, start: datetime, end: datetime) -> bytes:
    """An X.509 certificate that its subject signed."""
    version, serial = _der(_CONTEXT, _integer(2)), _integer(int(start.timestamp() * 1000))
    validity = _der(_SEQUENCE, _moment(start), _moment(end))
    issuer = _name({**ISSUER, COMMON_NAME: org.subdomain})
    signed_with, public = _algorithm(RSA_WITH_SHA256), _public_key(modulus)
    return _signed(org, _der(_SEQUENCE, version, serial, signed_with, issuer, validity, issuer, public))


def _signed(org: Org, body: bytes) -> bytes:
    signature = org.ids.dice.randbytes(KEY_BITS // 8)
    return _der(_SEQUENCE, body, _algorithm(RSA_WITH_SHA256), _der(_BITS, b"\0", signature))


def _public_key(modulus: int) -> bytes:
    numbers = _der(_SEQUENCE, _integer(modulus), _integer(EXPONENT))
    return _der(_SEQUENCE, _algorithm(RSA), _der(_BITS, b"\0", numbers))


def _algorithm(oid: str) -> bytes:
    return _der(_SEQUENCE, _oid(oid), _der(_NULL))


def _name(parts: Mapping[str, str]) -> bytes:
    return _der(_SEQUENCE, *(_der(_SET, _der(_SEQUENCE, _oid(oid), _text(oid, text))) for oid, text in parts.items()))


def _text(oid: str, text: str) -> bytes:
    return _der(_TEXTS.get(oid, _UTF8), text.encode())


def _moment(moment: datetime) -> bytes:
    return _der(_UTC_TIME, moment.strftime("%y%m%d%H%M%SZ").encode())


def _integer(number: int) -> bytes:
    return _der(_INTEGER, number.to_bytes(number.bit_length() // 8 + 1))


def _oid(dotted: str) -> bytes:
    first, second, *rest = (int(part) for part in dotted.split("."))
    return _der(_OID, bytes([40 * first + second]), *(_base128(part) for part in rest))


def _base128(number: int) -> bytes:
    digits = [number & 0x7F]
    while number := number >> 7:
        digits.append(number & 0x7F | 0x80)
    return bytes(reversed(digits))


def _der(tag: int, *contents: bytes) -> bytes:
    """A value in the distinguished encoding (X.690): tag, length, contents."""
    content = b"".join(contents)
    length = len(content)
    if length < 0x80:
        return bytes([tag, length]) + content
    size = (length.bit_length() + 7) // 8
    return bytes([tag, 0x80 | size]) + length.to_bytes(size) + content
