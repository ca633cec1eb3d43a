"""The first sentences of a script that somebody listens to."""

import pytest

from workers.contract.markup import Segment
from workers.contract.messages import SpeakWork
from workers.contract.voices import VoiceRef
from workers.engines.silence import build_engines
from workers.text.script import Script, write_script
from workers.text.short_start import with_short_start

COUNTS = "The second sentence, however, is quite long, and holds a number of clauses, each of which adds to it, so that it is cut, once or twice."


def script_of(text: str, *, segments: tuple[Segment, ...] = ()) -> Script:
    engine = next(engine for engine in build_engines() if engine.spec.id == "silence")
    work = SpeakWork(engine="silence", voice=VoiceRef("quiet", language="en-us"), text=text, language="en-us", segments=segments)
    return write_script(work, engine=engine)  # type: ignore[arg-type]  # a speech engine


def pieces(text: str, *, pause_scale: float = 1.0) -> list[tuple[str, float]]:
    script = with_short_start(script_of(text), pause_scale=pause_scale)
    return [(utterance.spoken.text.strip(), round(utterance.pause_after, 3)) for utterance in script.utterances]


def test_first_sentence_is_cut_after_its_first_clause() -> None:
    assert pieces("Hello there, my friend, and welcome to this place. Next.", pause_scale=2.0) == [
        ("Hello there, my friend,", 0.3),  # "Hello there," alone would sound clipped
        ("and welcome to this place.", 0.4),
        ("Next.", 0.4),
    ]


def test_later_pieces_grow_until_sentences_are_whole() -> None:
    lengths = [len(text) for text, _ in pieces(f"Short. {COUNTS} {COUNTS}")]
    assert lengths[0] < lengths[1] < lengths[2]
    assert lengths[-1] == len(COUNTS)


@pytest.mark.parametrize("text", ["Hello.", "It is late, go home.", "A sentence of one clause that is not very long at all."])
def test_short_sentence_or_one_without_clauses_is_not_cut(text: str) -> None:
    assert [piece for piece, _ in pieces(text)] == [text]


def test_long_first_sentence_without_clauses_is_cut_between_words() -> None:
    text = "word " * 40
    first, second = pieces(text)
    assert (len(first[0]), first[1], len(first[0]) + 1 + len(second[0])) == (59, 0.05, len(text) - 1)


def test_rewritten_number_is_never_cut_in_two() -> None:
    text = "The price of it, as they told us, is 1,234,567.89 dollars and a little, all told."
    script = with_short_start(script_of(text), pause_scale=1.0)
    assert "".join(utterance.spoken.written for utterance in script.utterances) == text
    assert script.utterances[-1].written_end == len(text)


def test_ideographs_count_as_three_letters() -> None:
    assert [piece for piece, _ in pieces("今日はとても良い天気です、だから公園へ散歩に行きましょう。")] == [
        "今日はとても良い天気です、",
        "だから公園へ散歩に行きましょう。",
    ]


def test_given_phonemes_stay_with_their_word() -> None:
    segments = (
        Segment("One clause comes first, then a "),
        Segment("tomato", start=31, kind="phoneme", phonemes="təmɑːtoʊ"),
        Segment(", which ends it all.", start=37),
    )
    script = with_short_start(script_of("", segments=segments), pause_scale=1.0)
    spoken = [(utterance.spoken.text, utterance.given_phonemes) for utterance in script.utterances]
    assert [text[one.start : one.end] for text, given in spoken for one in given] == ["tomato"]
    assert len(spoken) > 1
