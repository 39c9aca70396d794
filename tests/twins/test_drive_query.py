from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from targets.google.drive.twin.query import BadQuery, parse

VIEW = {
    "name": "Quarterly report_v2 Final",
    "fullText": "Quarterly report_v2 Final\nthe quick brown fox",
    "mimeType": "application/pdf",
    "starred": True,
    "trashed": False,
    "sharedWithMe": False,
    "parents": {"p1", "root"},
    "owners": {"me", "me@example.com"},
    "modifiedTime": datetime(2024, 5, 1, 12, tzinfo=UTC),
    "properties": {"colour": "red"},
    "visibility": "limited",
}


@pytest.mark.parametrize(
    "query",
    [
        "name = 'Quarterly report_v2 Final'",
        'name="Quarterly report_v2 Final"',
        "name != 'x'",
        "name contains 'quart'",
        "name contains 'report fin'",
        "name contains 'v2'",
        "fullText contains 'brown'",
        "fullText contains '\"quick brown\"'",
        "mimeType contains 'application/'",
        "starred = true and trashed=false",
        "starred and not sharedWithMe",
        "not 'labels/x' in labels",
        "not starred = false",
        "not (starred = false or trashed = true)",
        "'p1' in parents",
        "'root' in parents and 'me' in owners",
        "modifiedTime > '2024-05-01T11:59:59'",
        "modifiedTime <= '2024-05-01T14:00:00+02:00'",
        "modifiedTime >= '2024-05-01'",
        "properties has { key='colour' and value='red' }",
        "properties has {key='colour'}",
        "visibility = 'limited'",
        "trashed = true and name = 'x' or starred = true",
        "(trashed = true) or (starred = true)",
    ],
)
def test_holds(query):
    assert parse(query)(VIEW)


@pytest.mark.parametrize(
    "query",
    [
        "name = 'quarterly'",
        "name contains 'port'",
        "fullText contains 'brow'",
        "fullText contains '\"brown quick\"'",
        "mimeType contains 'pdf'",
        "'p2' in parents",
        "modifiedTime < '2024-05-01T12:00:00Z'",
        "viewedByMeTime > '2020-01-01'",
        "properties has { key='colour' and value='blue' }",
        "starred = true or name = 'x' and trashed = true",  # from left to right, not by precedence
    ],
)
def test_does_not_hold(query):
    assert not parse(query)(VIEW)


@pytest.mark.parametrize(
    "query",
    [
        "name",
        "bogus",
        "name =",
        "name == 'x'",
        "= 'x'",
        "bogus = 'x'",
        "name in 'x'",
        "'x' in name",
        "name > 'x'",
        "starred = 'true'",
        "starred = 1",
        "name = true",
        "name = x",
        "name = 'x' and",
        "and name = 'x'",
        "name = 'x' name = 'y'",
        "(name = 'x'",
        "name = 'x')",
        "name = 'it's'",
        "modifiedTime > 'yesterday'",
        "parents contains 'x'",
        "properties has { value='v' }",
        "properties has { key='k'",
        "memberCount > 3",
    ],
)
def test_refused(query):
    with pytest.raises(BadQuery):
        parse(query)


def test_shared_drives_have_terms_of_their_own():
    view = {"name": "Team", "hidden": False, "memberCount": 4}
    assert parse("memberCount > 3 and hidden = false", drives=True)(view)
    with pytest.raises(BadQuery):
        parse("mimeType = 'x'", drives=True)


def quoted(text, mark):
    return mark + text.replace("\\", "\\\\").replace(mark, "\\" + mark) + mark


@given(st.text(), st.sampled_from("'\""))
def test_any_name_can_be_asked_for(name, mark):
    assert parse(f"name = {quoted(name, mark)}")({"name": name})


@given(st.text(max_size=30))
def test_anything_else_is_a_bad_query(text):
    try:
        parse(text)
    except BadQuery:
        return
