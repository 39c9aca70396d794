"""Every error that ends a command: one sentence that says what, where and what to do (exit code 2)."""

from __future__ import annotations

import os
import re
import sys
import traceback

TRACEBACK = "CONFORMANCE_TRACEBACK"
"""Environment variable that asks for the traceback of a defect."""

_PLACE = re.compile(r'File ".*?([^/\\"]+)", line (\d+)')


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


class WorkerLost(ConformanceError):
    """A worker process ended before its work."""


def defect(error: BaseException) -> str:
    """The sentence for an error that nobody foresaw; its traceback goes to standard error if that is asked for."""
    text = "".join(traceback.format_exception(error))
    if os.environ.get(TRACEBACK):
        print(text, file=sys.stderr)
    # What comes from another process brings the place where it was raised as the text of its cause.
    places = _PLACE.findall(str(error.__cause__ or "")) or _PLACE.findall(text)
    where = " ({}, line {})".format(*places[-1]) if places else ""
    what = f"{type(error).__name__}: {error}".partition("\n")[0].removesuffix(": ")
    return f"This is a defect of the kit: {what}{where}; please report it with {TRACEBACK}=1 set."
