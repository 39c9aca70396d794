"""Signed tokens (JWS, compact) with RSA keys, as clients send them: read, and verified."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_SHA256_INFO = bytes.fromhex("3031300d060960864801650304020105000420")
"""What stands before a SHA-256 hash in an RSA signature (RFC 8017 §9.2)."""


class BadToken(ValueError):
    """The text is no signed token, or its signature is wrong."""


@dataclass(frozen=True)
class Token:
    """A token as read: nothing in it is to be believed before it is verified."""

    header: Mapping[str, Any]
    claims: Mapping[str, Any]
    signed: bytes
    signature: bytes

    def verify(self, key: Mapping[str, Any]) -> None:
        """Check the signature (RS256) against a public key in the form of a JWK.

        Raises:
            BadToken: it does not fit, or the algorithm is another one.
        """
        if self.header.get("alg") != "RS256" or key.get("kty") != "RSA":
            raise BadToken("only RS256 is known")
        modulus, exponent = (int.from_bytes(decoded(str(key.get(name, "")))) for name in ("n", "e"))
        size = (modulus.bit_length() + 7) // 8
        if len(self.signature) != size or not size:
            raise BadToken("the signature has another length than the key")
        digest = _SHA256_INFO + hashlib.sha256(self.signed).digest()
        padded = b"\x00\x01".ljust(size - len(digest) - 1, b"\xff") + b"\x00" + digest
        if pow(int.from_bytes(self.signature), exponent, modulus).to_bytes(size) != padded:
            raise BadToken("wrong signature")


def decoded(text: str) -> bytes:
    """URL-safe base64 without padding. Raises BadToken."""
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError as error:
        raise BadToken(text) from error


def encoded(data: bytes) -> str:
    """URL-safe base64 without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def read(text: str) -> Token:
    """A token in its compact form. Raises BadToken."""
    parts = text.split(".")
    if len(parts) != 3:
        raise BadToken(text)
    try:
        header, claims = (json.loads(decoded(part)) for part in parts[:2])
    except ValueError as error:
        raise BadToken(text) from error
    if not isinstance(header, dict) or not isinstance(claims, dict):
        raise BadToken(text)
    return Token(header, claims, ".".join(parts[:2]).encode(), decoded(parts[2]))


def thumbprint(key: Mapping[str, Any]) -> str:
    """What tells an RSA key from others (RFC 7638)."""
    told = json.dumps({name: key.get(name) for name in ("e", "kty", "n")}, separators=(",", ":"))
    return encoded(hashlib.sha256(told.encode()).digest())
