"""Sentences of a text that arrives in pieces: as early as they are certain, and the whole text whatever the pieces."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.text.markup.boundaries import Break
from workers.text.markup.incoming import IncomingText


def sentences_of(*pieces: str) -> list[list[str]]:
    """Sentences that each piece completes, and those of the flush."""
    text = IncomingText()
    found = [[sentence.text for sentence in text.feed(piece)] for piece in pieces]
    return [*found, [sentence.text for sentence in text.flush()]]


@pytest.mark.parametrize(
    ("pieces", "found"),
    [
        (("I ", "am ", "here. ", "You "), [[], [], ["I am here. "], [], ["You "]]),
        (("I am here.", " You"), [[], ["I am here. "], ["You"]]),
        (("I am here.", "You are there."), [[], ["I am here. "], ["You are there."]]),
        (("See Dr. ", "Smith. ", "Go."), [[], ["See Dr. Smith. "], [], ["Go."]]),
        (("About e.g. ", "Th", "ese. ", "No."), [[], [], ["About e.g. These. "], [], ["No."]]),
        (("It is 3.", "14 or 5. ", "More."), [[], [], ["It is 3.14 or 5. "], ["More."]]),
        (("Wait.", "..", " what? ", "Yes"), [[], [], ["Wait... what? "], [], ["Yes"]]),
        (("今日は。", "明日"), [["今日は。"], [], ["明日"]]),
        (("One line\n\n", "Two"), [["One line\n\n"], [], ["Two"]]),
        (("... ", "— ", "Hi. "), [[], [], ["... — Hi. "], []]),
        (("...",), [[], []]),
    ],
)  # fmt: skip
def test_incoming_text_gives_each_sentence_once_it_is_certain(pieces: tuple[str, ...], found: list[list[str]]) -> None:
    assert sentences_of(*pieces) == found


def test_first_sentence_ends_at_a_clause_and_later_ones_do_not() -> None:
    words = [
        "Once",
        "upon",
        "a",
        "time,",
        "there",
        "was",
        "a",
        "small",
        "dog.",
        "It",
        "barked",
        "at",
        "the",
        "moon,",
        "and",
        "the",
        "moon",
        "was",
        "silent.",
        "",
    ]
    text = IncomingText()
    found = [(index, sentence) for index, word in enumerate(words) for sentence in text.feed(f"{word} ")]
    assert [(index, sentence.text, sentence.kind) for index, sentence in found] == [
        (7, "Once upon a time, ", Break.COMMA),
        (8, "there was a small dog. ", Break.SENTENCE),
        (18, "It barked at the moon, and the moon was silent. ", Break.SENTENCE),
    ]
    assert [sentence.start for _, sentence in found] == [0, 18, 41]


def test_long_beginning_without_clauses_is_cut_between_words() -> None:
    text = IncomingText()
    found = [sentence for _ in range(30) for sentence in text.feed("word word ")]
    assert [(len(sentence.text), sentence.kind) for sentence in found[:1]] == [(60, Break.WORD)]


def test_sentence_without_an_end_is_cut_before_it_fills_the_memory() -> None:
    text = IncomingText()
    found = [sentence for _ in range(500) for sentence in text.feed("endless ")]
    assert text.pending_characters <= 300
    assert sum(len(sentence.text) for sentence in found) + text.pending_characters == 4000


def test_elements_of_markup_are_not_divided_while_they_arrive() -> None:
    pieces = ("Now <emph", "asis>stop. Wait. Go. ", "Then</emphasis> rest. ", "Stop <break", ' time="1s"/> here. ')
    assert sentences_of(*pieces) == [
        [],
        [],
        ["Now <emphasis>stop. Wait. Go. Then</emphasis> rest. "],
        [],
        ['Stop <break time="1s"/> here. '],
        [],
    ]


def test_tag_that_is_never_closed_holds_the_text_within_bounds() -> None:
    text = IncomingText()
    found = [sentence for _ in range(400) for sentence in text.feed("<b>I am bold. ")]
    assert found
    assert text.pending_characters <= 4100


def test_cleared_text_is_gone_and_positions_continue() -> None:
    text = IncomingText()
    text.feed("Half a sent")
    text.clear()
    assert [(sentence.text, sentence.start) for sentence in text.feed("I am here. ")] == [("I am here. ", 11)]


@given(st.lists(st.text('aB. ,!?\n3<>/"。é', max_size=12), max_size=20))
def test_sentences_are_the_text_and_their_positions_are_true(pieces: list[str]) -> None:
    text, whole = IncomingText(), ""
    for piece in pieces:
        for sentence in text.feed(piece):
            assert sentence.start == len(whole)
            whole += sentence.text
    rest = text.flush()
    joined = whole + "".join(sentence.text for sentence in rest)
    given = "".join(pieces)
    assert [one for one in given if one.isalnum()] == [one for one in joined if one.isalnum()]
