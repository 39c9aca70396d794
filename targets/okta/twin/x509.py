"""What an X.509 certificate says of its key (RFC 5280), as far as Okta repeats it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

SEQUENCE, INTEGER, BITS, VERSION = 0x30, 0x02, 0x03, 0xA0
UTC_TIME = 0x17
LONG = 0x80


def parts(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Tag and content of each value in DER. Raises ValueError where it ends too early."""
    place = 0
    while place < len(data):
        tag, length, start = data[place], *_length(data, place + 1)
        if start + length > len(data):
            raise ValueError("the value goes on beyond its end")
        yield tag, data[start : start + length]
        place = start + length


def _length(data: bytes, place: int) -> tuple[int, int]:
    """Length of a value, and where it starts."""
    if place >= len(data):
        raise ValueError("there is no length")
    first = data[place]
    if first < LONG:
        return first, place + 1
    end = place + 1 + first - LONG
    return int.from_bytes(data[place + 1 : end]), end


def public_key(certificate: bytes) -> tuple[datetime, bytes, bytes]:
    """End of validity, modulus and exponent of a certificate for an RSA key, in DER.

    Raises:
        ValueError: it is no such certificate.
    """
    try:
        (_, whole), *_ = parts(certificate)
        (_, told), *_ = parts(whole)
        fields = [content for tag, content in parts(told) if tag != VERSION]
        _, _, _, validity, _, key, *_ = fields
        _, (tag, end) = parts(validity)
        _, (_, bits) = parts(key)
        ((_, numbers),) = parts(bits[1:])
        (_, modulus), (_, exponent) = parts(numbers)
    except TypeError as error:
        raise ValueError("no certificate") from error
    return _moment(tag, end.decode("ascii")), modulus.lstrip(b"\0"), exponent


def _moment(tag: int, text: str) -> datetime:
    form = "%y%m%d%H%M%SZ" if tag == UTC_TIME else "%Y%m%d%H%M%SZ"
    return datetime.strptime(text, form).replace(tzinfo=UTC)
