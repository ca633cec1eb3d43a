"""Sentences: split positions, completeness, pauses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.growth import assert_linear
from workers.text.markup.boundaries import PAUSES, Break, find_segments
from workers.text.sentences import split_sentences

PIECES = st.lists(
    st.sampled_from(
        [
            "Dr. ",
            "Hello",
            " ",
            ".",
            "…",
            "!",
            "?\n",
            "\n\n",
            "。",
            "।",
            "1.",
            "- a",
            '"',
            "”",
            "U.S. ",
            "the ",
            "é",
            "中文",
            "🎉",
            ", ",
            "; ",
            "\u2029",
        ]
    ),
    max_size=60,
).map("".join)


def sentences_of(text: str) -> list[str]:
    return [sentence.text.strip() for sentence in split_sentences(text)]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Dr. Smith left. Mrs. Jones stayed.", ["Dr. Smith left.", "Mrs. Jones stayed."]),
        ("It costs $3.14. Visit example.com today.", ["It costs $3.14.", "Visit example.com today."]),
        ("J. K. Rowling wrote it. He read it.", ["J. K. Rowling wrote it.", "He read it."]),
        ("He lives in the U.S. The U.S. Army came.", ["He lives in the U.S.", "The U.S. Army came."]),
        ("See you at 5 p.m. Monday.", ["See you at 5 p.m. Monday."]),
        ("No. 5 is alive. No. It is not.", ["No. 5 is alive.", "No.", "It is not."]),
        ("She left... then came back. Wait… what?", ["She left... then came back.", "Wait… what?"]),
        ('"Really?" he said. "Yes!" She ran.', ['"Really?" he said.', '"Yes!"', "She ran."]),
        ("Fruit, e.g. Apples, rots. Eat it.", ["Fruit, e.g. Apples, rots.", "Eat it."]),
        ("La Sra. García vino. Véase pág. 12. Fin.", ["La Sra. García vino.", "Véase pág. 12.", "Fin."]),
        ("Hr. Müller kam. Mme. Petit aussi.", ["Hr. Müller kam.", "Mme. Petit aussi."]),
        ("On Jan. 5 we met. They mar. Peter came.", ["On Jan. 5 we met.", "They mar.", "Peter came."]),
        ("Title\n- one\n- two\n1. First\n2. Second", ["Title", "- one", "- two", "1. First", "2. Second"]),
        ("你好！今天天气很好。「真的？」他说。", ["你好！", "今天天气很好。", "「真的？」", "他说。"]),
        ("「そうですか。」と言った。『行く。』って。", ["「そうですか。」と言った。", "『行く。』って。"]),
        ("Il dit « Bonjour ! » puis part. « Non. » Elle rit.", ["Il dit « Bonjour ! » puis part.", "« Non. »", "Elle rit."]),
        ("डॉ. शर्मा आए। ठीक।", ["डॉ. शर्मा आए।", "ठीक।"]),
        ("नमस्ते। आप कैसे हैं॥ ठीक।", ["नमस्ते।", "आप कैसे हैं॥", "ठीक।"]),
    ],
)
def test_a_text_is_cut_where_its_sentences_end(text: str, sentences: list[str]) -> None:
    assert sentences_of(text) == sentences


def test_line_break_of_an_editor_does_not_end_a_sentence() -> None:
    text = "This line is long enough that an editor has wrapped it\nand it goes on here. This one too is long enough to be\nWrapped."
    assert len(split_sentences(text)) == 2


def test_a_paragraph_rests_longer_than_a_sentence_and_a_comma_shorter() -> None:
    pauses = [sentence.pause_after for sentence in split_sentences("One.\n\nTwo. Three words here, and four more", longest=20)]
    assert pauses == [PAUSES[Break.PARAGRAPH], PAUSES[Break.SENTENCE], PAUSES[Break.COMMA], PAUSES[Break.SENTENCE]]
    assert PAUSES[Break.PARAGRAPH] > PAUSES[Break.SENTENCE] > PAUSES[Break.COMMA]


def test_a_part_that_ends_at_a_comma_rests_as_at_a_comma() -> None:
    assert split_sentences("and so on, ")[-1].pause_after == PAUSES[Break.COMMA]


def test_long_sentence_is_cut_at_clauses_then_commas_then_spaces() -> None:
    cut = [s.text for s in split_sentences("aaaa, bbbb; cccc, dddd eeee", longest=18)]
    assert cut == ["aaaa, bbbb; ", "cccc, dddd eeee"]
    assert [s.text for s in split_sentences("aaaa bbbb, cccc dddd", longest=18)] == ["aaaa bbbb, ", "cccc dddd"]
    assert [s.text for s in split_sentences("aaaa bbbb cccc", longest=10)] == ["aaaa bbbb ", "cccc"]


def test_a_number_is_not_cut_at_its_comma() -> None:
    assert split_sentences("about 1,000,000,000 people", longest=12)[0].text == "about "


def test_unspeakable_text_joins_its_neighbour() -> None:
    assert [s.text for s in split_sentences("* * *\n\nHello. 🎉! ***\n\nBye.")] == ["* * *\n\nHello. 🎉! ***\n\n", "Bye."]


def test_unspeakable_text_is_one_sentence_and_empty_text_is_none() -> None:
    assert [s.text for s in split_sentences("... !!! 🎉")] == ["... !!! 🎉"]
    assert split_sentences("") == []


def test_a_combining_mark_stays_with_its_letter() -> None:
    assert [s.text for s in split_sentences("e\u0301" * 10, longest=7)] == ["e\u0301" * 3, "e\u0301" * 3, "e\u0301" * 3, "e\u0301"]


def test_a_sentence_that_does_not_fit_is_halved_until_it_does() -> None:
    pieces = split_sentences("word " * 40, fits=lambda piece: len(piece.split()) <= 5)
    assert max(len(piece.text.split()) for piece in pieces) == 5
    assert "".join(piece.text for piece in pieces) == "word " * 40


@given(PIECES | st.text(max_size=300), st.integers(1, 40))
def test_sentences_concatenate_to_the_text(text: str, longest: int) -> None:
    sentences = split_sentences(text, longest=longest, fits=lambda piece: len(piece.strip()) <= 7)
    assert "".join(sentence.text for sentence in sentences) == text
    assert all(text.startswith(sentence.text, sentence.start) for sentence in sentences)
    assert all(sentence.text for sentence in sentences)


@given(PIECES)
def test_segments_follow_each_other(text: str) -> None:
    segments = find_segments(text)
    assert [0, *(segment.end for segment in segments)] == [*(segment.start for segment in segments), len(text)] or not text


@pytest.mark.parametrize("unit", [".", ". ", "\n", "Dr. ", ' ."', "\n x", "a", " ", "中", "。", "\u0301", ", ", "1. ", "- \n"])
def test_hostile_repetition_takes_linear_time(unit: str) -> None:
    assert_linear(lambda size: lambda: split_sentences((unit * size)[:size]), size=80_000)
