"""Ranges as text, the model's rows and columns, and references that follow them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.twinkit.service import Refusal
from targets.google.sheets.twin import a1
from targets.google.sheets.twin.a1 import box_name, column_index, column_name, parse, quoted, range_name
from targets.google.sheets.twin.model import Box, Formula, Sheet, Spreadsheet, new_sheet, new_spreadsheet


@pytest.fixture
def book() -> Spreadsheet:
    made = new_spreadsheet("id", "Book")
    made.sheets[0] = new_sheet(0, "Main", 0, rows=50, columns=8)
    made.sheets += [new_sheet(7, "It's here", 1, rows=10, columns=5), new_sheet(8, "D3", 2, rows=4, columns=4)]
    corner = {"startRowIndex": 1, "endRowIndex": 4, "startColumnIndex": 1, "endColumnIndex": 3}
    made.named_ranges = [{"namedRangeId": "n", "name": "Rates", "range": {"sheetId": 7, **corner}}]
    made.sheets[1].tables = [{"tableId": "t", "name": "Stock", "range": {"sheetId": 7, "endRowIndex": 3}}]
    return made


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Main!B2", "Main!B2"),
        ("'Main'!B2:C3", "Main!B2:C3"),
        ("Main!C3:B2", "Main!B2:C3"),
        ("Main!c3:$B$2", "Main!B2:C3"),
        ("Main!A:B", "Main!A1:B50"),
        ("Main!2:3", "Main!A2:H3"),
        ("Main!B2:C", "Main!B2:C50"),
        ("Main!B2:3", "Main!B2:H3"),
        ("Main!R2C2", "Main!B2"),
        ("Main!R2C2:R3C4", "Main!B2:D3"),
        ("Main", "Main!A1:H50"),
        ("main", "Main!A1:H50"),
        ("B2", "Main!B2"),
        ("'D3'", "'D3'!A1:D4"),
        ("D3", "Main!D3"),
        ("'It''s here'!A1", "'It''s here'!A1"),
        ("Rates", "'It''s here'!B2:C4"),
        ("Main!Rates", "'It''s here'!B2:C4"),
        ("stock", "'It''s here'!A1:E3"),
    ],
)
def test_every_form_of_a_range_is_read(book: Spreadsheet, text: str, name: str) -> None:
    area = parse(book, text)
    assert range_name(area.sheet, area.clipped) == name


@pytest.mark.parametrize("text", ["", "Nowhere!A1", "Main!", "Main!A0", "Main!?", "Main!A1:", "'Main", "A1:B2:C3"])
def test_what_is_no_range_is_refused_in_the_words_it_came_in(book: Spreadsheet, text: str) -> None:
    with pytest.raises(Refusal) as refused:
        parse(book, text)
    error = refused.value.reply.body["error"]
    assert error == {"code": 400, "message": f"Unable to parse range: {text}", "status": "INVALID_ARGUMENT"}


def test_ends_beyond_the_grid_are_clipped_and_hidden_sheets_passed_over(book: Spreadsheet) -> None:
    assert box_name(parse(book, "Main!A2:Z900").clipped) == "A2:H50"
    book.sheets[0].properties["hidden"] = True
    assert parse(book, "A1").sheet.sheet_id == 7


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Main", "Main"),
        ("a_b.csv", "a_b.csv"),
        ("a-b.csv", "'a-b.csv'"),
        ("two words", "'two words'"),
        ("2024", "'2024'"),
        ("D3", "'D3'"),
        ("R1C1", "'R1C1'"),
        ("O'Hara", "'O''Hara'"),
        ("Übersicht", "Übersicht"),
    ],
)
def test_titles_are_quoted_where_they_must_be(title: str, name: str) -> None:
    assert quoted(title) == name


@given(st.integers(0, 18_277))
def test_column_names_go_both_ways(column: int) -> None:
    assert column_index(column_name(column)) == column


@given(
    st.text(min_size=1, max_size=12).filter(lambda title: title.strip() == title),
    st.tuples(st.integers(0, 99), st.integers(0, 40), st.integers(1, 9), st.integers(1, 9)),
)
def test_a_written_range_is_read_back(title: str, corner: tuple[int, int, int, int]) -> None:
    book = new_spreadsheet("id", "Book")
    book.sheets = [new_sheet(1, "Other", 0), new_sheet(2, title, 1, rows=200, columns=60)]
    top, left, height, width = corner
    box = Box(top, left, top + height, left + width)
    area = parse(book, range_name(book.sheets[1], box))
    assert area.clipped == box
    assert area.sheet.title.casefold() == title.casefold()


# --- rows and columns


def filled(rows: int, columns: int) -> Sheet:
    sheet = new_sheet(1, "Main", 0, rows, columns)
    for row in range(rows):
        for column in range(columns):
            sheet.enter(row, column, f"{row},{column}")
    return sheet


def spreadsheet_with(*sheets: Sheet) -> Spreadsheet:
    book = new_spreadsheet("id", "Book")
    book.sheets = list(sheets)
    return book


def column(sheet: Sheet, index: int = 0) -> list[object]:
    return [sheet.cell(row, index).entered for row in range(sheet.row_count)]


def test_inserting_and_deleting_rows_moves_cells_and_sizes_the_grid() -> None:
    sheet = filled(3, 1)
    book = spreadsheet_with(sheet)
    book.insert_dimension(sheet, "ROWS", 1, 2)
    assert column(sheet) == ["0,0", None, None, "1,0", "2,0"]
    book.delete_dimension(sheet, "ROWS", 0, 3)
    assert column(sheet) == ["1,0", "2,0"]


def test_moving_rows_goes_up_and_down() -> None:
    sheet = filled(4, 1)
    book = spreadsheet_with(sheet)
    book.move_dimension(sheet, "ROWS", 0, 1, 3)
    assert column(sheet) == ["1,0", "2,0", "0,0", "3,0"]
    book.move_dimension(sheet, "ROWS", 2, 1, 0)
    assert column(sheet) == ["0,0", "1,0", "2,0", "3,0"]


def test_shrinking_the_grid_forgets_what_is_outside() -> None:
    sheet = filled(3, 3)
    sheet.resize(2, 1)
    assert sorted(sheet.cells) == [(0, 0), (1, 0)]
    sheet.resize(3, 3)
    assert sheet.cell(2, 2).entered is None


def test_cells_are_pushed_and_pulled_inside_a_band_only() -> None:
    sheet = filled(3, 2)
    sheet.delete_cells(Box(0, 0, 1, 1), "ROWS")
    assert column(sheet) == ["1,0", "2,0", None]
    assert column(sheet, 1) == ["0,1", "1,1", "2,1"]
    sheet.insert_cells(Box(0, 0, 1, 1), "COLUMNS")
    assert [sheet.cell(0, at).entered for at in range(3)] == [None, "1,0", "0,1"]
    assert sheet.column_count == 3


def spans(sheet: Sheet) -> list[tuple[int, int]]:
    return [(merge["startRowIndex"], merge["endRowIndex"]) for merge in sheet.merges]


def test_ranges_follow_their_rows_and_vanish_with_them() -> None:
    sheet = filled(9, 2)
    book = spreadsheet_with(sheet)
    span = {"sheetId": 1, "startRowIndex": 2, "endRowIndex": 4, "startColumnIndex": 0, "endColumnIndex": 2}
    sheet.merges = [dict(span)]
    sheet.basic_filter = {"range": dict(span)}
    book.named_ranges = [{"namedRangeId": "n", "name": "N", "range": dict(span)}]
    sheet.protected_ranges = [{"protectedRangeId": 5}]
    book.insert_dimension(sheet, "ROWS", 2, 1)
    assert spans(sheet) == [(3, 5)]
    book.insert_dimension(sheet, "ROWS", 4, 1)
    assert spans(sheet) == [(3, 6)]
    assert book.named_ranges[0]["range"]["endRowIndex"] == 6
    book.delete_dimension(sheet, "ROWS", 0, 6)
    assert (sheet.merges, sheet.basic_filter, book.named_ranges) == ([], None, [])
    assert sheet.protected_ranges == [{"protectedRangeId": 5}]


@pytest.mark.parametrize(
    ("formula", "after"),
    [
        ("=A1+A2+A3", "=A1+A4+A5"),
        ("=SUM(A1:A3)", "=SUM(A1:A5)"),
        ('=$A$3&"A3"', '=$A$5&"A3"'),
        ("=LOG10(A3)+A3B", "=LOG10(A5)+A3B"),
        ("=SUM(A:A)+SUM(3:3)", "=SUM(A:A)+SUM(5:5)"),
        ("=Other!A3", "=Other!A3"),
        ("='Main'!A3+Main!A3", "='Main'!A5+Main!A5"),
        ("=TRUE", "=TRUE"),
    ],
)
def test_references_follow_inserted_rows(formula: str, after: str) -> None:
    sheet = filled(5, 2)
    sheet.enter(0, 1, Formula(formula))
    spreadsheet_with(sheet, new_sheet(2, "Other", 1)).insert_dimension(sheet, "ROWS", 1, 2)
    assert sheet.cell(0, 1).entered == Formula(after)


def test_references_to_deleted_cells_break() -> None:
    sheet = filled(5, 2)
    other = new_sheet(2, "Other", 1)
    other.enter(0, 0, Formula("=SUM(Main!B2:B4)+Main!B3"))
    spreadsheet_with(sheet, other).delete_dimension(sheet, "ROWS", 2, 1)
    assert other.cell(0, 0).entered == Formula("=SUM(Main!B2:B3)+#REF!")


@given(st.integers(0, 6), st.integers(1, 4))
def test_deleting_what_was_inserted_changes_nothing(start: int, count: int) -> None:
    sheet = filled(6, 1)
    sheet.merges = [{"sheetId": 1, "startRowIndex": 2, "endRowIndex": 4, "startColumnIndex": 0, "endColumnIndex": 1}]
    book = spreadsheet_with(sheet)
    before = column(sheet), list(sheet.merges)
    book.insert_dimension(sheet, "ROWS", start, count)
    book.delete_dimension(sheet, "ROWS", start, count)
    assert (column(sheet), sheet.merges) == before


def test_a_reference_knows_its_sheet_and_text_is_left_alone() -> None:
    seen: list[tuple[str | None, str, str]] = []

    def change(reference: a1.Reference) -> str:
        seen.append((reference.sheet, reference.cells, reference.name))
        return "X"

    assert a1.rewrite("=SUM('It''s'!A1:B2, Rates, \"A1\")", change) == '=SUM(X, X, "A1")'
    assert seen == [("It's", "A1:B2", ""), (None, "", "Rates")]
