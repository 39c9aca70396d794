"""Another client of the library's service, of the same SDK."""

from __future__ import annotations

from toy.target import LibraryTarget


class KioskTarget(LibraryTarget):
    """Makes the calls that the library's recordings show."""

    name = "kiosk"


TARGET = KioskTarget()
