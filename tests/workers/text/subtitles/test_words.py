"""Texts and transcripts as the words that subtitles show."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import examples
from workers.contract.transcription import TranscriptSegment, TranscriptWord
from workers.text.markup.boundaries import Break
from workers.text.subtitles import TimedSpan, words_of_text, words_of_transcript


def texts(words: list) -> list[str]:
    return [word.text for word in words]


def spans_of(text: str, *words: str) -> list[TimedSpan]:
    spans, position = [], 0
    for at, word in enumerate(words):
        position = text.index(word, position)
        spans.append(TimedSpan(float(at), at + 0.5, position, position + len(word)))
        position += len(word)
    return spans


def test_unspoken_text_stays_with_its_neighbour() -> None:
    text = "* „Well“ — said   he (twice): “No!” 😀"
    words = words_of_text(text, spans_of(text, "Well", "said", "he", "twice", "No"))
    assert texts(words) == ["* „Well“ —", "said", "he", "(twice):", "“No!” 😀"]
    assert [word.break_after for word in words] == [Break.CLAUSE, Break.WORD, Break.WORD, Break.CLAUSE, Break.SENTENCE]


def test_lines_and_paragraphs_end_words_and_controls_are_not_shown() -> None:
    text = "Heading\n\nFirst\x00 line.\tNext\u2028one"
    words = words_of_text(text, spans_of(text, "Heading", "First", "line", "Next", "one"))
    assert texts(words) == ["Heading", "First", "line.", "Next", "one"]
    assert [word.break_after for word in words[:3]] == [Break.PARAGRAPH, Break.WORD, Break.SENTENCE]


def test_words_without_spaces_between_them() -> None:
    text = "你好「世界」，再见。"
    words = words_of_text(text, spans_of(text, "你好", "世界", "再见"))
    assert texts(words) == ["你好", "「世界」，", "再见。"]
    assert [(word.break_after, word.has_space_after) for word in words] == [
        (Break.CHARACTER, False),
        (Break.COMMA, False),
        (Break.SENTENCE, False),
    ]


def test_two_spans_of_one_word_are_one() -> None:
    text = "It costs $5 now"
    spans = [TimedSpan(0, 1, 0, 2), TimedSpan(1, 2, 3, 8), TimedSpan(2, 3, 9, 11), TimedSpan(3, 4, 9, 11), TimedSpan(4, 5, 12, 15)]
    words = words_of_text(text, spans)
    assert [(word.text, word.start, word.end) for word in words] == [("It", 0, 1), ("costs", 1, 2), ("$5", 2, 4), ("now", 4, 5)]


def test_a_text_of_which_nothing_is_timed_has_no_words() -> None:
    assert words_of_text("Hello", []) == []
    assert words_of_text("Hello", [TimedSpan(0, 1, 7, 9), TimedSpan(0, 1, 3, 3), TimedSpan(float("nan"), 1, 0, 2)]) == []
    assert words_of_text("", [TimedSpan(0, 1, 0, 5)]) == []


@settings(max_examples=examples(100), deadline=None)
@given(
    st.text(max_size=80),
    st.lists(
        st.builds(
            TimedSpan,
            st.floats(-5, 100),
            st.floats(-5, 100),
            st.integers(-5, 90),
            st.integers(-5, 90),
        ),
        max_size=20,
    ),
)
def test_subtitle_words_show_the_whole_text_once(text: str, spans: list[TimedSpan]) -> None:
    words = words_of_text(text, spans)
    plain = re.sub(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufeff]", "", text)
    assert re.sub(r"\s", "", "".join(texts(words))) in {re.sub(r"\s", "", plain), ""}
    assert all(word.text == word.text.strip() and not re.search(r"[\n\r\t]", word.text) for word in words)


def test_a_transcript_has_its_own_words_and_speakers() -> None:
    segments = [
        TranscriptSegment(
            0.0,
            1.0,
            " Hello there,",
            speaker="SPEAKER_00",
            words=(TranscriptWord(" Hello", 0.0, 0.4), TranscriptWord(" there,", 0.5, 1.0)),
        ),
        TranscriptSegment(
            1.2, 2.0, " you. Hi!", speaker="SPEAKER_01", words=(TranscriptWord("you.", 1.2, 1.5), TranscriptWord("Hi!", 1.6, 2.0))
        ),
    ]
    words = words_of_transcript(segments)
    assert [(word.text, word.start, word.end, word.speaker) for word in words] == [
        ("Hello", 0.0, 0.4, "SPEAKER_00"),
        ("there,", 0.5, 1.0, "SPEAKER_00"),
        ("you.", 1.2, 1.5, "SPEAKER_01"),
        ("Hi!", 1.6, 2.0, "SPEAKER_01"),
    ]
    assert [word.break_after for word in words] == [Break.WORD, Break.COMMA, Break.SENTENCE, Break.SENTENCE]


def test_a_segment_without_words_gives_them_times_by_their_length() -> None:
    words = words_of_transcript([TranscriptSegment(10.0, 12.0, "four or six"), TranscriptSegment(12.0, 13.0, "  ")])
    assert [(word.text, round(word.start, 2), round(word.end, 2)) for word in words] == [
        ("four", 10.0, 10.73),
        ("or", 10.91, 11.27),
        ("six", 11.45, 12.0),
    ]


def test_a_word_that_the_text_does_not_hold_lengthens_the_one_before() -> None:
    heard = (TranscriptWord("uno", 0, 1), TranscriptWord("dos", 1, 2), TranscriptWord("tres", 2, 3))
    words = words_of_transcript([TranscriptSegment(0, 3, "uno 2 tres", words=heard)])
    assert [(word.text, word.start, word.end) for word in words] == [("uno 2", 0, 2), ("tres", 2, 3)]


def test_segments_of_a_script_without_spaces_are_not_parted_by_one() -> None:
    words = words_of_transcript([TranscriptSegment(0, 2, "你好"), TranscriptSegment(2, 4, "再见")])
    assert [(word.text, word.has_space_after) for word in words] == [("你", False), ("好", False), ("再", False), ("见", False)]
