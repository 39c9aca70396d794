"""Every error that ends a command: one sentence that says what, where and what to do (exit code 2)."""

from __future__ import annotations


class ConformanceError(Exception):
    """The kit could not do its work. ``str()`` is the one sentence shown to the user."""


class BadRecording(ConformanceError):
    """A cassette cannot be read, or what it holds cannot be a recording."""


class UnknownTarget(ConformanceError):
    """A target was named that no installed package provides."""


class BadConfiguration(ConformanceError):
    """A command line option or the configuration file asks for something impossible."""


class TwinUnavailable(ConformanceError):
    """The twin does not answer, so nothing more can be said about it."""

    measured: object = None
    """What was judged of the program that met it (a ProgramResult), if any."""


class CannotWrite(ConformanceError):
    """A report or recording cannot be written."""


class ForeignHost(ConformanceError):
    """Somebody tried to connect to a host that is not the twin's; nothing was sent."""
