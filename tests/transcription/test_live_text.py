"""Order of the text that parts publish while they are transcribed."""

from typing import Any

from apps.transcription.live_text import LiveText
from workers.contract.transcription import TranscriptDocument, TranscriptSegment, TranscriptWindow, TranscriptWord
from workers.text.transcripts import compact_segment


def window(part: int, *texts: str, start: float, is_last: bool = False, language: str = "en") -> dict[str, Any]:
    """Event of a window that begins at `start`, with a second for each segment."""
    segments = [segment(text, start=start + index) for index, text in enumerate(texts)]
    reported = TranscriptWindow(part=part, start=start, end=start + len(texts), language=language, is_last=is_last)
    return {**reported.to_dict(), "type": "transcript", "segments": [compact_segment(one) for one in segments]}


def segment(text: str, *, start: float) -> TranscriptSegment:
    words = text.split()
    share = 1.0 / max(1, len(words))
    timed = tuple(TranscriptWord(word, start + index * share, start + (index + 1) * share) for index, word in enumerate(words))
    return TranscriptSegment(start, start + 1.0, text, words=timed)


def texts(live: LiveText, *events: dict[str, Any]) -> list[str]:
    return [delta.text for event in events for delta in live.add(event)]


def test_text_of_one_part_is_read_window_by_window() -> None:
    live = LiveText([0])
    assert texts(live, window(0, "One.", "Two.", start=0), {"type": "progress"}, window(0, "Three.", start=30, is_last=True)) == [
        "One. Two.",
        " Three.",
    ]


def test_text_of_a_part_ahead_waits_for_the_parts_before_it() -> None:
    live = LiveText([1, 2, 3])
    assert texts(live, window(3, "Five.", start=240, is_last=True), window(2, "Three.", start=120)) == []
    assert texts(live, window(1, "One.", start=0)) == ["One."]
    assert texts(live, window(1, "Two.", start=30, is_last=True)) == [" Two.", " Three."]
    assert texts(live, window(2, "Four.", start=150, is_last=True)) == [" Four.", " Five."]


def test_part_without_speech_lets_the_next_part_through() -> None:
    live = LiveText([1, 2])
    assert texts(live, window(2, "Two.", start=120, is_last=True), window(1, start=0, is_last=True)) == ["Two."]


def test_windows_of_a_second_attempt_are_read_once() -> None:
    live = LiveText([0])
    first = window(0, "One.", start=0)
    assert texts(live, first, first, window(0, "Two.", start=30, is_last=True)) == ["One.", " Two."]


def test_word_heard_on_both_sides_of_a_cut_is_read_once() -> None:
    live = LiveText([1, 2])
    before = window(1, "and then", start=119.5, is_last=True)
    after = window(2, "then we left.", start=120, is_last=True)
    after["segments"][0]["words"][0].update(start=120.0, end=120.5)
    assert texts(live, before, after) == ["and then", " we left."]


def test_languages_without_spaces_are_joined_without_them() -> None:
    live = LiveText([0])
    assert texts(live, window(0, "今日。", "雨。", start=0, language="ja"), window(0, "晴れ。", start=30, language="ja")) == [
        "今日。雨。",
        "晴れ。",
    ]


def test_finished_transcript_gives_the_text_that_no_event_brought() -> None:
    live = LiveText([0])
    live.add(window(0, "One.", start=0))
    document = TranscriptDocument("One. Two.", "en", 40.0, (segment("One.", start=0), segment("Two.", start=30)))
    rest = live.finish(document, language="en")
    assert rest is not None
    assert (rest.text, [one.start for one in rest.segments]) == (" Two.", [30])
    assert live.finish(document, language="en") is None


def test_transcript_without_any_event_is_one_text() -> None:
    document = TranscriptDocument("One. Two.", "en", 40.0, (segment("One.", start=0), segment("Two.", start=30)))
    rest = LiveText([0]).finish(document, language="en")
    assert rest is not None
    assert rest.text == "One. Two."
