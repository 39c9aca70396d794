"""What a cell shows, and what becomes of what is typed into it."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from targets.google.sheets.twin.dates import EPOCH, serial
from targets.google.sheets.twin.entry import Entry, extended, from_extended, raw, typed
from targets.google.sheets.twin.formats import display, general
from targets.google.sheets.twin.model import CellError, Formula


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (7, "7"),
        (-1.5, "-1.5"),
        (0.1 + 0.2, "0.3"),
        (2 / 3, "0.6666666667"),
        (123456.789012, "123456.789"),
        (0.00001, "0.00001"),
        (123456789012345, "123456789012345"),
        (1.5e20, "1.5E+20"),
        (2.0, "2"),
    ],
)
def test_numbers_without_a_pattern(number: float, shown: str) -> None:
    assert general(number) == shown


@pytest.mark.parametrize(
    ("number", "pattern", "shown"),
    [
        (1234.5, "#,##0.00", "1,234.50"),
        (1234567, "#,##0", "1,234,567"),
        (0.256, "0.0%", "25.6%"),
        (-5, "0;(0)", "(5)"),
        (-1234.5, '"$"#,##0.00', "-$1,234.50"),
        (0, '0;-0;"none"', "none"),
        (-0.001, "0.00", "0.00"),
        (0.5, "#.##", ".5"),
        (5550100, "000-0000", "555-0100"),
        (12345.678, "0.00E+00", "1.23E+04"),
        (9.996, "0.00E+00", "1.00E+01"),
        (0.00012, "0.00E+00", "1.20E-04"),
        (2_500_000, '0.0,,"M"', "2.5M"),
        (5, '[>=10]"many";"few"', "few"),
        (12, "[Red]0 [$€-407]", "12 €"),
        (3, '0" pcs"', "3 pcs"),
        (1.005, "0.00", "1.01"),
        (1.5, "@", "1.5"),
    ],
)
def test_number_patterns(number: float, pattern: str, shown: str) -> None:
    assert display(number, {"type": "NUMBER", "pattern": pattern}) == shown


MOMENT = serial(datetime(2031, 4, 5, 16, 7, 9))


@pytest.mark.parametrize(
    ("value", "pattern", "shown"),
    [
        (MOMENT, "yyyy-mm-dd", "2031-04-05"),
        (MOMENT, "M/d/yy", "4/5/31"),
        (MOMENT, "dddd, mmmm d", "Saturday, April 5"),
        (MOMENT, "ddd d-mmm", "Sat 5-Apr"),
        (MOMENT, "h:mm am/pm", "4:07 PM"),
        (MOMENT, "hh:mm:ss", "16:07:09"),
        (MOMENT, "mm:ss", "07:09"),
        (MOMENT, 'yyyy"y" m"m"', "2031y 4m"),
        (1.5, "[h]:mm:ss", "36:00:00"),
        (0.25 + 0.0005 / 86400 * 1000, "h:mm:ss.000", "6:00:00.500"),
    ],
)
def test_date_patterns(value: float, pattern: str, shown: str) -> None:
    assert display(value, {"type": "DATE_TIME", "pattern": pattern}) == shown


def test_types_without_a_pattern_and_values_that_are_no_numbers() -> None:
    assert display(0.5, {"type": "PERCENT"}) == "50.00%"
    assert display(1234.5, {"type": "CURRENCY"}, "de_DE") == "€1.234,50"
    assert display(MOMENT, {"type": "DATE"}) == "4/5/2031"
    assert display(MOMENT, {"type": "DATE"}, "en_GB") == "05/04/2031"
    assert display(1.5, None, "fr_FR") == "1,5"
    plain = [True, False, None, "x", CellError("#N/A")]
    assert [display(value) for value in plain] == ["TRUE", "FALSE", "", "x", "#N/A"]
    assert display("x", {"pattern": '0;0;0;"<"@">"'}) == "<x>"


@given(st.floats(allow_nan=False, allow_infinity=False), st.sampled_from(["#,##0.00", "0.00E+00", "0%", "0", "yyyy"]))
def test_no_number_breaks_a_pattern(number: float, pattern: str) -> None:
    assert display(number, {"type": "NUMBER", "pattern": pattern})


@given(st.integers(-(10**14), 10**14))
def test_whole_numbers_are_shown_and_typed_alike(number: int) -> None:
    assert typed(general(number)) == Entry(number)


# --- entries


@pytest.mark.parametrize(
    ("text", "value", "shown"),
    [
        ("0042", 42, "42"),
        ("-1.5", -1.5, "-1.5"),
        ("1,234", 1234, "1,234"),
        ("12.5%", 0.125, "12.50%"),
        ("$1,234.50", 1234.5, "$1,234.50"),
        ("-$3", -3, "-$3"),
        ("5€", 5, "5€"),
        ("1e3", 1000, "1.00E+03"),
        (" 7 ", 7, "7"),
        ("true", True, "TRUE"),
        ("2031-04-05", 47943, "2031-04-05"),
        ("4/5/2031", 47943, "4/5/2031"),
        ("Apr 5, 2031", 47943, "Apr 5, 2031"),
        ("5-Apr-2031", 47943, "5-Apr-2031"),
        ("12:30", 0.5208333333333334, "12:30"),
        ("1:30 pm", 0.5625, "1:30 PM"),
        ("2031-04-05 12:00", 47943.5, "2031-04-05 12:00"),
        ("#N/A", CellError("#N/A"), "#N/A"),
    ],
)
def test_what_is_recognised(text: str, value: object, shown: str) -> None:
    entry = typed(text)
    assert (entry.value, type(entry.value)) == (value, type(value))
    assert not isinstance(entry.value, Formula)
    assert display(entry.value, entry.number_format) == shown


@pytest.mark.parametrize("text", ["x", "1_000", "1,23", "2031-13-01", "1.2.3", "+-5", "=", "5%%", "25:61"])
def test_what_stays_text(text: str) -> None:
    assert typed(text) == Entry(text)


def test_formulas_apostrophes_blanks_and_values_that_are_no_text() -> None:
    assert typed("=1+1") == Entry(Formula("=1+1"))
    assert typed("'=1+1") == Entry("=1+1")
    assert raw("=1+1") == Entry("=1+1")
    assert typed("") == raw("") == Entry(None)
    assert [typed(value).value for value in (5, 0.5, True)] == [5, 0.5, True]
    assert [repr(read(2.0).value) for read in (raw, typed)] == ["2", "2"]
    assert typed("1e999") == Entry("1e999")


def test_locales_decide_about_separators_and_the_order_of_dates() -> None:
    assert typed("1.234,5", "de_DE").value == 1234.5
    assert typed("1.5", "de_DE").value == "1.5"
    assert typed("5/4/2031", "en_GB").value == typed("4/5/2031", "en_US").value


@given(st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1)))
def test_typed_moments_are_shown_as_typed(moment: datetime) -> None:
    text = moment.strftime("%Y-%m-%d %H:%M:%S")
    entry = typed(text)
    assert isinstance(entry.value, int | float)
    assert EPOCH + timedelta(days=entry.value) - moment.replace(microsecond=0) < timedelta(milliseconds=1)
    assert display(entry.value, {"pattern": "yyyy-mm-dd hh:mm:ss"}) == text


@pytest.mark.parametrize("value", [5, 0.5, "x", True, Formula("=1")])
def test_extended_values_go_both_ways(value: object) -> None:
    document = extended(value)  # type: ignore[arg-type]
    assert document is not None
    assert from_extended(document) == value


def test_errors_have_types_in_the_vendors_form() -> None:
    assert extended(CellError("#DIV/0!")) == {"errorValue": {"type": "DIVIDE_BY_ZERO"}}
    assert extended(None) is None
    assert from_extended({"stringValue": ""}) is None
