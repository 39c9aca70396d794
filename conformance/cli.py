"""The command line. Exit codes: 0 fine, 1 the gate failed, 2 the kit could not do its work."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from conformance import __version__
from conformance.errors import ConformanceError, defect

if TYPE_CHECKING:
    from conformance.commands.run import RunOptions

UNABLE, INTERRUPTED = 2, 130
_OUTPUT_BROKEN = (errno.EPIPE, errno.ENOSPC, errno.EIO)

app = typer.Typer(
    name="conformance",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

Targets = Annotated[list[str] | None, typer.Argument(help="Targets; all installed ones if none is named.")]


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"conformance {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def _root(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """How faithfully does a twin behave like the real service? Measured through the service's official SDK."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@app.command()
def run(
    targets: Targets = None,
    twin: Annotated[
        list[str] | None, typer.Option(metavar="TARGET=URL", help="Measure this twin instead of the embedded one.")
    ] = None,
    recordings: Annotated[
        list[Path] | None, typer.Option(metavar="DIR", help="Other recordings than those that come with the kit.")
    ] = None,
    holdout: Annotated[
        list[Path] | None,
        typer.Option(metavar="DIR", help="Held-out recordings: only counts of them are shown, nothing they hold."),
    ] = None,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder for the reports.")] = Path("conformance-report"),
    baseline: Annotated[Path | None, typer.Option(metavar="FILE", help="Fail on what it held and is lost.")] = None,
    update_baseline: Annotated[bool, typer.Option(help="Write what is held now to the baseline.")] = False,
    workers: Annotated[str, typer.Option(metavar="N|auto", help="Worker processes.")] = "auto",
    timeout: Annotated[float, typer.Option(metavar="SECONDS", help="How long a twin may be silent.")] = 10.0,
    cache: Annotated[bool, typer.Option(help="Keep what was found out about recordings.")] = True,
    sequences: Annotated[int, typer.Option(metavar="N", help="Programs to grow from the recordings.")] = 200,
    steps: Annotated[int, typer.Option(metavar="N", help="Longest grown program.")] = 30,
    seed: Annotated[int, typer.Option(metavar="S", help="What is grown depends on it alone.")] = 0,
) -> None:
    """Run recorded programs against twins and report a compatibility percentage per endpoint."""
    from conformance.commands.run import RunOptions

    options = RunOptions(
        targets=tuple(targets or ()),
        twins=tuple(twin or ()),
        recordings=tuple(recordings or ()),
        holdout=tuple(holdout or ()),
        out=out,
        baseline=baseline,
        update_baseline=update_baseline,
        workers=workers,
        timeout=timeout,
        cache=cache,
        sequences=sequences,
        steps=steps,
        seed=seed,
    )
    raise typer.Exit(_run(options))


def _run(options: RunOptions) -> int:
    from conformance.commands.run import execute

    return execute(options)


@app.command()
def replay(
    failure: Annotated[Path, typer.Argument(metavar="FAILURE", help="A file of the report's folder failures.")],
    twin: Annotated[
        list[str] | None,
        typer.Option(metavar="TARGET=URL", help="The twin; else that of CONFORMANCE_TWIN_URL, else the embedded one."),
    ] = None,
    timeout: Annotated[float, typer.Option(metavar="SECONDS", help="How long the twin may be silent.")] = 10.0,
) -> None:
    """Show one difference again: FIXED (exit code 0), STILL (1) or VOID (2)."""
    from conformance.commands.replay import execute

    raise typer.Exit(execute(failure, tuple(twin or ()), timeout))


@app.command()
def audit(
    targets: Targets = None,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder for audit.json.")] = Path("conformance-audit"),
    quick: Annotated[bool, typer.Option("--quick", help="Plant fewer faults, and grow no programs.")] = False,
    seed: Annotated[int, typer.Option(metavar="S", help="Where faults are planted depends on it alone.")] = 0,
    workers: Annotated[str, typer.Option(metavar="N|auto", help="Worker processes.")] = "auto",
    recordings: Annotated[
        list[Path] | None,
        typer.Option(metavar="DIR", help="Measure only false alarms, on these, as they are on the wire."),
    ] = None,
) -> None:
    """Measure the kit itself: how often it flags the real service, and which planted faults it catches."""
    from conformance.commands.audit import execute
    from conformance.commands.run import worker_count

    folders = tuple(recordings or ())
    count = worker_count(workers)
    raise typer.Exit(
        execute(tuple(targets or ()), out, quick=quick, seed=seed, workers=count, recordings=folders)
    )  # fmt: skip


@app.command()
def show(
    operation: Annotated[
        str, typer.Argument(metavar="[OPERATION]", help="An operation, its SDK call, or a part of either; all if none.")
    ] = "",
    recordings: Annotated[
        list[Path] | None, typer.Option(metavar="DIR", help="Other recordings than those that come with the kit.")
    ] = None,
) -> None:
    """Say in words what is expected of an operation, and which recordings say so."""
    from conformance.commands.show import execute

    raise typer.Exit(execute(operation, tuple(recordings or ())))


@app.command("import")
def import_recordings(
    source: Annotated[Path, typer.Argument(metavar="SOURCE", help="Folder of cassettes in any readable form.")],
    destination: Annotated[Path, typer.Argument(metavar="DEST", help="Folder to write distilled recordings to.")],
    limit: Annotated[
        float, typer.Option(metavar="MB", min=1, help="Size from which recordings that show nothing new stay out.")
    ] = 12,
) -> None:
    """Distil recordings: behaviour is kept, every personal or secret value is made anew."""
    from conformance.recordings.distil import import_command

    report = import_command(source, destination, round(limit * 1_000_000))
    typer.echo(str(report))
    if report.bad:
        raise typer.Exit(_say("Not every cassette could be read; those that could are imported."))


@app.command("twin")
def serve(
    targets: Targets = None,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on; 0 takes a free one.")] = 0,
) -> None:
    """Serve embedded twins, all on one port, until interrupted."""
    from conformance.commands.twin import execute

    execute(tuple(targets or ()), host, port)


def main() -> None:
    """Entry point: every error is one sentence on standard error, and exit code 2."""
    sys.exit(_exit_code())


def _exit_code() -> int:
    try:
        code = app(prog_name=app.info.name, standalone_mode=False)
        sys.stdout.flush()
    except (KeyboardInterrupt, typer.Abort):
        return _say("interrupted", INTERRUPTED)
    except ConformanceError as error:
        return _say(str(error))
    except Exception as error:
        return _say(_sentence(error))
    return code if isinstance(code, int) else 0


def _say(sentence: str, code: int = UNABLE) -> int:
    with contextlib.suppress(OSError):  # nobody listens any more
        typer.echo(f"conformance: {sentence}", err=True)
    return code


def _sentence(error: Exception) -> str:
    """One sentence for what is no error of ours: wrong usage, a broken standard output, or a defect of the kit."""
    if hasattr(error, "format_message"):  # the command line parser's, which moved between its versions
        context = getattr(error, "ctx", None)
        command = context.command_path if context else app.info.name
        return f"{error.format_message().rstrip('.')} (see '{command} --help')."
    if isinstance(error, OSError) and error.errno in _OUTPUT_BROKEN:
        _abandon_output()
        return f"The result cannot be printed ({error.strerror}); give standard output another place."
    return defect(error)


def _abandon_output() -> None:
    """Standard output is broken: what it still holds must not be written at exit, with a traceback."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
