"""Lets no connection leave for a host that is not the twin's.

An audit hook sees every connection attempt of the process, whatever library makes it, before anything is sent. It can
never be removed, so it is installed once and consults what is allowed at the moment.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from conformance.errors import ForeignHost

_allowed: set[str] | None = None
_installed = False
_LOOKUPS = {"socket.getaddrinfo", "socket.gethostbyname"}
_SENDINGS = {"socket.connect", "socket.sendto", "socket.sendmsg"}


def hosts_of(urls: Iterable[str]) -> set[str]:
    """Host names of URLs."""
    return {host for url in urls if (host := urlsplit(url).hostname)}


def _refuse_foreign(event: str, arguments: tuple[Any, ...]) -> None:
    if _allowed is None or event not in _LOOKUPS | _SENDINGS:
        return
    host = _host_asked_for(event, arguments)
    if host is not None and host not in _allowed:
        raise ForeignHost(f"A connection to '{host}' was refused: only the twin may be called.")


def _host_asked_for(event: str, arguments: tuple[Any, ...]) -> str | None:
    """The host of the event; None for local sockets (paths)."""
    if event in _LOOKUPS:
        host = arguments[0]
        return host.decode() if isinstance(host, bytes) else host
    address = arguments[1]
    return address[0] if isinstance(address, tuple) else None


@contextmanager
def only(urls: Iterable[str]) -> Iterator[None]:
    """Within this context, connections reach the hosts of ``urls`` and no other."""
    global _allowed, _installed
    if not _installed:
        sys.addaudithook(_refuse_foreign)
        _installed = True
    before, _allowed = _allowed, _with_addresses(hosts_of(urls))
    try:
        yield
    finally:
        _allowed = before


def _with_addresses(hosts: set[str]) -> set[str]:
    """Host names and the addresses they stand for: a connection names the address."""
    import socket

    addresses = set(hosts)
    for host in hosts:
        try:
            addresses |= {str(info[4][0]) for info in socket.getaddrinfo(host, None)}
        except OSError:
            continue  # a host that does not resolve will be reported as a twin that does not answer
    return addresses
