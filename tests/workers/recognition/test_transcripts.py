"""Pieces to one transcript."""

from workers.contract.transcription import TranscriptDocument, TranscriptSegment, TranscriptWord
from workers.recognition.transcripts import join_gender, join_segments, main_language, without_words
from workers.text.transcripts import whole_text


def segment_of(*words: tuple[str, float, float]) -> TranscriptSegment:
    timed = tuple(TranscriptWord(word, start, end) for word, start, end in words)
    return TranscriptSegment(words[0][1], words[-1][2], " ".join(word for word, _, _ in words), words=timed)


def test_a_word_that_both_sides_of_a_cut_heard_is_there_once() -> None:
    left = segment_of(("to", 9.0, 9.4), ("consider", 9.5, 10.1))
    right = segment_of(("Consider,", 9.6, 10.2), ("how", 10.3, 10.6))
    first, second = join_segments([[left], [right]])
    assert (first.text, second.text, second.start) == ("to consider", "how", 10.3)
    assert [word.word for word in second.words] == ["how"]


def test_join_segments_drops_piece_with_only_the_duplicated_word() -> None:
    left, right = segment_of(("consider", 9.5, 10.1)), segment_of(("consider", 9.6, 10.2))
    assert join_segments([[left], [right]]) == (left,)


def test_a_word_that_was_said_twice_is_there_twice() -> None:
    left, right = segment_of(("very", 9.0, 9.4)), segment_of(("very", 9.5, 9.9), ("good", 10.0, 10.4))
    assert join_segments([[left], [right]]) == (left, right)


def test_pieces_without_speech_are_no_obstacle() -> None:
    left, right = segment_of(("one", 9.0, 9.4)), segment_of(("two", 99.5, 99.9))
    assert join_segments([[], [left], [], [right], []]) == (left, right)
    assert join_segments([]) == ()


def test_text_has_spaces_where_its_language_has() -> None:
    segments = (segment_of(("one", 0, 1)), segment_of(("two", 1, 2)))
    assert whole_text(segments, language="en") == "one two"
    assert whole_text(segments, language="ja") == "onetwo"


def test_words_can_be_left_out() -> None:
    assert without_words([segment_of(("one", 0, 1))]) == (TranscriptSegment(0, 1, "one"),)


def test_language_and_gender_are_those_of_most_of_what_was_said() -> None:
    pieces = [
        TranscriptDocument("", "en", 60.0, (segment_of(("a", 0, 5)),), gender="male"),
        TranscriptDocument("", "fr", 60.0, (segment_of(("b", 60, 90)),), gender="female"),
        TranscriptDocument("", "cy", 60.0),
    ]
    assert (main_language(pieces), join_gender(pieces)) == ("fr", "female")
    assert (main_language([]), join_gender([])) == ("", "")
