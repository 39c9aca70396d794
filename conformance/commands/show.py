"""``conformance show``: what the evidence says about an operation, in words, and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path

from conformance.config import recordings_folder
from conformance.errors import BadConfiguration, BadRecording
from conformance.oracle.expectations.cache import LearnCache
from conformance.oracle.expectations.facts import Kind
from conformance.oracle.expectations.judge import THRESHOLD, Memory
from conformance.oracle.expectations.learn import learn
from conformance.oracle.expectations.model import Expectation, Expectations
from conformance.oracle.expectations.rules import Rule, rules_of
from conformance.oracle.verdict import Behaviour
from conformance.oracle.wire import wire_traces
from conformance.programs.model import Trace
from conformance.recordings.model import Recording
from conformance.recordings.read import read_folder
from conformance.target import Target, load, usable
from conformance.worlds.cache import code_fingerprint, default_folder

SHOWN_WORDS, SHOWN_PLACES, SHOWN_RECORDINGS, SHOWN_CANDIDATES = 6, 12, 10, 20
"""So many known answers, places of one rule, recordings and candidates are named; of more the number is."""

WORDS: Mapping[Kind, str] = {
    Kind.BODY: "The answer is {answers}",
    Kind.HEADER: "Header: {answers}",
    Kind.TYPE: "Type {answers}",
    Kind.FORM: "Form: {answers}",
    Kind.LENGTH: "{answers} characters long",
    Kind.ALPHABET: "Of these kinds of characters (0: digit, a: small, A: capital): {answers}",
    Kind.PREFIX: "Begins with {answers}",
    Kind.WORD: "Says {answers}",
    Kind.ECHO: "Is what was sent",
    Kind.NAMED: "Is, or contains, what the path names",
    Kind.LINK: "Contains the identifier of its object",
    Kind.ORDER: "The list is {answers}",
    Kind.MOMENTS: "The first moment is {answers} the second",
    Kind.UNIQUE: "No element twice",
    Kind.LIMIT: "No more elements than were asked for",
    Kind.STAYS: "Since it was last seen: {answers}",
    Kind.KEPT: "Is what was last written",
    Kind.MEMBER: "What the program made is {answers} the list",
    Kind.FRESH: "A new thing has a new identifier",
    Kind.OUTCOME: "After what was done to the thing: {answers}",
}
"""How a rule reads; ``{answers}`` are the answers known."""


def execute(operation: str, recordings: Sequence[Path] = ()) -> int:
    """Print what is expected of the operations that ``operation`` names ("" lists all of them).

    Args:
        operation: ``METHOD path-template``, the SDK's name for it, or a part of either.
        recordings: Folders of recordings; those that come with the kit if there is none.

    Raises:
        BadConfiguration: no recorded operation is called so.
        BadRecording: there is no recording to learn from.
    """
    traces, targets, expectations = _learned(recordings or (recordings_folder(),))
    calls = _sdk_calls(traces)
    names = _matching(operation, calls)
    if len(names) == 1:
        print("\n\n".join(_explained(names[0], calls, traces, targets, expectations)))
    else:
        print("\n".join(_candidates(names, calls, expectations, everything=not operation)))
    return 0


def _learned(folders: Iterable[Path]) -> tuple[list[Trace], Mapping[str, Target], Expectations]:
    recordings: list[Recording] = [found for folder in folders for found in read_folder(folder, lambda _: None)]
    if not recordings:
        raise BadRecording("There is no recording to learn from; name a folder with --recordings.")
    targets = [load(name) for name in usable()]
    traces, known = wire_traces(recordings, targets)
    sdks = sorted(str(target.sdk()) for target in targets)
    return traces, known, learn(traces, known, LearnCache(default_folder(), f"{code_fingerprint()} {sdks}"))


def _sdk_calls(traces: Iterable[Trace]) -> dict[tuple[str, str], str]:
    """The SDK's name of each recorded operation, by target and operation."""
    steps = (step.call for trace in traces for step in trace.program.steps)
    return {(call.target, call.operation): call.sdk_call for call in steps}


def _matching(wanted: str, calls: Mapping[tuple[str, str], str]) -> list[tuple[str, str]]:
    """Operations that are called so; else those whose names contain it."""
    text = wanted.strip().casefold()
    names = {key: (key[1].casefold(), sdk.casefold(), f"{key[0]}.{sdk}".casefold()) for key, sdk in calls.items()}
    exact = [key for key, known in names.items() if text in known]
    found = exact or [key for key, known in names.items() if any(text in name for name in known)]
    if not found:
        close = get_close_matches(wanted, {*calls.values(), *(name for _, name in calls)}, cutoff=0.4)
        hint = f"did you mean {' or '.join(close)}?" if close else "'conformance show' lists them."
        raise BadConfiguration(f"No recording shows an operation called '{wanted}'; {hint}")
    return sorted(found)


def _candidates(
    names: Sequence[tuple[str, str]],
    calls: Mapping[tuple[str, str], str],
    expectations: Expectations,
    *,
    everything: bool,
) -> Iterable[str]:
    """One line for each operation: its names and what was seen of it."""
    seen: dict[tuple[str, str], list[Behaviour]] = defaultdict(list)
    for behaviour in expectations.seen:
        seen[behaviour.target, behaviour.operation].append(behaviour)
    if not everything:
        yield "Several operations are called so; name one of them:"
    shown = names if everything else names[:SHOWN_CANDIDATES]
    for target, name in shown:
        outcomes = ", ".join(sorted({behaviour.outcome for behaviour in seen[target, name]}))
        sdk = calls[target, name]
        yield f"  {target}: {name}{f' = {sdk}' if sdk != name else ''} → {outcomes}"
    if len(names) > len(shown):
        yield f"  … and {len(names) - len(shown)} more"


def _explained(
    name: tuple[str, str],
    calls: Mapping[tuple[str, str], str],
    traces: Sequence[Trace],
    targets: Mapping[str, Target],
    expectations: Expectations,
) -> Iterable[str]:
    """A paragraph for each behaviour of an operation, the best known first."""
    memory = Memory(expectations, expectations.scope())
    behaviours = [behaviour for behaviour in expectations.seen if (behaviour.target, behaviour.operation) == name]
    found = [expectations.expectation(behaviour, memory.scope) for behaviour in behaviours]
    yield f"{name[0]}: {name[1]}" + (f" = {calls[name]}" if calls[name] != name[1] else "")
    for one in sorted(found, key=lambda one: -one.groups):
        yield "\n".join(_behaviour(one, rules_of(one.behaviour, traces, targets, memory)))


def _behaviour(expectation: Expectation, rules: Sequence[Rule]) -> Iterable[str]:
    yield f"→ {expectation.behaviour.outcome}{_variant(expectation.behaviour)}: {_evidence(expectation)}"
    strong = [rule for rule in rules if rule.strength >= THRESHOLD]
    weak = [rule for rule in rules if 0 < rule.strength < THRESHOLD]
    yield from _paragraph("Must be so (a twin that does otherwise fails)", strong)
    yield from _paragraph("Was always so, but the evidence is too weak to fail a twin", weak)
    free = [rule for rule in rules if rule.kind is Kind.PRESENCE and not rule.strength and rule.answers["there"]]
    if free:
        yield "  Come and go: " + _listed([f"{rule.path} ({_share(rule)})" for rule in free], SHOWN_PLACES)
    names = [f"{source.name} ({source.date[:10] or 'no date'})" for source in expectation.recordings]
    yield "  Recordings: " + _listed(names, SHOWN_RECORDINGS)


def _variant(behaviour: Behaviour) -> str:
    return f" [{behaviour.variant}]" if behaviour.variant else ""


def _evidence(expectation: Expectation) -> str:
    """``seen in 12 recordings, 9 of them independent, 2018-03 to 2025-11``."""
    dates = sorted(source.date for source in expectation.recordings if source.date)
    when = f", {dates[0][:7]} to {dates[-1][:7]}" if dates else ""
    old = "; old evidence only, which counts for nothing today" if expectation.outdated else ""
    return f"seen in {len(expectation.recordings)} recordings, {expectation.groups} of them independent{when}{old}"


def _share(rule: Rule) -> str:
    there = rule.answers["there"]
    return f"{there}; absent in {rule.answers['absent']}"


def _paragraph(title: str, rules: Iterable[Rule]) -> Iterable[str]:
    """Rules that read alike are one line, with the places where they hold and the recordings behind each."""
    evidence: dict[str, dict[str, int]] = defaultdict(dict)
    for rule in rules:
        places = evidence[_sentence(rule)]
        places[_place(rule)] = max(rule.evidence, places.get(_place(rule), 0))
    if evidence:
        yield f"  {title}; in brackets, how many independent recordings say so:"
    for sentence, places in sorted(evidence.items()):
        shown = [f"{place} ({count})" for place, count in sorted(places.items())]
        yield f"    {sentence}: {_listed(shown, SHOWN_PLACES)}"


def _sentence(rule: Rule) -> str:
    if rule.kind is Kind.PRESENCE:
        return f"Always there{_when(rule.condition)}"
    return WORDS[rule.kind].format(answers=_listed(sorted(rule.answers), SHOWN_WORDS, " or "))


def _when(condition: str) -> str:
    """`` when status = ACTIVE (1 level up)``; each ``^`` before a name is an object further up."""
    levels = len(condition) - len(condition.lstrip("^"))
    where = f" ({levels} level{'s' if levels > 1 else ''} up)" if levels else ""
    return f" when {condition.lstrip('^')}{where}" if condition else ""


def _place(rule: Rule) -> str:
    relation = f" ← {rule.relation}" if rule.relation else ""
    return f"{rule.path or 'the whole'}{relation}"


def _listed(items: Sequence[str], most: int, comma: str = ", ") -> str:
    more = f" … and {len(items) - most} more" if len(items) > most else ""
    return comma.join(items[:most]) + more
