"""Speaker names of segments and words, with synthetic embeddings."""

import base64

import numpy as np
import pytest

from workers.contract.transcription import SpeakerEmbedding, TranscriptSegment, TranscriptWord
from workers.recognition.diarize import label_speakers

VOICES = np.random.default_rng(7).dirichlet(np.full(256, 0.1), 8).astype(np.float32)


def print_of(voice: int, start: float, *, seconds: float = 1.6, noise: float = 0.1) -> SpeakerEmbedding:
    chance = np.random.default_rng(round(start * 1000))
    vector = VOICES[voice] / np.linalg.norm(VOICES[voice]) + noise * chance.normal(0, 1 / 16, 256)
    return SpeakerEmbedding(start, start + seconds, base64.b64encode(vector.astype("<f4").tobytes()).decode())


def prints_of(*turns: tuple[int, float, float]) -> list[SpeakerEmbedding]:
    """(voice, start, end): an embedding every 0.8 s."""
    return [print_of(voice, start) for voice, begin, end in turns for start in np.arange(begin, max(begin + 0.1, end - 1.5), 0.8)]


def segment(start: float, end: float, text: str = "", *, words: bool = True, **values: object) -> TranscriptSegment:
    spoken = text.split()
    edges = np.linspace(start, end, len(spoken) + 1)
    timed = tuple(TranscriptWord(f" {word}", float(edges[at]), float(edges[at + 1])) for at, word in enumerate(spoken)) if words else ()
    return TranscriptSegment(start, end, text, words=timed, **values)  # type: ignore[arg-type]


def test_names_follow_the_first_appearance() -> None:
    embeddings = prints_of((3, 0, 5), (1, 5, 10), (3, 10, 15), (2, 15, 20))
    segments = [segment(at, at + 5, "one two three", words=False) for at in (0, 5, 10, 15)]
    named = label_speakers(segments, embeddings, speakers=0)
    assert [piece.speaker for piece in named] == ["SPEAKER_00", "SPEAKER_01", "SPEAKER_00", "SPEAKER_02"]


def test_a_segment_is_cut_between_the_words_where_the_voice_changes() -> None:
    embeddings = prints_of((0, 0, 6), (1, 6, 12))
    text = "How are you? I am — well, fine, thanks."
    (first, second) = label_speakers([segment(0, 12, text, tokens=(1, 2), average_log_probability=-0.25)], embeddings, speakers=2)
    words = text.replace(" — ", " ").split()
    assert (first.speaker, second.speaker) == ("SPEAKER_00", "SPEAKER_01")
    assert f"{first.text} {second.text}" == text
    assert [word.word.strip() for word in first.words + second.words] == text.split()
    assert (first.start, second.end) == (0, 12)
    assert first.end == first.words[-1].end == pytest.approx(6, abs=1.4)
    assert second.start == second.words[0].start
    assert (first.average_log_probability, first.tokens, second.tokens) == (-0.25, (), ())
    assert len(words) == 8


def test_a_segment_without_words_or_with_a_translation_stays_whole() -> None:
    embeddings = prints_of((0, 0, 8), (1, 8, 12))
    whole = segment(0, 12, "a b c d", words=False)
    translated = segment(0, 12, "a b c d", english="w x y z")
    for each in (whole, translated):
        (named,) = label_speakers([each], embeddings, speakers=2)
        assert (named.speaker, named.text, named.end) == ("SPEAKER_00", "a b c d", 12)


def test_single_odd_window_does_not_change_the_speaker() -> None:
    embeddings = [print_of(5 if index == 6 else 0, 0.8 * index) for index in range(12)]
    named = label_speakers([segment(0, 10, "a b c d e f g h i j k l m n o p")], embeddings, speakers=0)
    assert [piece.speaker for piece in named] == ["SPEAKER_00"]


def test_labels_without_embeddings_have_one_speaker() -> None:
    segments = [segment(0, 1, "Yes."), segment(1, 2, "No.")]
    assert [piece.speaker for piece in label_speakers(segments, [], speakers=2)] == ["SPEAKER_00", "SPEAKER_00"]
    assert label_speakers([], prints_of((0, 0, 5)), speakers=0) == ()


def test_more_speakers_than_prints_are_not_invented() -> None:
    named = label_speakers([segment(0, 1.6, "Hello there.")], [print_of(0, 0.0)], speakers=5)
    assert [piece.speaker for piece in named] == ["SPEAKER_00"]


def test_words_between_two_stretches_of_speech_go_to_the_nearer() -> None:
    embeddings = prints_of((0, 0, 5), (1, 20, 25))
    named = label_speakers([segment(6, 7, "near", words=False), segment(18.5, 19.5, "far", words=False)], embeddings, speakers=2)
    assert [piece.speaker for piece in named] == ["SPEAKER_00", "SPEAKER_01"]


def test_subtitle_text_is_complete_for_any_words() -> None:
    embeddings = prints_of((0, 0, 6), (1, 6, 12))
    odd = segment(0, 12, "uno dos tres cuatro cinco seis siete ocho")
    odd = TranscriptSegment(odd.start, odd.end, "¡1 2 3 4 5 6 7 8!", words=odd.words)
    named = label_speakers([odd], embeddings, speakers=2)
    assert " ".join(piece.text for piece in named if piece.text) == "¡1 2 3 4 5 6 7 8!"


@pytest.mark.prove
def test_ten_hours_of_eight_speakers_are_diarized() -> None:
    chance = np.random.default_rng(3)
    voices = chance.integers(0, 8, 3000)
    count = 15
    normals = VOICES / np.linalg.norm(VOICES, axis=1, keepdims=True)
    vectors = np.repeat(normals[voices], count, axis=0) + chance.normal(0, 0.3 / 16, (3000 * count, 256))
    starts = np.arange(len(vectors)) * 0.8
    embeddings = [
        SpeakerEmbedding(float(start), float(start) + 1.6, base64.b64encode(vector.astype("<f4").tobytes()).decode())
        for start, vector in zip(starts, vectors, strict=True)
    ]
    segments = [segment(at * count * 0.8 + 0.8, (at + 1) * count * 0.8, "word", words=False) for at in range(3000)]
    named = label_speakers(segments, embeddings, speakers=0)
    assert {piece.speaker for piece in named} == {f"SPEAKER_{index:02d}" for index in range(8)}
    order = list(dict.fromkeys(voices.tolist()))
    assert [piece.speaker for piece in named] == [f"SPEAKER_{order.index(voice):02d}" for voice in voices.tolist()]
