import pytest
from hypothesis import given
from hypothesis import strategies as st

from targets.google import fields, schemas

DOCUMENT = {
    "kind": "k",
    "files": [{"id": "1", "owner": {"name": "n", "mail": "m"}}, {"id": "2"}],
    "token": None,
}


@pytest.mark.parametrize(
    ("mask", "selected"),
    [
        ("kind", {"kind": "k"}),
        ("kind, token", {"kind": "k", "token": None}),
        ("files(id)", {"files": [{"id": "1"}, {"id": "2"}]}),
        ("files/owner/name", {"files": [{"owner": {"name": "n"}}, {}]}),
        ("files.owner.mail,files.id", {"files": [{"id": "1", "owner": {"mail": "m"}}, {"id": "2"}]}),
        ("files( owner( name , mail ) )", {"files": [{"owner": {"name": "n", "mail": "m"}}, {}]}),
        ("files,files(id)", {"files": DOCUMENT["files"]}),
        ("*", DOCUMENT),
        ("files/*/name", {"files": [{"id": "1", "owner": {"name": "n"}}, {"id": "2"}]}),
        ("nothing", {}),
    ],
)
def test_apply_selects(mask, selected):
    assert fields.apply(mask, DOCUMENT) == selected


@pytest.mark.parametrize("mask", ["", "a,", ",a", "a(", "a()", "a)", "a(b", "a/", "a b", "a//b", "a(b)c"])
def test_malformed_masks_are_refused(mask):
    with pytest.raises(fields.BadMask):
        fields.parse(mask)


def test_position_of_the_fault():
    with pytest.raises(fields.BadMask) as caught:
        fields.parse("ab,(c")
    assert caught.value.position == 3


@pytest.mark.parametrize(
    ("mask", "unknown"),
    [
        ("files(id,name),nextPageToken", None),
        ("files/owners/emailAddress", None),
        ("files/properties/anything", None),
        ("files/*/displayName", None),
        ("*", None),
        ("bogus", "bogus"),
        ("files(id,bogus(x))", "files.bogus"),
        ("files/owners/bogus", "files.owners.bogus"),
    ],
)
def test_unknown_path(mask, unknown):
    schema = schemas.schema("drive", "FileList")
    assert fields.unknown_path(fields.parse(mask), "drive", schema) == unknown


def test_update_paths_take_both_spellings_and_both_separators():
    mask = "grid_properties(row_count, columnCount), a/b.c, title"
    assert fields.paths(mask) == (
        ("gridProperties", "rowCount"),
        ("gridProperties", "columnCount"),
        ("a", "b", "c"),
        ("title",),
    )


def test_camelise_leaves_the_names_of_maps_alone():
    body = {"mime_type": "t", "properties": {"my_key": "v"}, "shortcut_details": {"target_id": "x"}}
    assert fields.camelise(body, "drive", schemas.schema("drive", "File")) == {
        "mimeType": "t",
        "properties": {"my_key": "v"},
        "shortcutDetails": {"targetId": "x"},
    }


NAMES = st.sampled_from(["a", "b", "c", "*"])
MASKS = st.recursive(
    st.builds(lambda: {}), lambda inside: st.dictionaries(NAMES, inside, min_size=1, max_size=3), max_leaves=8
)


def text(mask):
    return ",".join(f"{name}({text(inside)})" if inside else name for name, inside in mask.items())


@given(MASKS.filter(bool))
def test_reading_what_was_written_gives_the_same_mask(mask):
    assert fields.parse(text(mask)) == mask


@given(MASKS, st.recursive(st.none(), lambda v: st.dictionaries(st.sampled_from("abc"), v) | st.lists(v)))
def test_applying_twice_changes_nothing_more(mask, document):
    once = fields.apply(mask, document)
    assert fields.apply(mask, once) == once


def test_surface_uses_full_paths():
    assert "GET /drive/v3/files/{fileId}" in schemas.surface("drive")
    assert "POST /v4/spreadsheets/{spreadsheetId}:batchUpdate" in schemas.surface("sheets")
    assert "POST /v1/documents/{documentId}:batchUpdate" in schemas.surface("docs")
