"""Sentences and shares of a text: nothing is lost, doubled or moved."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.text.shares import Passage, cut_passages, gap_between, split_into_shares

TEXTS = st.text(alphabet="abc AB.!?,\n1", max_size=400)


def test_sentences_come_with_what_stands_behind_them() -> None:
    assert cut_passages(" Hello. How are you?\n\nFine, 3.5 thanks! ", longest=400) == [
        Passage("Hello.", " "),
        Passage("How are you?", "\n\n"),
        Passage("Fine, 3.5 thanks!", " "),
    ]


@given(TEXTS)
def test_passages_concatenate_to_the_text(text: str) -> None:
    passages = cut_passages(text, longest=60)
    assert "".join(passage.text + passage.gap for passage in passages).strip() == text.strip()
    assert all(passage.text == passage.text.strip() and 0 < len(passage.text) <= 120 for passage in passages)


@pytest.mark.parametrize(
    ("gap", "target", "between"),
    [("", "en", " "), ("  ", "en", " "), (" ", "ja", ""), ("\n\n", "en", "\n\n"), (" \n ", "zh", "\n")],
)
def test_sentences_are_parted_as_the_language_does(gap: str, target: str, between: str) -> None:
    assert gap_between(gap, target=target) == between


@pytest.mark.parametrize(
    ("shares", "dealt"),
    [
        (1, ("aaaa. bb. cccccccc. d.",)),
        (2, ("aaaa. bb. ", "cccccccc. d.")),
        (3, ("aaaa. ", "bb. ", "cccccccc. d.")),
    ],
)
def test_shares_are_about_equal_and_end_with_a_sentence(shares: int, dealt: tuple[str, ...]) -> None:
    assert split_into_shares(["aaaa. ", "bb. ", "cccccccc. ", "d."], shares=shares) == dealt


def test_fewer_sentences_than_shares_leave_some_empty() -> None:
    assert split_into_shares([], shares=3) == ("", "", "")
    assert sorted(split_into_shares(["one."], shares=3)) == ["", "", "one."]


def test_zero_shares_raise_value_error() -> None:
    with pytest.raises(ValueError, match="at least one share"):
        split_into_shares(["one."], shares=0)


@given(st.lists(st.text(alphabet="ab. ", min_size=1, max_size=30), max_size=30), st.integers(1, 40))
def test_together_the_shares_are_the_text_and_as_many_as_asked_for(pieces: list[str], shares: int) -> None:
    dealt = split_into_shares(pieces, shares=shares)
    assert len(dealt) == shares
    assert "".join(dealt) == "".join(pieces)
    fair = len("".join(pieces)) / shares
    assert all(len(share) <= fair + 2 * max(map(len, pieces), default=0) for share in dealt)
