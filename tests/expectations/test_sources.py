from conformance.oracle.expectations.sources import edition, sources
from conformance.oracle.wire import wire_traces
from conformance.recordings.model import Provenance
from expectations.factories import barge, cut, exchange, judge_last, learned, life, recording


def groups(*recordings):
    return [source.group for source in sources(wire_traces(recordings)[0])]


def test_versions_of_one_file_are_one_group():
    one = life(1)
    first = recording("a.1f2e3d4c", *((i.request, i.response) for i in one.interactions), path="t/a.1f2e3d4c.yaml")
    second = recording("a.99887766", *((i.request, i.response) for i in one.interactions), path="t/a.99887766.yaml")
    other = recording("b", *((i.request, i.response) for i in one.interactions), path="t/b.yaml")
    found = groups(first, second, other)
    assert found[0] == found[1] != found[2]


def test_a_file_name_found_in_many_folders_names_where_it_was_recorded():
    call = exchange("GET", "/v1/barges", 200, {})
    tests = [recording(f"{t}{e}", call, path=f"fixtures/{t}/{e}.yaml") for t in ("x", "y", "z") for e in ("old", "new")]
    found = groups(*tests)
    assert len(set(found)) == 3
    assert found[0] == found[1]


def test_an_edition_is_a_flavour_of_the_service_and_not_of_a_recorder():
    def of(flavour):
        return edition(Provenance(service="barges", flavour=flavour))

    assert of("barges cloud v2, 2025-26") == of("barges cloud (On Demand) v2, 2014") != of("barges server v2, 2015")
    assert of("ruby vcr") == of("vcrpy / betamax") == ""


def test_old_evidence_is_no_expectation_of_today():
    old = [
        recording(f"o{n}", exchange("GET", "/v1/barges", 200, {"motd": "x"}), recorded=("2012-01-01",))
        for n in range(9)
    ]
    new = recording("new", exchange("GET", "/v1/quays", 200, {"kind": "quay"}), recorded=("2025-01-01",))
    expectations = learned([*old, new])[2]
    outdated = {known.operation: found.outdated for known, found in expectations.behaviours.items()}
    assert outdated == {"GET /v1/barges": True, "GET /v1/quays": False}


def test_editions_do_not_mix():
    cloud = [recording(f"c{n}", exchange("GET", "/v1/barges", 200, barge(n)), flavour="barges cloud") for n in range(9)]
    server = recording("s", exchange("GET", "/v1/barges", 200, {"id": "x"}), flavour="barges server")
    assert not judge_last(cloud, server).judged


def test_nobody_has_a_field_before_it_is_seen():
    new = [recording(f"n{n}", exchange("GET", "/v1/barges", 200, barge(n)), recorded=("2025-01-01",)) for n in range(9)]
    old = recording("old", exchange("GET", "/v1/barges", 200, barge(77, kind=...)), recorded=("2023-01-01",))
    assert judge_last(new, old).deviations == ()
    late = recording("late", exchange("GET", "/v1/barges", 200, barge(77, kind=...)), recorded=("2026-01-01",))
    assert {deviation.path for deviation in judge_last(new, late).deviations} == {"kind"}


def test_a_cut_recording_is_what_it_says():
    assert cut(life(1), 2, kind=...).interactions[-1].response.json == barge(1, kind=...)
