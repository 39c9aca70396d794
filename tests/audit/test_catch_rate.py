"""Every kind of fault is planted where it shows, and the judge finds it; a blind judge would be found out."""

from __future__ import annotations

import pytest

from conformance.audit import catch_rate
from conformance.audit.catch_rate import Auditor, CatchPlan, Caught, chosen, measure, total
from conformance.audit.faults import KINDS
from conformance.audit.plant import first_changed
from conformance.audit.survey import Spot
from conformance.programs.model import Trace

RARE = {"option ignored", "wrong order", "swapped elements"}
"""Kinds of which the toy service may show nothing."""


def test_there_are_kinds_enough() -> None:
    assert len(KINDS) >= 24


@pytest.mark.parametrize("kind", KINDS)
def test_faults_are_found(kind: str, auditor: Auditor) -> None:
    found = auditor.kind("library", KINDS[kind])
    assert found.applied or kind in RARE
    assert found.caught_recorded <= found.caught <= found.applied
    assert len(found.missed) == found.applied - found.caught
    assert found.caught * 3 >= found.applied * 2, found.missed


def test_the_correct_twin_answers_again_as_before(auditor: Auditor) -> None:
    auditor._twin.plant(None)
    for case in auditor._recorded:
        assert not first_changed(auditor._twin, case.tape), case.name
        assert not case.found


def test_a_blind_judge_catches_nothing(auditor: Auditor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catch_rate, "findings", lambda _: frozenset())
    found = auditor.kind("library", KINDS["dropped field"])
    assert found.applied == 3
    assert found.caught == 0
    assert {one.operation for one in found.missed} <= set(auditor._targets["library"].surface())


def test_the_same_faults_are_chosen_again(auditor: Auditor) -> None:
    first, second = (auditor.kind("library", KINDS["renamed field"]) for _ in range(2))
    assert first == second


@pytest.mark.usefixtures("auditor")
def test_all_kinds_are_measured_and_told(toy_traces: list[Trace], monkeypatch: pytest.MonkeyPatch) -> None:
    kinds = ("dropped field", "stale read")
    monkeypatch.setattr(catch_rate, "KINDS", {name: KINDS[name] for name in kinds})
    told: list[Caught] = []
    found = measure(CatchPlan(("library",), toy_traces, applied=3, grown=3), told.append)
    assert found == told
    assert {row.kind for row in found} == set(kinds)
    assert all(0 < row.applied <= 3 for row in found)


def test_every_route_comes_before_any_comes_twice() -> None:
    spots = [Spot(route, 200, (str(number),)) for route in ("GET /a", "GET /b", "GET /c") for number in range(4)]
    order = chosen(spots, "0")
    assert sorted(order) == sorted(spots)
    assert {spot.route for spot in order[:3]} == {"GET /a", "GET /b", "GET /c"}
    assert order != chosen(spots, "1")


def test_errors_of_one_status_are_one_form() -> None:
    spots = [Spot(route, 404, ("error", "code")) for route in ("GET /a", "GET /b")]
    assert len(chosen(spots, "0")) == 1


def test_totals_add_up() -> None:
    rows = [Caught("toy", "a", 3, 2, 1), Caught("toy", "b", 2, 2, 2)]
    assert (total(rows).applied, total(rows).caught, total(rows).caught_recorded) == (5, 4, 3)
