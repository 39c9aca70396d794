"""The gate: what was held stays held, by name, and every tolerated difference has a reason and an end.

A baseline file lists for each target the behaviours that were held, and the *known divergences*: differences that
somebody has accepted, each with a reason and the last day on which it is accepted. A known divergence excuses its
behaviour from the gate; one that no longer occurs, or whose day has passed, fails the gate until it is taken out.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from conformance.errors import BadConfiguration
from conformance.files import write_text
from conformance.oracle.verdict import Axis, Verdict
from conformance.recordings.model import Json
from conformance.scoring.model import BehaviourScore, Difference, RunScore, TargetScore
from conformance.twinkit.router import structure

SCHEMA_NAME = "conformance-baseline/1"
ACCEPTED_FOR = timedelta(days=90)
"""How long a known divergence is accepted in the lines that the gate offers to paste."""

_JUDGED = (Verdict.SAME, Verdict.DIFFERS)
_HIDES_THE_REST = (Axis.OUTCOME, Axis.SDK)
"""Where these differ nothing else of the answer was compared."""


@dataclass(frozen=True, order=True)
class KnownDivergence:
    """A difference that is accepted until ``expires`` (inclusive)."""

    target: str
    behaviour: str
    axis: str
    path: str
    reason: str
    expires: date

    @property
    def line(self) -> str:
        """Its line in the baseline file."""
        return json.dumps(_entry(self), ensure_ascii=False)


@dataclass(frozen=True)
class Baseline:
    """What a baseline file says: names of held behaviours by target, and known divergences."""

    kit_version: str = ""
    held: Mapping[str, frozenset[str]] = field(default_factory=dict)
    known: tuple[KnownDivergence, ...] = ()


@dataclass(frozen=True)
class Regression:
    """A behaviour that was held and is not any more; ``lines`` would accept its differences, once given a reason."""

    target: str
    behaviour: str
    verdict: Verdict
    lines: tuple[str, ...] = ()


@dataclass(frozen=True)
class GateResult:
    """What the gate found. Targets of the baseline that were not run are in ``skipped`` and do not fail it."""

    regressions: tuple[Regression, ...] = ()
    vanished: tuple[tuple[str, str], ...] = ()
    """Target and name of behaviours that the evidence no longer has."""
    stale: tuple[KnownDivergence, ...] = ()
    """Known divergences that no longer occur."""
    expired: tuple[KnownDivergence, ...] = ()
    improved: tuple[tuple[str, str], ...] = ()
    """Target and name of behaviours that are held and not yet in the baseline."""
    skipped: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """True when nothing fails the gate."""
        return not (self.regressions or self.vanished or self.stale or self.expired)

    @property
    def failures(self) -> tuple[str, ...]:
        """One sentence for each thing that fails the gate."""
        return (
            *(f"{r.target}: {r.behaviour} was held and is now: {_words(r.verdict)}." for r in self.regressions),
            *(f"{target}: {name} was held and has vanished from the evidence." for target, name in self.vanished),
            *(f"{_named(k)} is a known divergence that no longer occurs." for k in self.stale),
            *(f"{_named(k)} is a known divergence that expired on {k.expires} ({k.reason})." for k in self.expired),
        )

    @property
    def lines(self) -> tuple[str, ...]:
        """Everything worth printing: verdict, failures, and the lines to paste or to delete."""
        return tuple(_lines(self))


def gate(run: RunScore, baseline: Baseline, today: date) -> GateResult:
    """Hold a run against a baseline."""
    targets = {target.name: target for target in run.targets}
    baseline = _in_names_of(targets, baseline)
    held = {name: names for name, names in baseline.held.items() if name in targets}
    known = [entry for entry in baseline.known if entry.target in targets]
    accepted = {_key(entry) for entry in known if entry.expires >= today}
    return GateResult(
        regressions=tuple(
            regression
            for name, names in sorted(held.items())
            for regression in _regressions(targets[name], names, accepted, today)
        ),
        vanished=tuple(
            (name, gone)
            for name, names in sorted(held.items())
            for gone in sorted(names - _by_name(targets[name]).keys())
        ),
        stale=tuple(entry for entry in known if _is_stale(entry, targets[entry.target])),
        expired=tuple(entry for entry in known if entry.expires < today),
        improved=tuple(
            (target.name, name)
            for target in run.targets
            for name in sorted(_held(target) - baseline.held.get(target.name, frozenset()))
        ),
        skipped=tuple(sorted(baseline.held.keys() - targets.keys())),
    )


def updated(run: RunScore, old: Baseline | None = None) -> Baseline:
    """The baseline that this run passes, except for known divergences that have expired: those need a person.

    Targets that were not run keep what ``old`` says of them; known divergences that no longer occur are taken out.
    """
    targets = {target.name: target for target in run.targets}
    old = _in_names_of(targets, old or Baseline())
    known = (k for k in old.known if k.target not in targets or not _is_stale(k, targets[k.target]))
    held = dict(old.held) | {name: _held(target) for name, target in targets.items()}
    return Baseline(run.kit_version, held, tuple(sorted(known)))


def _in_names_of(targets: Mapping[str, TargetScore], baseline: Baseline) -> Baseline:
    """The baseline with the run's names for behaviours: other versions of an SDK call path parameters otherwise."""
    present = {name: {structure(own): own for own in _by_name(target)} for name, target in targets.items()}

    def renamed(target: str, behaviour: str) -> str:
        names = present.get(target, {})
        return names.get(structure(behaviour), behaviour)

    held = {target: frozenset(renamed(target, name) for name in names) for target, names in baseline.held.items()}
    known = tuple(replace(entry, behaviour=renamed(entry.target, entry.behaviour)) for entry in baseline.known)
    return replace(baseline, held=held, known=known)


def dump(baseline: Baseline) -> str:
    """The text of a baseline file: sorted, one behaviour per line, so that a diff shows what changed."""
    text = {
        "schema": SCHEMA_NAME,
        "kit_version": baseline.kit_version,
        "held": {target: sorted(names) for target, names in sorted(baseline.held.items())},
        "known_divergences": [],
    }
    shell = json.dumps(text, ensure_ascii=False, indent=2)
    entries = ",\n    ".join(entry.line for entry in sorted(baseline.known))
    if entries:
        # One line per entry, exactly as the gate offers it.
        shell = shell.removesuffix("[]\n}") + f"[\n    {entries}\n  ]\n}}"
    return shell + "\n"


def write(path: Path, baseline: Baseline) -> None:
    """Write a baseline file in one move; raises CannotWrite."""
    write_text(path, dump(baseline))


def load(path: Path) -> Baseline:
    """Read a baseline file.

    Raises:
        BadConfiguration: it cannot be read or is not a baseline; the sentence says where and why.
    """
    try:
        return parse(json.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise BadConfiguration(
            f"The baseline {path} cannot be read ({error.strerror or error}); make one with --update-baseline."
        ) from error
    except (ValueError, RecursionError) as error:
        raise BadConfiguration(f"The baseline {path} is not usable: {error}.") from error


def parse(text: Json) -> Baseline:
    """A baseline from its JSON document; raises ValueError with a phrase that says what is wrong."""
    if not isinstance(text, dict) or text.get("schema") != SCHEMA_NAME:
        raise ValueError(f'it does not say "schema": "{SCHEMA_NAME}"')
    held, known = text.get("held", {}), text.get("known_divergences", [])
    if not isinstance(held, dict) or not all(_is_names(names) for names in held.values()):
        raise ValueError('"held" must map each target to a list of behaviour names')
    if not isinstance(known, list):
        raise ValueError('"known_divergences" must be a list')
    return Baseline(
        kit_version=str(text.get("kit_version", "")),
        held={target: frozenset(names) for target, names in held.items()},
        known=tuple(_divergence(place, entry) for place, entry in enumerate(known, start=1)),
    )


def _is_names(names: Json) -> bool:
    return isinstance(names, list) and all(isinstance(name, str) for name in names)


def _divergence(place: int, entry: Json) -> KnownDivergence:
    members = ("target", "behaviour", "axis", "path", "reason", "expires")
    if not isinstance(entry, dict) or not all(isinstance(entry.get(name), str) for name in members):
        raise ValueError(f"known divergence {place} must have the texts {', '.join(members)}")
    if not entry["reason"].strip():
        raise ValueError(f"known divergence {place} gives no reason")
    try:
        expires = date.fromisoformat(entry["expires"])
    except ValueError:
        raise ValueError(f"known divergence {place} expires on no date (YYYY-MM-DD)") from None
    return KnownDivergence(**{name: entry[name] for name in members[:-1]}, expires=expires)


def _entry(known: KnownDivergence) -> dict[str, Any]:
    return {
        "target": known.target,
        "behaviour": known.behaviour,
        "axis": known.axis,
        "path": known.path,
        "reason": known.reason,
        "expires": known.expires.isoformat(),
    }


def _key(known: KnownDivergence) -> tuple[str, str, str, str]:
    return known.target, known.behaviour, known.axis, known.path


def _difference_key(found: Difference) -> tuple[str, str, str, str]:
    return found.behaviour.target, found.behaviour.name, found.axis.value, found.path


def _named(known: KnownDivergence) -> str:
    where = f" at {known.path}" if known.path else ""
    return f"{known.target}: {known.behaviour} ({known.axis}{where})"


def _by_name(target: TargetScore) -> dict[str, BehaviourScore]:
    return {found.behaviour.name: found for found in target.behaviours}


def _held(target: TargetScore) -> frozenset[str]:
    return frozenset(found.behaviour.name for found in target.behaviours if found.held)


def _regressions(
    target: TargetScore, names: Iterable[str], accepted: set[tuple[str, str, str, str]], today: date
) -> Iterator[Regression]:
    now = _by_name(target)
    for name in sorted(names):
        if name not in now or now[name].held:
            continue
        found = [d for d in target.differences if d.behaviour.name == name]
        new = [d for d in found if _difference_key(d) not in accepted]
        if new or not found:
            lines = tuple(_offer(difference, today) for difference in new)
            yield Regression(target.name, name, now[name].verdict, lines)


def _offer(found: Difference, today: date) -> str:
    """The line that would accept ``found``; its reason is left empty, and the kit refuses an empty one."""
    return KnownDivergence(*_difference_key(found), reason="", expires=today + ACCEPTED_FOR).line


def _is_stale(known: KnownDivergence, target: TargetScore) -> bool:
    """True when the run shows that it no longer occurs; what the run could not see is not stale."""
    behaviour = _by_name(target).get(known.behaviour)
    if behaviour is None:
        return True
    found = [d for d in target.differences if d.behaviour.name == known.behaviour]
    if behaviour.verdict not in _JUDGED or any(_difference_key(d) == _key(known) for d in found):
        return False
    return not any(d.axis in _HIDES_THE_REST for d in found)


def _words(verdict: Verdict) -> str:
    return verdict.replace("_", " ")


def _lines(result: GateResult) -> Iterator[str]:
    yield "The gate passed." if result.passed else f"The gate failed: {len(result.failures)} by name."
    yield from result.failures
    paste = [line for regression in result.regressions for line in regression.lines]
    if paste:
        yield 'To accept these differences for now, give each a reason and put it under "known_divergences":'
        yield from (f"{line}," for line in paste)
    if delete := [*result.stale, *(known for known in result.expired if known not in result.stale)]:
        yield 'To be deleted from "known_divergences" (an expired one may get a new date instead):'
        yield from (f"{known.line}," for known in delete)
    if result.improved:
        yield f"{len(result.improved)} held that the baseline does not list yet; keep them with --update-baseline."
    if result.skipped:
        yield f"Not run, so not compared: {', '.join(result.skipped)}."
