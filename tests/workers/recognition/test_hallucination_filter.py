"""Hallucination filter: spoken words are kept, hallucinated ones are dropped."""

import pytest

from workers.recognition.hallucination_filter import (
    Evidence,
    compression_ratio,
    find_loop,
    has_repeated_phrase,
    is_hallucinated,
    is_known_hallucination,
    is_spoken_repetition,
)

STRONG = Evidence(average_log_probability=-0.2, no_speech_probability=0.01, speech_seconds=2.0)
WEAK = Evidence(average_log_probability=-0.8, no_speech_probability=0.1, speech_seconds=2.0)
SILENT = Evidence(average_log_probability=-1.2, no_speech_probability=0.9, speech_seconds=2.0)


@pytest.mark.parametrize(
    "text",
    [
        "Thank you.",
        "Thanks for watching!",
        "Please subscribe to my channel.",
        "you",
        "Subtitles by the Amara.org community",
        "Untertitel der Amara.org-Community",
        "ご視聴ありがとうございました",
        "Продолжение следует...",
        "♪ Music ♪",
        "Bye. Bye.",
    ],
)
def test_known_hallucination_is_dropped_only_on_weak_evidence(text: str) -> None:
    assert is_known_hallucination(text)
    assert is_hallucinated(text, evidence=WEAK)
    assert not is_hallucinated(text, evidence=STRONG)


@pytest.mark.parametrize("text", ["Thank you for the letter.", "You never know.", "So it goes.", "Music is in the air."])
def test_a_text_that_only_begins_like_a_phantom_is_kept(text: str) -> None:
    assert not is_known_hallucination(text)
    assert not is_hallucinated(text, evidence=WEAK)


@pytest.mark.parametrize("text", ["Thank you.", "Bye.", "Gracias.", "Merci."])
def test_hallucination_filter_keeps_a_short_phrase_of_certain_words(text: str) -> None:
    assert not is_hallucinated(text, evidence=Evidence(-0.3, 0.05, speech_seconds=0.35, word_probability=0.83))
    assert is_hallucinated(text, evidence=Evidence(-0.3, 0.05, speech_seconds=0.35, word_probability=0.1))
    assert is_hallucinated(text, evidence=Evidence(-0.3, 0.05, speech_seconds=0.35))
    assert is_hallucinated(text, evidence=Evidence(-0.8, 0.05, speech_seconds=0.35, word_probability=0.83))


def test_text_over_detected_silence_is_dropped() -> None:
    assert is_hallucinated("He was not an ill-disposed young man.", evidence=SILENT)


def test_marks_alone_are_no_words() -> None:
    assert is_hallucinated("... !", evidence=STRONG)


def test_more_than_can_be_said_in_the_time_was_not_said() -> None:
    text = "A whole paragraph, with many words in it, that was never said in half of a second by anybody at all."
    assert is_hallucinated(text, evidence=Evidence(-0.3, 0.0, speech_seconds=0.4))
    assert not is_hallucinated(text, evidence=Evidence(-0.3, 0.0, speech_seconds=4.0))
    assert not is_hallucinated(text, evidence=Evidence(-0.3, 0.0, speech_seconds=-1.0))


def test_a_loop_is_found_at_the_end_and_keeps_one_turn() -> None:
    assert find_loop(["a", "b", "c", "x", "y", "x", "y", "x", "y", "x", "y"]) == 5
    assert find_loop(["no"] * 6) == 1
    assert find_loop(["Go,", "go,", "Go!", "go,", "go"]) == 1
    assert find_loop(["very", "very", "very", "good"]) == 4
    assert find_loop([]) == 0


def test_a_text_that_goes_in_circles_compresses_well() -> None:
    assert compression_ratio("I am here. " * 30) > 2.4
    assert compression_ratio("He was not an ill-disposed young man, unless to be rather cold-hearted is.") < 2.4


def test_a_repetition_whose_words_take_their_time_was_spoken() -> None:
    assert is_spoken_repetition([(0.3 * word, 0.3 * word + 0.2) for word in range(40)])
    assert is_spoken_repetition([(0.3 * word, 0.3 * word) for word in range(40)])  # one word lost its time to its neighbours
    assert is_spoken_repetition([(0.0, 0.1), (0.1, 0.1)])


def test_a_repetition_whose_words_share_a_moment_is_a_loop() -> None:
    spoken = [(0.3 * word, 0.3 * word + 0.2) for word in range(10)]
    assert not is_spoken_repetition([*spoken, (3.0, 3.02), (3.02, 3.02), (3.02, 3.04)])
    assert not is_spoken_repetition([(5.0, 5.0)] * 30)


@pytest.mark.parametrize(
    ("text", "is_repeated"),
    [
        ("I will call you. I will call you, later.", True),
        ("Good morning good morning", True),
        ("It was very very good.", False),
        ("He had had enough of it, and she had enough of him.", False),
        ("", False),
    ],
)
def test_a_phrase_said_twice_in_a_row_is_found(text: str, is_repeated: bool) -> None:
    assert has_repeated_phrase(text) == is_repeated
