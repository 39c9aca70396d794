"""What is opaque, and what stands for what: properties of ids, aliases and references."""

from __future__ import annotations

import string
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from conformance.oracle.alias import Aliases
from conformance.oracle.compare import Comparison
from conformance.oracle.findings import Context
from conformance.oracle.noise import Noise
from conformance.oracle.verdict import Axis, Deviation
from conformance.programs.identity import identity, is_long_number, is_token, namespace_of, split_parts
from conformance.programs.model import Call, Exchange, Given, GivenRef, Observation, Ref, Step, Template
from conformance.programs.references import link, references, resolve
from conformance.programs.trees import follow, leaves, leaves_and_parameters, map_leaves
from conformance.recordings.model import Json, Request, Response

TOKENS = st.text(string.ascii_letters + string.digits, min_size=20, max_size=33).filter(is_token)
VALUES = st.sampled_from("abcde")
PAIRS = st.lists(st.tuples(VALUES, VALUES))


def compared(recorded: Json, live: Json, context: Context | None = None) -> list[Deviation]:
    comparison = Comparison(context or Context(Noise()), "GET /things", lambda _operation, _path: "")
    comparison.compare(recorded, live)
    assert comparison.same == comparison.made - len(comparison.deviations)
    return comparison.deviations


# Aliases


@given(PAIRS)
def test_aliases_are_a_bijection(pairs: list[tuple[str, str]]) -> None:
    aliases = Aliases()
    accepted = {pair for pair in pairs if aliases.bind("id", *pair)}
    assert len({recorded for recorded, _ in accepted}) == len({live for _, live in accepted}) == len(accepted)
    for recorded, live in accepted:
        assert aliases.live("id", recorded) == live
        assert aliases.bind("id", recorded, live)


@given(PAIRS)
def test_aliases_refuse_only_what_contradicts(pairs: list[tuple[str, str]]) -> None:
    aliases = Aliases()
    accepted: set[tuple[str, str]] = set()
    for recorded, live in pairs:
        contradicted = any((recorded == one) != (live == other) for one, other in accepted)
        assert aliases.bind("id", recorded, live) is not contradicted
        if not contradicted:
            accepted.add((recorded, live))


def test_namespaces_are_apart() -> None:
    aliases = Aliases()
    assert aliases.bind("sheet id", 0, 7)
    assert aliases.bind("row id", 0, 0)
    assert aliases.live("sheet id", 0) == 7
    assert not aliases.bind("sheet id", 0, 0)


# Comparing documents whose ids were made anew


@st.composite
def documents(draw: st.DrawFn) -> tuple[Json, dict[str, str]]:
    """A list of things that name each other, and other names for them."""
    names = draw(st.lists(TOKENS, min_size=2, max_size=5, unique=True))
    others = draw(st.lists(TOKENS, min_size=len(names), max_size=len(names), unique=True))
    things = [
        {"id": name, "parent": draw(st.sampled_from(names)), "link": f"https://api.example/v1/{name}/at?of={name}"}
        for name in names
    ]
    return things, dict(zip(names, others, strict=True))


def renamed(document: Json, names: dict[str, str]) -> Json:
    def change(_: str | int, leaf: Any) -> Any:
        return "".join(names.get(part, part) for part in split_parts(leaf))

    return map_leaves(document, change)


@given(documents())
def test_other_ids_are_the_same(drawn: tuple[Json, dict[str, str]]) -> None:
    document, names = drawn
    assert compared(document, renamed(document, names)) == []


@given(documents(), st.data())
def test_two_ids_never_become_one(drawn: tuple[Json, dict[str, str]], data: st.DataObject) -> None:
    document, names = drawn
    one, other = data.draw(st.lists(st.sampled_from(sorted(names)), min_size=2, max_size=2, unique=True))
    found = compared(document, renamed(document, {**names, other: names[one]}))
    assert found
    assert {deviation.axis for deviation in found} <= {Axis.STATE, Axis.VALUE}


@given(documents(), TOKENS, st.data())
def test_one_id_never_becomes_two(drawn: tuple[Json, dict[str, str]], fresh: str, data: st.DataObject) -> None:
    document, names = drawn
    assume(fresh not in names.values())
    live = renamed(document, names)
    place = data.draw(st.integers(0, len(document) - 1))
    assume(any(thing["parent"] == document[place]["id"] for thing in document))
    live[place]["id"] = fresh
    assert compared(document, live)


@pytest.mark.parametrize("recorded", ["200", 200])
@pytest.mark.parametrize("live", ["404", 404])
def test_an_id_never_touches_other_numbers(recorded: str | int, live: str | int) -> None:
    """An id 200 is renamed to 404: the status beside it is still a status."""
    if type(recorded) is not type(live):
        return
    context = Context(Noise())
    assert compared({"id": recorded, "status": 200}, {"id": live, "status": 200}, context) == []
    assert [one.path for one in compared({"status": 200}, {"status": 404}, context)] == ["status"]
    assert [one.path for one in compared({"code": "200"}, {"code": "404"}, context)] == ["code"]
    assert [one.path for one in compared({"text": "200 seats"}, {"text": "201 seats"}, context)] == ["text"]


def test_serialized_json_is_text() -> None:
    """Nothing is replaced inside a string that holds JSON."""
    context = Context(Noise())
    assert compared({"id": "200"}, {"id": "31"}, context) == []
    inner = '{"status": 200, "id": "200"}'
    assert compared({"payload": inner}, {"payload": inner}, context) == []
    assert len(compared({"payload": inner}, {"payload": inner.replace("200", "31")}, context)) == 1


def test_what_the_client_chose_is_compared() -> None:
    context = Context(Noise(), sent={"chosenByClient00000001", 7})
    assert compared({"id": "chosenByClient00000001"}, {"id": "another0000000000001"}, context)
    assert compared({"sheetId": 7}, {"sheetId": 8}, context)


# Links


def linked(recorded: str, live: str, **more: Any) -> list[Deviation]:
    return compared({"self": recorded, "id": "L17"}, {"self": live, "id": "Z4"}, Context(Noise(), **more))


TWIN = "http://localhost:4100/base"


@pytest.mark.parametrize(
    ("live", "right"),
    [
        (f"{TWIN}/v1/loans/Z4", True),
        ("https://api.example/v1/loans/Z4", True),
        ("http://localhost:4100/v1/loans/Z4", False),
        ("http://localhost:4100/basement/v1/loans/Z4", False),
        ("http://evil.example/v1/loans/Z4", False),
        (f"{TWIN}/v1/loans/L17", True),
        (f"{TWIN}/v1/loans/Z5", False),
        (f"{TWIN}/v1/loan/Z4", False),
        (f"{TWIN}/v1/loans/Z4?x=1", False),
        ("/v1/loans/Z4", False),
    ],
)
def test_links_name_things_by_their_ids(live: str, right: bool) -> None:
    """The id comes after the link that names it. (An unchanged part is let pass: it may be no id at all.)"""
    found = linked("https://api.example/v1/loans/L17", live, twin_url=TWIN)
    assert (found == []) is right


def test_numbers_in_links() -> None:
    recorded = {"self": "https://api.example/issue/10001", "id": 10001}
    assert compared(recorded, {"self": "https://api.example/issue/7", "id": 7}) == []
    assert compared(recorded, {"self": "https://api.example/issue/8", "id": 7})


def test_cursors_in_links() -> None:
    recorded = {"next": "https://api.example/list?limit=2&cursor=abc"}
    context = Context(Noise())
    assert compared(recorded, {"next": "https://api.example/list?limit=2&cursor=xyz"}, context) == []
    assert compared(recorded, {"next": "https://api.example/list?limit=2&cursor=other"}, context)
    assert compared(recorded, {"next": "https://api.example/list?limit=3&cursor=xyz"})


# Forms


@pytest.mark.parametrize(
    "value", ["1BxiMVs0XRA5nFMdKvBdBZjgmUUq", "11709319447943691390", "9f86d081884c7d65", "0UAqFzWsDK4FrUMp48Y3"]
)
def test_tokens(value: str) -> None:
    assert is_token(value)


@pytest.mark.parametrize(
    "value", ["", "title", "getSpreadsheetValues", "2024-03-01", "Sheet1!A1:B2", "hello world 1234567", "12345678901"]
)
def test_no_tokens(value: str) -> None:
    assert not is_token(value)


@pytest.mark.parametrize(
    ("key", "namespace"),
    [
        ("sheetId", "sheet id"),
        ("sourceSheetId", "sheet id"),
        ("sheet_id", "sheet id"),
        ("id", "id"),
        ("nextPageToken", "page token"),
        ("ts", "ts"),
        ("title", ""),
        ("identity", ""),
        ("", ""),
    ],
)
def test_keys_that_name_things(key: str, namespace: str) -> None:
    assert namespace_of(key) == namespace


@pytest.mark.parametrize(("key", "value"), [("active", True), ("rowId", True), ("rowId", 1.5), ("rowId", None)])
def test_truth_fractions_and_null_are_no_ids(key: str, value: object) -> None:
    assert identity(key, value) is None


# Trees and references

SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=5) | TOKENS
KEYS = st.text(string.ascii_letters, min_size=1, max_size=5)
TREES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3))


@given(st.text())
def test_parts_make_up_the_text(text: str) -> None:
    assert "".join(split_parts(text)) == text


@given(TREES)
def test_a_path_leads_to_its_leaf(tree: Json) -> None:
    for path, value in leaves(tree):
        assert follow(tree, path) is value


@given(TREES, st.lists(st.text(string.ascii_letters, max_size=3) | st.integers(0, 3), max_size=4))
def test_any_path_leads_somewhere_or_nowhere(tree: Json, path: list[str | int]) -> None:
    follow(tree, tuple(path))


@given(st.dictionaries(KEYS, st.text(min_size=1), max_size=3))
def test_parameters_of_links_have_paths(parameters: dict[str, str]) -> None:
    from urllib.parse import urlencode

    tree = {"next": [f"https://api.example/list?{urlencode(parameters)}"]}
    found = {path[-1]: value for path, value in leaves_and_parameters(tree) if len(path) == 3}
    assert found == {f"?{name}": value for name, value in parameters.items()}
    assert all(follow(tree, path) == value for path, value in leaves_and_parameters(tree))


def seen(body: Json) -> Observation:
    import json

    response = Response(200, body=json.dumps(body).encode())
    return Observation(body, None, (Exchange(Request("GET", "http://h/"), response),))


def steps(*arguments: Any) -> tuple[Step, ...]:
    return tuple(Step(Call("t", "POST /x", "x", each), place) for place, each in enumerate(arguments))


@given(st.dictionaries(KEYS, TREES, max_size=4), TREES)
def test_resolving_undoes_linking(arguments: dict[str, Json], answer: Json) -> None:
    calls = link(steps({}, arguments), [seen(answer), seen(None)], ())
    again = resolve(calls[1].call, lambda source: source.recorded)
    assert again.arguments == arguments


def test_an_answered_id_becomes_a_reference() -> None:
    token = "0UAqFzWsDK4FrUMp48Y3"
    linked_steps = link(
        steps({}, {"file": token, "q": f"'{token}' in parents"}), [seen({"items": [{"id": token}]}), seen(None)], ()
    )
    made = Ref(0, ("items", 0, "id"), token)
    arguments = linked_steps[1].call.arguments
    assert arguments["file"] == made
    assert isinstance(arguments["q"], Template)
    assert arguments["q"].parts[:2] == ("'", made)
    assert "".join(part for part in arguments["q"].parts[2:] if isinstance(part, str)) == "' in parents"
    assert references(linked_steps[1].call) == [made, made]


def test_what_the_client_sent_first_is_its_own() -> None:
    token = "0UAqFzWsDK4FrUMp48Y3"
    linked_steps = link(steps({"id": token}, {"id": token}), [seen({"id": token}), seen(None)], ())
    assert linked_steps[1].call.arguments == {"id": token}


def test_a_number_is_a_reference_only_within_its_kind() -> None:
    linked_steps = link(steps({}, {"sheet_id": 0, "row": 0}), [seen({"sheetId": 0}), seen(None)], ())
    assert linked_steps[1].call.arguments == {"sheet_id": Ref(0, ("sheetId",), 0), "row": 0}


def test_givens_are_known_by_their_kind() -> None:
    givens = (Given("t", "member", 40939, id_path=("memberId",)), Given("t", "book", "abc"))
    linked_steps = link(steps({"member_id": 40939, "days": 40939, "book_id": "abc"}), [seen(None)], givens)
    assert linked_steps[0].call.arguments == {
        "member_id": GivenRef(40939, "memberId"),
        "days": 40939,
        "book_id": GivenRef("abc"),
    }


@pytest.mark.parametrize(("text", "expected"), [("27026", True), ("1000", False), ("00123", False), ("12a45", False)])
def test_long_numbers_name_things_without_a_key(text: str, expected: bool) -> None:
    assert is_long_number(text) is expected


@pytest.mark.parametrize(("text", "expected"), [("0|i0001b:", True), ("0|hzzzzz:zr", True), ("0|a:", False)])
def test_ranks_are_made_up(text: str, expected: bool) -> None:
    assert is_token(text) is expected


def test_a_numbered_name_stands_for_its_twin_under_any_key() -> None:
    recorded = {"key": "PART-17", "epic": "PART-17", "other": "PART-18"}
    assert not compared(recorded, {"key": "PART-21", "epic": "PART-21", "other": "PART-18"})
    wrong = compared(recorded, {"key": "PART-21", "epic": "PART-22", "other": "PART-18"})
    assert [deviation.path for deviation in wrong] == ["epic"]
