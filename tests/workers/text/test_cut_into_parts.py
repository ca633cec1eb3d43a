"""Parts of a long text."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.growth import assert_linear
from workers.text.markup.parts import LONGEST_PART_CHARACTERS, LONGEST_WORDLESS, cut_into_parts

PROSE = "The engineer checked every bolt, then checked them all again. Nobody in the village remembered who had planted the tree. "


def test_a_short_text_is_one_part_and_an_empty_one_is_none() -> None:
    assert cut_into_parts("Hello.") == ["Hello."]
    assert cut_into_parts(PROSE * 6) == [PROSE * 6]  # 750 characters
    assert cut_into_parts("") == []


def test_parts_end_at_sentence_ends() -> None:
    parts = cut_into_parts(PROSE * 20)
    assert all(part.endswith((". ", "again. ")) for part in parts)
    assert all(300 < len(part) <= 500 for part in parts[:-1])
    assert 250 <= len(parts[-1]) <= 750


def test_text_without_words_joins_a_part_with_words() -> None:
    parts = cut_into_parts("* * *\n\n" * 200 + PROSE * 10 + "... " * 400 + PROSE * 10)
    assert len(parts) > 3
    assert all(any(character.isalnum() for character in part) for part in parts)


@given(st.text(alphabet="ab .,;!\n中。—é\u0301", max_size=400), st.integers(1, 50))
def test_the_parts_are_the_text(text: str, longest: int) -> None:
    parts = cut_into_parts(text, longest=longest)
    assert "".join(parts) == text
    assert all(parts)


WORDLESS = (". ", ".", " ", "\n", "* * *\n\n", "!? ", '."', "、", "\u0301", "\U0001f600", ". . . . . . . . . .x ")


@pytest.mark.parametrize("unit", WORDLESS)
def test_parts_of_a_text_with_hardly_a_letter_are_bounded(unit: str) -> None:
    text = "x" + unit * (100_000 // len(unit))
    parts = cut_into_parts(text)
    assert "".join(parts) == text
    assert max(map(len, parts)) <= LONGEST_WORDLESS * LONGEST_PART_CHARACTERS
    assert len(parts) >= 100_000 // (LONGEST_WORDLESS * LONGEST_PART_CHARACTERS)


@given(st.text(alphabet="a. \n。", max_size=400), st.integers(50, 80))
def test_no_part_is_longer_than_the_bound(text: str, longest: int) -> None:
    assert max(map(len, cut_into_parts(text, longest=longest)), default=0) <= LONGEST_WORDLESS * longest


@pytest.mark.parametrize("unit", [PROSE, "今天天气很好。我们去公园吧", "天气", "x", "word "])
def test_a_million_characters_are_cut_in_linear_time(unit: str) -> None:
    def prepare(characters: int) -> Callable[[], object]:
        return lambda: cut_into_parts((unit * characters)[:characters])

    assert_linear(prepare, size=160_000)
    text = (unit * (1_000_000 // len(unit) + 1))[:1_000_000]
    parts = cut_into_parts(text)
    assert "".join(parts) == text
    assert 1_900 < len(parts) < 2_800
    assert max(map(len, parts)) <= 750
