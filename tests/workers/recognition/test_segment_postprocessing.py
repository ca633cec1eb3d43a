"""Words of a window in the time of the recording."""

from workers.contract.transcription import TranscriptSegment, TranscriptWord
from workers.recognition.segment_postprocessing import fill_gaps, find_gaps, keep_confident, omits_repetitions, postprocess_segments
from workers.recognition.speech_regions import Region
from workers.recognition.windows import Window, pack_windows


def window_of(*regions: tuple[float, float], seconds: float = 100.0, before: float | None = None, after: float | None = None) -> Window:
    spoken = tuple(Region(start, end) for start, end in regions)
    (window,) = pack_windows(spoken, window_seconds=30, seconds=seconds, before=before, after=after)
    return window


def segment_of(*words: tuple[str, float, float], english: str = "", probability: float = -0.1) -> TranscriptSegment:
    timed = tuple(TranscriptWord(word, start, end, 0.9) for word, start, end in words)
    text = " ".join(word for word, _, _ in words)
    return TranscriptSegment(words[0][1], words[-1][2], text, words=timed, english=english, average_log_probability=probability)


def times(segments: list[TranscriptSegment]) -> list[tuple[str, float, float]]:
    return [(word.word, word.start, word.end) for segment in segments for word in segment.words]


def test_times_count_from_the_recordings_beginning() -> None:
    window = window_of((50.0, 52.0))
    (segment,) = postprocess_segments([segment_of(("Hello", 0.4, 0.9), ("there.", 1.0, 2.1))], window=window)
    assert (segment.start, segment.end, segment.text) == (50.1, 51.8, "Hello there.")
    assert times([segment]) == [("Hello", 50.1, 50.6), ("there.", 50.7, 51.8)]


def test_words_before_and_after_a_silence_that_was_left_out_are_two_segments() -> None:
    window = window_of((10.0, 11.0), (40.0, 41.0))  # in the window: 0.3 to 1.3 and 1.9 to 2.9
    first, second = postprocess_segments([segment_of(("one", 0.4, 1.2), ("two", 2.0, 2.8))], window=window)
    assert (first.text, first.start, first.end) == ("one", 10.1, 10.9)
    assert (second.text, second.start, second.end) == ("two", 40.1, 40.9)


def test_segment_with_english_is_not_split() -> None:
    window = window_of((10.0, 11.0), (40.0, 41.0))
    (segment,) = postprocess_segments([segment_of(("uno", 0.4, 1.2), ("dos", 2.0, 2.8), english="one two")], window=window)
    assert (segment.start, segment.end, segment.english) == (10.1, 40.9, "one two")


def test_a_word_does_not_reach_over_a_silence() -> None:
    window = window_of((10.0, 11.0), (40.0, 41.0))
    (segment,) = postprocess_segments([segment_of(("one", 0.4, 2.1))], window=window)
    assert (segment.start, segment.end) == (10.1, 11.2)


def test_a_word_begins_and_ends_with_speech() -> None:
    window = window_of((10.0, 12.0))
    (segment,) = postprocess_segments([segment_of(("hm", 0.0, 0.5), ("yes", 0.5, 2.6))], window=window)
    assert (segment.start, segment.end) == (9.9, 12.2)


def test_beyond_a_cut_in_speech_words_belong_to_the_other_window() -> None:
    window = window_of((20.0, 30.0), before=20.0, after=30.0)  # hears 19.0 to 31.0
    heard = segment_of(("left", 0.2, 0.7), ("mine", 1.1, 1.6), ("too", 10.4, 10.9), ("right", 11.1, 11.6))
    (first, second) = postprocess_segments([heard], window=window)
    assert (first.text, second.text) == ("mine", "too")
    assert postprocess_segments([segment_of(("left", 0.2, 0.7))], window=window) == []


def test_hallucinations_are_dropped_and_words_kept() -> None:
    window = window_of((10.0, 12.0))
    assert (
        postprocess_segments(
            [segment_of(("Thanks", 0.4, 0.9), ("for", 0.9, 1.2), ("watching!", 1.2, 1.9), probability=-0.9)], window=window
        )
        == []
    )
    (segment,) = postprocess_segments([segment_of(("Thank", 0.4, 0.9), ("you.", 0.9, 1.2), probability=-0.2)], window=window)
    assert segment.text == "Thank you."


def test_speech_without_a_word_is_a_gap() -> None:
    window = window_of((10.0, 12.0), (14.0, 17.0), (18.0, 18.5))
    segments = postprocess_segments([segment_of(("Hello", 0.4, 0.9), ("there.", 1.0, 2.1))], window=window)
    assert find_gaps(segments, window=window) == (Region(14.0, 17.0),)
    assert find_gaps([], window=window) == (Region(10.0, 12.0), Region(14.0, 17.0))


def test_a_recogniser_that_times_no_words_leaves_no_gaps() -> None:
    window = window_of((10.0, 12.0), (14.0, 17.0))
    (segment,) = postprocess_segments([TranscriptSegment(0.4, 2.0, "Hello there.", average_log_probability=-0.1)], window=window)
    assert (segment.start, segment.end) == (10.1, 11.7)
    assert find_gaps([segment], window=window) == ()


def test_gap_is_filled_only_with_certain_words() -> None:
    heard = [segment_of(("one", 1.0, 2.0)), segment_of(("three", 9.0, 9.5))]
    sure, unsure = segment_of(("two", 4.0, 5.0), probability=-0.3), segment_of(("hmm", 6.0, 7.0), probability=-0.9)
    assert keep_confident([unsure, sure], least=-0.7) == [sure]
    assert [segment.text for segment in fill_gaps(heard, found=[sure])] == ["one", "two", "three"]


def test_a_repetitive_text_lacks_repetitions_where_speech_has_no_words() -> None:
    window = window_of((10.0, 11.0), (12.0, 12.4))  # in the window: 0.3 to 1.3 and 1.9 to 2.3
    whole = [segment_of(("yes", 0.4, 1.2), ("yes", 1.95, 2.25))]
    assert not omits_repetitions(postprocess_segments(whole, window=window), window=window)
    assert omits_repetitions(postprocess_segments([segment_of(("yes", 0.4, 1.2))], window=window), window=window)
    assert not omits_repetitions([], window=window_of((10.0, 11.0)))  # it cannot be split


def test_a_word_that_takes_seconds_covers_a_repetition_that_was_left_out() -> None:
    window = window_of((10.0, 16.0), (17.0, 18.0))
    words = ("yes", 0.4, 1.2), ("no", 1.2, 5.9), ("yes", 6.9, 7.8)
    assert omits_repetitions(postprocess_segments([segment_of(*words)], window=window), window=window)
