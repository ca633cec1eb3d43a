"""Joins of sentences: trimmed, levelled, with the right pauses and without a click."""

from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.workers.audio.signals import RATE, silence, tone
from tests.workers.voices import voice_ref
from workers.audio.joins import Joiner, fade_edges, find_sound
from workers.audio.loudness import CEILING, TARGET_LUFS, level_gain, limit_peaks, measure_loudness
from workers.audio.samples import SynthesisedAudio
from workers.contract.speech import WordTiming
from workers.engines.hibari import HibariEngine


def speech(*, before: float, sound: float, after: float, level: float = 0.3) -> SynthesisedAudio:
    """One word between two silences."""
    samples = np.concatenate([silence(before), tone(sound, level=level), silence(after)])
    return SynthesisedAudio(samples, RATE, (WordTiming("word", before, before + sound, 0, 4),))


def largest_jump(samples: NDArray[np.float32]) -> float:
    return float(np.abs(np.diff(samples)).max())


def test_the_pause_is_the_one_between_two_sounds() -> None:
    joiner = Joiner(RATE)
    first = joiner.feed(speech(before=0.4, sound=0.5, after=0.7), pause_after=0.3)
    second = joiner.feed(speech(before=0.2, sound=0.5, after=0.1), pause_after=0.3, start_character=6)
    heard = np.concatenate([first.samples, second.samples])
    quiet = np.flatnonzero(np.abs(heard) > 1e-6)
    gap = np.diff(quiet).max() / RATE
    assert gap == pytest.approx(0.3, abs=0.01)
    assert joiner.seconds == len(heard) / RATE


def test_words_move_with_the_sound_and_with_the_text() -> None:
    joiner = Joiner(RATE)
    (first,) = joiner.feed(speech(before=0.4, sound=0.5, after=0.7), pause_after=0.3).words
    (second,) = joiner.feed(speech(before=0.2, sound=0.5, after=0.1), pause_after=0.3, start_character=6).words
    assert (first.start, first.end) == (pytest.approx(0.03, abs=0.005), pytest.approx(0.53, abs=0.005))
    assert (second.start, second.end) == (pytest.approx(0.83, abs=0.01), pytest.approx(1.33, abs=0.01))
    assert (second.start_character, second.end_character) == (6, 10)


def test_a_word_outside_the_sound_is_brought_into_it() -> None:
    spoken = speech(before=0.4, sound=0.5, after=0.7)
    stretched = SynthesisedAudio(spoken.samples, RATE, (WordTiming("word", 0.0, 1.6, 0, 4),))
    joined = Joiner(RATE).feed(stretched, pause_after=0.0)
    assert (joined.words[0].start, joined.words[0].end) == (0.0, round(len(joined.samples) / RATE, 4))


def test_silence_alone_keeps_its_length_and_its_words() -> None:
    spoken = SynthesisedAudio(silence(1.0), RATE, (WordTiming("word", 0.2, 0.8, 0, 4),))
    joined = Joiner(RATE).feed(spoken, pause_after=0.1)
    assert len(joined.samples) == RATE
    assert joined.words == spoken.words


def test_pauses_shrink_with_speed() -> None:
    lengths = []
    for speed in (1.0, 2.0):
        joiner = Joiner(RATE, speed=speed)
        for _ in range(2):
            joiner.feed(speech(before=0.1, sound=0.5, after=0.1), pause_after=0.6)
        lengths.append(joiner.seconds)
    assert lengths[0] - lengths[1] == pytest.approx(0.3, abs=0.001)


def test_a_part_ends_with_its_pause_and_a_text_with_a_little_silence() -> None:
    tails = []
    for is_last in (False, True):
        joiner = Joiner(RATE)
        joiner.feed(speech(before=0.1, sound=0.5, after=0.1), pause_after=0.75)
        tails.append(len(joiner.finish(is_last=is_last)) / RATE)
    assert tails == [pytest.approx(0.7, abs=0.011), 0.1]
    assert len(Joiner(RATE).finish(is_last=True)) == 0


def test_two_parts_of_a_text_join_as_one_stream_would() -> None:
    spoken = speech(before=0.1, sound=0.5, after=0.1)
    whole = Joiner(RATE)
    expected = [whole.feed(spoken, pause_after=0.4).samples for _ in range(2)]
    first, second = Joiner(RATE), Joiner(RATE)
    parts = [first.feed(spoken, pause_after=0.4).samples, first.finish(is_last=False), second.feed(spoken, pause_after=0.4).samples]
    difference = abs(sum(map(len, parts)) - sum(map(len, expected))) / RATE
    assert difference <= 0.031  # what is kept before a part's first sound comes on top of the pause


def test_a_tone_that_begins_and_ends_loud_does_not_click() -> None:
    joiner = Joiner(RATE)
    loud = SynthesisedAudio(np.cos(np.arange(RATE // 2) * 2 * np.pi * 220 / RATE).astype(np.float32), RATE)  # its edges are its peaks
    pieces = [joiner.feed(loud, pause_after=0.0).samples for _ in range(3)]
    inside = largest_jump(pieces[1][2400:-2400])
    assert largest_jump(np.concatenate([*pieces, joiner.finish(is_last=True)])) <= 1.05 * inside


def test_joins_of_real_speech_are_quieter_than_the_speech(hibari: HibariEngine) -> None:
    text = "The first train leaves early. Would you rather walk? Yes!\n\nShe folded the letter; nobody saw."
    joiner, pieces, words = Joiner(RATE), [], []
    for sentence in hibari.split(text, language="en"):
        spoken = hibari.speak(sentence.text, voice=voice_ref(hibari, "heart"), language="en", speed=1.0)
        joined = joiner.feed(spoken, pause_after=sentence.pause_after, start_character=sentence.start)
        pieces.append(joined.samples)
        words += joined.words
    pieces.append(joiner.finish(is_last=True))
    heard, edges = np.concatenate(pieces), np.cumsum([len(piece) for piece in pieces])
    assert max(largest_jump(heard[max(0, edge - 240) : edge + 240]) for edge in edges[:-1]) < 0.002
    assert np.abs(heard).max() <= CEILING
    assert measure_loudness(heard, sample_rate=RATE) == pytest.approx(TARGET_LUFS, abs=1.0)
    assert [word.word for word in words] == text.split()
    assert all(text[word.start_character : word.end_character] == word.word for word in words)
    assert all(first.end <= second.start for first, second in pairwise(words))


def test_loud_and_soft_sentences_come_out_equally_loud() -> None:
    joiner = Joiner(RATE)
    loudness = [
        measure_loudness(joiner.feed(speech(before=0.0, sound=2.0, after=0.0, level=level), pause_after=0.0).samples, sample_rate=RATE)
        for level in (0.06, 0.2, 0.4)
    ]
    assert loudness == [pytest.approx(TARGET_LUFS, abs=0.3)] * 3


def test_another_sample_rate_is_refused() -> None:
    with pytest.raises(ValueError, match="48000 Hz in a stream of 24000 Hz"):
        Joiner(RATE).feed(SynthesisedAudio(silence(0.1), 48_000), pause_after=0.0)


@pytest.mark.parametrize("rate", [16_000, 24_000, 48_000])
def test_loudness_is_what_the_standard_says_of_its_reference_tone(rate: int) -> None:
    sine = np.sin(2 * np.pi * 997 * np.arange(5 * rate) / rate).astype(np.float32)
    assert measure_loudness(sine, sample_rate=rate) == pytest.approx(-3.01, abs=0.02)  # BS.1770-4: 0 dB FS at 997 Hz in one channel


def test_pauses_do_not_count_as_quiet_speech() -> None:
    alone = measure_loudness(tone(3.0), sample_rate=RATE)
    assert measure_loudness(np.concatenate([tone(3.0), silence(6.0)]), sample_rate=RATE) == pytest.approx(alone, abs=0.3)


def test_silence_is_not_made_louder() -> None:
    assert level_gain(silence(1.0), sample_rate=RATE) == 1.0
    assert level_gain(np.zeros(0, np.float32), sample_rate=RATE) == 1.0


def test_only_peaks_are_bent_and_none_passes_the_ceiling() -> None:
    quiet = tone(0.1, level=0.5)
    assert limit_peaks(quiet) is quiet
    bent = limit_peaks(tone(0.1, level=3.0))
    assert np.abs(bent).max() <= CEILING
    assert np.sign(bent).tolist() == np.sign(tone(0.1, level=3.0)).tolist()


def test_sound_is_found_to_a_frame_and_faded_to_zero() -> None:
    assert find_sound(np.concatenate([silence(0.5), tone(0.5), silence(0.5)]), sample_rate=RATE) == (12_000, 24_000)
    assert find_sound(silence(1.0), sample_rate=RATE) is None
    assert find_sound(np.zeros(0, np.float32), sample_rate=RATE) is None
    faded = fade_edges(np.ones(RATE, np.float32), sample_rate=RATE)
    assert (faded[0], faded[-1], faded[RATE // 2]) == (0.0, 0.0, 1.0)
    assert len(fade_edges(np.ones(1, np.float32), sample_rate=RATE)) == 1
