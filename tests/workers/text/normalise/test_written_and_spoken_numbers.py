"""Numbers as each language writes and says them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.text.normalise.languages import find_language
from workers.text.normalise.languages.base import Language
from workers.text.normalise.written_numbers import parse_number, read_number


def language_of(code: str) -> Language:
    found = find_language(code)
    assert found
    return found


@pytest.mark.parametrize(
    ("code", "written", "digits", "fraction"),
    [
        ("en", "1,234.56", "1234", "56"),
        ("en", "1.234,56", "1234", "56"),
        ("en", "1,5", "1", ""),
        ("en", "1.234", "1", "234"),
        ("de", "1.234", "1234", ""),
        ("de", "1.5", "1", "5"),
        ("de", "1.234.567", "1234567", ""),
        ("fr", "12 345,6", "12345", "6"),
        ("en", "12 345", "12", ""),
        ("en", "12\u202f345", "12345", ""),
        ("de", "1’234’567", "1234567", ""),
        ("fr", "2019 300", "2019", ""),
        ("en", "12,34,567", "1234567", ""),
        ("en", "١٢٣", "123", ""),
    ],
)
def test_separators_are_read_as_the_language_writes_them(code: str, written: str, digits: str, fraction: str) -> None:
    read = read_number(written, 0, language=language_of(code))
    assert read
    assert (read[0].digits, read[0].fraction) == (digits, fraction)


@pytest.mark.parametrize("written", ["", "abc", "1,2,3", "--5", "1.2.3", "5 5", "1e5"])
def test_a_text_that_is_no_number_is_not_read(written: str) -> None:
    assert parse_number(written, language=language_of("en")) is None


@pytest.mark.parametrize("code", ["en", "es", "fr", "de", "it", "pt"])
@given(number=st.integers(0, 10**18 - 1), other=st.integers(0, 10**18 - 1))
def test_two_numbers_never_sound_the_same(code: str, number: int, other: int) -> None:
    language = language_of(code)
    assert (language.cardinal(number) == language.cardinal(other)) == (number == other)


@pytest.mark.parametrize(
    ("code", "number", "cardinal", "ordinal"),
    [
        ("en", 112, "one hundred twelve", "one hundred twelfth"),
        ("en-gb", 112, "one hundred and twelve", "one hundred and twelfth"),
        ("es", 121, "ciento veintiuno", "centésimo vigésimo primero"),
        ("fr", 91, "quatre-vingt-onze", "quatre-vingt-onzième"),
        ("de", 1_000_001, "eine Million eins", "eine Million erste"),
        ("it", 33, "trentatré", "trentatreesimo"),
        ("pt", 1_200, "mil e duzentos", "milésimo ducentésimo"),
        ("pt-pt", 17, "dezassete", "décimo sétimo"),
    ],
)
def test_a_number_has_a_cardinal_and_an_ordinal(code: str, number: int, cardinal: str, ordinal: str) -> None:
    assert language_of(code).cardinal(number) == cardinal
    assert language_of(code).ordinal(number) == ordinal


def test_genders_and_nouns_change_the_number() -> None:
    spanish, portuguese, german = language_of("es"), language_of("pt"), language_of("de")
    assert spanish.cardinal(201, gender="f", has_noun=True) == "doscientas una"
    assert spanish.cardinal(31, has_noun=True) == "treinta y un"
    assert portuguese.cardinal(2_222, gender="f") == "duas mil duzentas e vinte e duas"
    assert german.cardinal(1, gender="f", has_noun=True) == "eine"
