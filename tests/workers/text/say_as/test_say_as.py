"""Say-as refuses what is not of the type, and follows format, detail and the word before."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.text.say_as import KINDS, SayAsError, say_as


@pytest.mark.parametrize(
    ("interpret_as", "text"),
    [
        ("date", "1999-02-30"),
        ("date", "31/31/1999"),
        ("date", "tomorrow"),
        ("date", "1999-13-01"),
        ("time", "25:00"),
        ("time", "12:61"),
        ("time", "noon"),
        ("time", "13 PM"),
        ("cardinal", "twelve"),
        ("cardinal", ""),
        ("ordinal", "0"),
        ("ordinal", "abc"),
        ("currency", "12.50"),
        ("currency", "$"),
        ("currency", "XYZ 5"),
        ("currency", "$5 €"),
        ("telephone", "call me"),
        ("telephone", "+12"),
        ("fraction", "1/0"),
        ("fraction", "half"),
        ("unit", "5 parsecs"),
        ("digits", "a1"),
        ("spell-out", "   "),
        ("spell-out", "x" * 501),
    ],
)
def test_content_of_another_type_is_refused(interpret_as: str, text: str) -> None:
    with pytest.raises(SayAsError):
        say_as(text, interpret_as=interpret_as, language="en")


def test_an_unknown_type_names_the_known_ones() -> None:
    with pytest.raises(SayAsError, match=r"unknown interpret-as: 'colour'.*cardinal"):
        say_as("5", interpret_as="colour", language="en")


def test_a_language_without_say_as_says_which_have_it() -> None:
    with pytest.raises(SayAsError, match="not available in the language 'ko'"):
        say_as("5", interpret_as="cardinal", language="ko")


def test_say_as_format_sets_the_order_of_a_date() -> None:
    cases = [
        ("mdy", "05/06/2020", "May sixth, twenty twenty"),
        ("dmy", "05/06/2020", "the fifth of June, twenty twenty"),
        ("dd/mm/yyyy", "05/06/2020", "the fifth of June, twenty twenty"),
        ("ymd", "2020/06/05", "June fifth, twenty twenty"),
        ("ymd", "20200605", "June fifth, twenty twenty"),
        ("dmy", "1999-12-31", "the thirty-first of December, nineteen ninety-nine"),
        ("md", "12/31", "December thirty-first"),
        ("dm", "31/12", "the thirty-first of December"),
        ("my", "12/1999", "December nineteen ninety-nine"),
        ("ym", "1999-12", "December nineteen ninety-nine"),
        ("y", "1999", "nineteen ninety-nine"),
        ("", "December 31, 1999", "December thirty-first, nineteen ninety-nine"),
    ]
    assert {
        (order, text): said
        for order, text, spoken in cases
        if (said := say_as(text, interpret_as="date", language="en", format=order)) != spoken
    } == {}


def test_a_format_that_is_none_is_refused() -> None:
    with pytest.raises(SayAsError, match="unknown date format"):
        say_as("05/06/2020", interpret_as="date", language="en", format="xyz")
    with pytest.raises(SayAsError, match="unknown time format"):
        say_as("14:30", interpret_as="time", language="en", format="quarter")


def test_british_dates_put_the_day_first() -> None:
    assert say_as("05/06/2020", interpret_as="date", language="en-gb") == "the fifth of June, twenty twenty"


def test_the_word_before_changes_the_grammar() -> None:
    cases = [
        ("de", "am", "date", "2026-05-01", "ersten Mai zweitausendsechsundzwanzig"),
        ("de", "der", "date", "2026-05-01", "erste Mai zweitausendsechsundzwanzig"),
        ("it", "alle", "time", "12:00", "dodici"),
        ("pt", "às", "time", "00:00", "zero hora"),
        ("en", "the", "date", "31/12/1999", "December thirty-first, nineteen ninety-nine"),
    ]
    assert {
        (language, before, interpret_as, text): said
        for language, before, interpret_as, text, spoken in cases
        if (said := say_as(text, interpret_as=interpret_as, language=language, before=before)) != spoken
    } == {}


def test_detail_asks_for_the_feminine() -> None:
    assert say_as("21", interpret_as="cardinal", language="es", detail="f") == "veintiuna"
    assert say_as("1", interpret_as="ordinal", language="fr", detail="feminine") == "première"


def test_the_format_names_the_currency_of_a_bare_number() -> None:
    assert say_as("12.50", interpret_as="currency", language="en", format="EUR") == "twelve euros and fifty cents"


@given(st.sampled_from(sorted(KINDS)), st.text(max_size=30), st.sampled_from(["en", "es", "fr", "de", "it", "pt"]), st.text(max_size=4))
def test_any_content_is_said_or_refused(interpret_as: str, text: str, language: str, format: str) -> None:  # noqa: A002
    try:
        spoken = say_as(text, interpret_as=interpret_as, language=language, format=format)
    except SayAsError:
        return
    assert spoken.strip()
