"""Words in another script are spoken in that script's language, and no text is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workers.voices import voice_ref
from workers.contract.markup import Segment
from workers.contract.messages import SpeakWork
from workers.engines.kokoro import KokoroEngine
from workers.text.script import write_script
from workers.text.scripts import split_by_script

ALL = ("en", "es", "zh", "ja", "hi")


def split(text: str, *, language: str = "en", among: tuple[str, ...] = ALL) -> list[tuple[str, str]]:
    return [(piece.text, piece.language) for piece in split_by_script((Segment(text),), language=language, among=among)]


@pytest.mark.parametrize(
    ("text", "language", "pieces"),
    [
        ("Hello 你好 world.", "en", [("Hello ", ""), ("你好 ", "zh"), ("world.", "")]),
        ("He said “こんにちは、世界。” Twice.", "en", [("He said “", ""), ("こんにちは、世界。” ", "ja"), ("Twice.", "")]),
        ("Di नमस्ते, por favor.", "es", [("Di ", ""), ("नमस्ते, ", "hi"), ("por favor.", "")]),
        ("今日は Hello 世界", "ja", [("今日は Hello 世界", "")]),
        ("你好", "en-us", [("你好", "zh")]),
        ("Привет, мир", "en", [("Привет, мир", "")]),
        ("", "en", [("", "")]),
    ],
)
def test_runs_of_another_script_are_segments_of_their_own(text: str, language: str, pieces: list[tuple[str, str]]) -> None:
    assert split(text, language=language) == pieces


def test_a_script_the_engine_does_not_speak_is_unchanged() -> None:
    assert split("Hello 你好.", among=("en",)) == [("Hello 你好.", "")]


def test_segments_with_a_language_from_markup_are_unchanged() -> None:
    segments = (Segment("你好", language="ja"), Segment("你好", voice="af_bella"), Segment("你好", kind="say_as"))
    assert split_by_script(segments, language="en", among=ALL) == list(segments)


def test_a_sentence_ends_behind_its_last_piece() -> None:
    (first, second) = split_by_script((Segment("Hello 你好", start=7, ends_sentence=True, ends_paragraph=True),), language="en", among=ALL)
    assert (first.start, first.ends_sentence, first.ends_paragraph) == (7, False, False)
    assert (second.start, second.ends_sentence, second.ends_paragraph) == (13, True, True)


@given(
    st.lists(st.sampled_from(["a ", "你", "か", "न", "मस्ते", "\u200d", " ", ". ", "”", "1", "é"]), max_size=30).map("".join),
    st.sampled_from(ALL),
)
def test_pieces_concatenate_to_the_text(text: str, language: str) -> None:
    pieces = split_by_script((Segment(text, start=3),), language=language, among=ALL)
    assert "".join(piece.text for piece in pieces) == text
    places = [piece.start for piece in pieces]
    assert places == [3 + sum(len(piece.text) for piece in pieces[:index]) for index in range(len(pieces))]


def test_a_foreign_word_gets_a_voice_of_the_same_gender_that_speaks_it() -> None:
    engine = KokoroEngine()
    voices = tuple(map(engine.spec.voice_ref, engine.spec.voices))
    work = SpeakWork("kokoro", voice_ref(engine, "am_michael"), "Hello 你好 world.", "en-us", voices=voices)
    utterances = write_script(work, engine=engine).utterances
    assert [(one.spoken.written.strip(), one.settings.voice.id, one.settings.language) for one in utterances] == [
        ("Hello", "am_michael", "en-us"),
        ("你好", "zm_yunjian", "zh"),
        ("world.", "am_michael", "en-us"),
    ]


@pytest.mark.parametrize("unit", ["你", "你 ", "न", "न\u200d", "a你", "。"])
def test_a_long_text_is_split_whole(unit: str) -> None:
    """Possessive patterns: a hundred thousand characters are matched at once or never."""
    assert sum(len(text) for text, _ in split(unit * 50_000)) == len(unit) * 50_000
