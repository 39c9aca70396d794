import json

import jsonschema
import pytest

from conformance.oracle.verdict import Axis, Verdict
from conformance.reports.document import document, schema
from conformance.reports.write import report_json
from conformance.scoring.baseline import Baseline, gate
from conformance.scoring.compatibility import score
from scoring.factories import NOW, behaviour, deviation, program, realistic, run, step


def test_the_schema_is_itself_valid():
    jsonschema.Draft202012Validator.check_schema(schema())


@pytest.mark.parametrize(
    "scored", [realistic(), realistic(3), run(), score([], [], generated_at=NOW)], ids=["one", "two", "bare", "none"]
)
def test_every_report_follows_the_schema(scored):
    jsonschema.validate(json.loads(report_json(scored)), schema())


def test_with_a_gate_too():
    scored = realistic()
    made = document(scored, gate(scored, Baseline("", {"canal": frozenset({"gone"})}), NOW.date()))
    jsonschema.validate(made, schema())
    assert made["gate"]["passed"] is False
    assert "gone" in made["gate"]["failures"][0]


def test_verdicts_and_axes_of_the_schema_are_those_of_the_oracle():
    assert schema()["$defs"]["verdict"]["enum"] == [verdict.value for verdict in Verdict]
    assert schema()["$defs"]["axis"]["enum"] == [axis.value for axis in Axis]


def test_every_object_is_closed_and_complete():
    """What the kit writes and what the schema says cannot drift apart."""

    def objects(node):
        if isinstance(node, dict):
            if "properties" in node:
                yield node
            for child in node.values():
                yield from objects(child)
        elif isinstance(node, list):
            for child in node:
                yield from objects(child)

    for found in objects(schema()):
        assert found["additionalProperties"] is False
        assert set(found["required"]) == set(found["properties"])


def test_the_members_that_readers_rely_on():
    (target,) = document(realistic())["targets"]
    assert set(target) >= {
        *("target", "sdk", "twin", "compatibility", "fidelity", "surface", "behaviours", "programs", "endpoints"),
        *("differences", "unlifted", "sdk_defects", "wishlist"),
    }
    assert set(target["programs"]["holdout"]) >= {"run", "satisfied", "interval"}
    assert set(target["surface"]) == {"endpoints", "evidenced", "exercised"}


def test_numbers_add_up():
    for seed in range(5):
        (target,) = document(realistic(seed))["targets"]
        counts = dict(target["behaviours"])
        assert counts.pop("evidenced") == sum(counts.values())
        assert counts["held"] == sum(endpoint["held"] for endpoint in target["endpoints"])
        assert target["checks"]["same"] == sum(endpoint["checks"]["same"] for endpoint in target["endpoints"])
        for endpoint in target["endpoints"]:
            for found in endpoint["behaviours"]:
                assert found["runs"] == sum(found["verdicts"].values())


def test_what_a_contract_asserts_is_told_by_itself():
    (target,) = document(realistic())["targets"]
    (miss,) = target["declared"].pop("misses")
    assert target["declared"] == {
        "asserted": 9,
        "run": 6,
        "recorded": 1,
        "agree": 3,
        "not_implemented": 2,
        "not_run": [{"reason": "the charter does not tell with which arguments", "count": 3}],
    }
    assert miss == {
        "operation": "GET /v1/barges",
        "sdk_call": "barges.list",
        "arguments": {"limit": 0},
        "axis": "declared",
        "expected": "400 badRequest",
        "actual": "200",
        "source": "the charter of the canal",
        "recorded": False,
    }
    assert document(run())["targets"][0]["declared"] is None
    assert {found["axis"] for found in target["differences"]}.isdisjoint({"declared"})


def test_clients_of_one_service_are_compared():
    (found,) = document(realistic())["clients"]
    assert (found["targets"], found["programs"], found["agree"], found["unexplained"]) == (
        *(["canal", "canal-by-night"], 60, 57, 1),
    )
    assert [one["why"] for one in found["disagreements"]] == ["", "only canal makes this call"]
    assert document(run())["clients"] == []


def test_held_out_recordings_appear_only_as_numbers():
    secret = program(
        step(behaviour("GET /v1/harbours"), Verdict.DIFFERS, [deviation(path="hidden", actual="hidden")]),
        name="hidden",
    )
    text = report_json(run(program(step()), holdout=[secret]))
    assert "hidden" not in text and "harbours" not in text
    assert json.loads(text)["targets"][0]["programs"]["holdout"]["run"] == 1


def test_the_same_run_gives_the_same_text():
    assert report_json(realistic()) == report_json(realistic())
