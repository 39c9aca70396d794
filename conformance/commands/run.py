"""``conformance run``: the main job, from options to reports and exit code."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path

from conformance.audit.figures import last_audit
from conformance.config import read_file, recordings_folder, twin_addresses
from conformance.errors import BadConfiguration, CannotWrite, ConformanceError
from conformance.oracle.verdict import Behaviour
from conformance.recordings.model import Recording
from conformance.reports.failures import with_repros, write_failures
from conformance.reports.terminal import Progress, make_console, print_run
from conformance.reports.write import write_reports
from conformance.runner import SHOWN_RECORDINGS, Outcome, Plan, addresses, all_cores, run
from conformance.scoring import baseline as baselines
from conformance.scoring.clients import compare_clients
from conformance.scoring.compatibility import score
from conformance.scoring.declared import declared_score
from conformance.scoring.model import ClientsScore, Evidence, Masks, RunScore, TargetFacts, Twin
from conformance.target import installed, load, unusable, usable
from conformance.worlds.cache import default_folder
from conformance.worlds.live import TwinAddress

SHOWN_BAD = 10
LONGEST_TIMEOUT = 3600
"""Seconds; a socket takes no time-out without end."""


@dataclass(frozen=True)
class RunOptions:
    """The options of the command, as given."""

    targets: tuple[str, ...]
    twins: tuple[str, ...]
    recordings: tuple[Path, ...]
    holdout: tuple[Path, ...]
    out: Path
    baseline: Path | None
    update_baseline: bool
    workers: str
    timeout: float
    cache: bool
    sequences: int = 0
    steps: int = 30
    seed: int = 0


def execute(options: RunOptions) -> int:
    """Run, print, write; returns the exit code.

    Raises:
        ConformanceError: nothing could be measured.
    """
    plan = make_plan(options)
    known = _baseline(options)
    console = make_console()
    with Progress(make_console(sys.stderr), total=0) as progress:
        outcome = run(plan, progress)
    run_score = score_outcome(plan, outcome)
    gate = baselines.gate(run_score, known, datetime.now(UTC).date()) if known else None
    problems = [*run_score.problems, *_write(options, run_score, gate, outcome.tests())]
    for problem in problems:
        print(f"conformance: {problem}", file=sys.stderr)
    print_run(console, run_score, options.out, gate)
    if problems:
        return 2
    return 1 if gate and not gate.passed else 0


def make_plan(options: RunOptions) -> Plan:
    """Check the options and fill in what they leave open."""
    twins = twin_addresses(options.twins, read_file(), installed())
    selected = options.targets or (tuple(twins) if options.twins else _all_usable(twins))
    for name in selected:
        load(name).sdk()
        if not _has_twin(name, twins):
            raise _no_twin(name)
    folders = options.recordings or tuple(recordings_folder() / service for service in _services(selected))
    return Plan(
        selected=tuple(dict.fromkeys(selected)),
        recordings=folders,
        twins=twins,
        workers=worker_count(options.workers),
        timeout=_timeout(options.timeout),
        cache=default_folder() if options.cache else None,
        holdout=options.holdout,
        sequences=_natural("sequences", options.sequences),
        steps=_natural("steps", options.steps),
        seed=options.seed,
    )


def _all_usable(twins: Mapping[str, TwinAddress]) -> tuple[str, ...]:
    """All targets whose SDK is installed and that have a twin; those that are left out are named."""
    reasons: dict[str, ConformanceError] = unusable()
    lonely = (name for name in usable() if not _has_twin(name, twins))
    reasons |= {name: _no_twin(name) for name in lonely}
    found = tuple(name for name in usable() if name not in reasons)
    if not found:
        none = BadConfiguration("No target is installed; install one, for example with pip install '.[all]'.")
        raise next(iter(reasons.values()), none)
    for name, reason in reasons.items():
        print(f"conformance: The target '{name}' is left out: {reason}", file=sys.stderr)
    return found


def _has_twin(name: str, twins: Mapping[str, TwinAddress]) -> bool:
    return name in twins or load(name).twin() is not None


def _no_twin(name: str) -> BadConfiguration:
    return BadConfiguration(f"The target '{name}' has no embedded twin; name one with --twin {name}=URL.")


def _services(selected: tuple[str, ...]) -> list[str]:
    """Folders of recordings, each once: two targets may drive one service."""
    return list(dict.fromkeys(load(name).service for name in selected))


def worker_count(text: str) -> int:
    """``--workers N|auto`` as a number of processes."""
    if text == "auto":
        return all_cores()
    if text.isdecimal() and int(text) > 0:
        return int(text)
    raise BadConfiguration(f"--workers {text}: write a number of processes, or auto.")


def _timeout(seconds: float) -> float:
    if 0 < seconds <= LONGEST_TIMEOUT:
        return seconds
    raise BadConfiguration(f"--timeout {seconds:g}: write seconds, more than 0 and at most {LONGEST_TIMEOUT}.")


def _natural(name: str, number: int) -> int:
    if number < 0:
        raise BadConfiguration(f"--{name} {number}: write a number that is not negative.")
    return number


def _baseline(options: RunOptions) -> baselines.Baseline | None:
    if options.baseline is None:
        if options.update_baseline:
            raise BadConfiguration("--update-baseline needs --baseline FILE: which file is to be written?")
        return None
    if options.update_baseline and not options.baseline.exists():
        return None
    return baselines.load(options.baseline)


def score_outcome(plan: Plan, outcome: Outcome) -> RunScore:
    """Score what came of a run."""
    evidence = outcome.evidence()
    masks = Masks(tuple(outcome.noise.lines()))
    twins = addresses(plan.twins, plan.selected)
    facts = [_facts(name, twins.get(name), evidence, outcome, masks) for name in plan.selected]
    scored = score(
        outcome.results,
        facts,
        seed=plan.seed,
        holdout=outcome.holdout,
        clients=_clients(plan.selected, twins, outcome),
        problems=_problems(outcome),
    )
    return with_repros(scored, outcome.tests())


def _clients(selected: Sequence[str], twins: Mapping[str, TwinAddress], outcome: Outcome) -> tuple[ClientsScore, ...]:
    """Any two targets that drive one service, on one twin, compared."""
    driven = {name: (load(name).service, twins[name].base_url if name in twins else "") for name in selected}
    pairs = [pair for pair in combinations(selected, 2) if driven[pair[0]] == driven[pair[1]]]
    return tuple(compare_clients(driven[pair[0]][0], pair, outcome.traces, outcome.results) for pair in pairs)


def _facts(
    name: str,
    address: TwinAddress | None,
    evidence: Mapping[Behaviour, list[Recording]],
    outcome: Outcome,
    masks: Masks,
) -> TargetFacts:
    target = load(name)
    mine = {key: _evidence(found) for key, found in evidence.items() if key.target == name}
    checked = outcome.declared.get(name)
    return TargetFacts(
        target=name,
        sdk=target.sdk(),
        twin=Twin("external", name, address.base_url) if address else Twin("embedded", name, ""),
        surface=target.surface(),
        evidence=mine,
        unlifted=outcome.unlifted.get(name, ()),
        masks=masks,
        sdk_defects=outcome.sdk_defects().get(name, ()),
        audit=last_audit(name),
        held_out=outcome.held_out.get(name),
        declared=declared_score(checked, mine) if checked else None,
        unexercised=[f"{known.name}: {why}" for known, why in outcome.unexercised.items() if known.target == name],
    )


def _evidence(recordings: list[Recording]) -> Evidence:
    dates = [recording.provenance.recorded[-1] for recording in recordings if recording.provenance.recorded]
    names = tuple(recording.name for recording in recordings[:SHOWN_RECORDINGS])
    return Evidence(len(recordings), names, max(dates, default=""))


def _problems(outcome: Outcome) -> tuple[str, ...]:
    """What kept the run from being whole, a sentence each."""
    bad = outcome.bad_recordings
    more = [f"{len(bad) - SHOWN_BAD} more recordings cannot be read."] if len(bad) > SHOWN_BAD else []
    return (*bad[:SHOWN_BAD], *more, *filter(None, [outcome.failure]))


def _write(
    options: RunOptions, run_score: RunScore, gate: baselines.GateResult | None, tests: Mapping[str, str]
) -> list[str]:
    """Write reports and baseline; returns what went wrong, for the measurement is not lost with a full disk."""
    try:
        write_reports(run_score, options.out, gate)
        write_failures(tests, options.out)
        if options.update_baseline and options.baseline:
            _write_baseline(options.baseline, run_score)
    except ConformanceError as error:
        return [str(error)]
    return []


def _write_baseline(path: Path, run_score: RunScore) -> None:
    if run_score.problems:
        raise CannotWrite(f"{path} is left as it was, because the run is not whole.")
    old = baselines.load(path) if path.exists() else None
    baselines.write(path, baselines.updated(run_score, old))
