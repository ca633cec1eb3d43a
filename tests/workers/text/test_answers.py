"""Answers of a model: bounded length, without markup if they are spoken."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.text.answers import NUMBERED, make_speakable, truncate_answer


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("Just **one** sentence with *two* words.", "Just one sentence with two words."),
        ("***Both***, __under__ and _this_, ~~gone~~.", "Both, under and this, gone."),
        ("2 * 3 * 4 is 24, snake_case_name stays.", "2 * 3 * 4 is 24, snake_case_name stays."),
        ("# Title\n\nText", "Title.\n\nText"),
        ("- one\n* two!\n+ [x] three", "one.\ntwo!\nthree."),
        ("1. first\n2) second", "1. first.\n2. second."),
        ("1. \n2) ", "1.\n2."),
        ("> quoted\n> more", "quoted\nmore"),
        ("See [the docs](https://example.com/a_(b)) and ![a cat](cat.png).", "See the docs and a cat."),
        ("Mail <https://example.com/x>.", "Mail https://example.com/x."),
        ("Run `make test` now.", "Run make test now."),
        ("Before\n```python\nprint(1)\n```\nAfter", "Before\nAfter"),
        ("```\nls -la\n```", "ls -la"),
        ("| a | b |\n|---|:--|\n| 1 | 2 |", "a, b.\n1, 2."),
        ("One\n\n---\n\nTwo", "One\n\nTwo"),
        ("Line<br>with <b class='x'>tags</b>", "Line with tags"),
        (r"Not \*bold\*", "Not *bold*"),
        ("Plain & simple: 3 < 4 and 5 > 4.", "Plain & simple: 3 < 4 and 5 > 4."),
        ("", ""),
    ],
)
def test_markup_is_not_spoken(written: str, spoken: str) -> None:
    assert make_speakable(written) == spoken


def filled_lines(text: str) -> list[str]:
    return [line for line in text.split("\n") if line.strip()]


@given(st.text(alphabet="ab 1.,!?\n", max_size=200))
def test_text_keeps_every_word_and_lists_gain_only_closing_marks(text: str) -> None:
    spoken = make_speakable(text)
    assert re.findall(r"[ab1]+", spoken) == re.findall(r"[ab1]+", text)
    for said, line in zip(filled_lines(spoken), filled_lines(text), strict=True):
        assert NUMBERED.match(line) or said.split() == line.split()
    assert len(spoken) <= len(text) + len(text.splitlines())


@given(st.text(alphabet="*_`#>-|[]()<>ab \n\\!~", max_size=300))
def test_make_speakable_strips_any_text_without_error(text: str) -> None:
    spoken = make_speakable(text)
    assert spoken == spoken.strip()


def test_reply_within_the_length_limit_is_unchanged() -> None:
    assert truncate_answer("  One. Two\n", longest=20) == "One. Two"


def test_a_long_answer_ends_with_its_last_whole_sentence() -> None:
    assert truncate_answer("First one. Second one. Third one.", longest=25) == "First one. Second one."


def test_an_answer_that_was_stopped_ends_with_its_last_whole_sentence() -> None:
    assert truncate_answer('He said: "Yes." And th', is_cut=True) == 'He said: "Yes."'
    assert truncate_answer("これは文です。そし", is_cut=True) == "これは文です。"


def test_answer_with_an_endless_sentence_is_cut_at_the_limit() -> None:
    assert truncate_answer("word " * 100, longest=12) == "word word wo"
    assert truncate_answer("no end", is_cut=True) == "no end"
