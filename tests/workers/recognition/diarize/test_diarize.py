"""Audio to speaker names, with the real encoder."""

import base64
import tracemalloc

import numpy as np
import pytest

from tests.workers.recognition.diarize.conversations import CARDS, DHD, LIBRIVOX, Conversation, clip, converse, speech_of
from tests.workers.recognition.diarize.diarization_error import Turn, diarization_error
from workers.contract.errors import ENGINE_UNAVAILABLE, WorkError
from workers.contract.transcription import SpeakerEmbedding, TranscriptSegment, TranscriptWord
from workers.recognition.diarize import embed_speech, label_speakers
from workers.speakers import CAMPPLUS, GE2E

WORD_SECONDS = 0.35


@pytest.fixture
def windows_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without the weight set `diarization`."""
    monkeypatch.setattr(CAMPPLUS, "is_available", lambda: False)


@pytest.fixture(params=["spans", "windows"])
def each_method(request: pytest.FixtureRequest) -> None:
    """Diarization with and without the weight set `diarization`."""
    if request.param == "windows":
        request.getfixturevalue("windows_only")


def heard(speech: list[tuple[float, float]]) -> list[TranscriptSegment]:
    """One segment per stretch of speech, with three words a second: the output of a perfect recogniser."""
    segments = []
    for start, end in speech:
        count = max(1, round((end - start) / WORD_SECONDS))
        edges = np.linspace(start, end, count + 1)
        words = tuple(TranscriptWord(f"word{index}", float(edges[index]), float(edges[index + 1])) for index in range(count))
        segments.append(TranscriptSegment(start, end, " ".join(word.word for word in words), words=words))
    return segments


def turns_of(segments: tuple[TranscriptSegment, ...]) -> list[Turn]:
    return [(word.start, word.end, segment.speaker) for segment in segments for word in segment.words]


def diarized(conversation: Conversation, *, speakers: int = 0) -> tuple[TranscriptSegment, ...]:
    embeddings = embed_speech(conversation.samples, speech=conversation.speech, offset_seconds=0.0)
    return label_speakers(heard(conversation.speech), embeddings, speakers=speakers)


def names_of(segments: tuple[TranscriptSegment, ...]) -> list[str]:
    return sorted({segment.speaker for segment in segments})


TWO = [name for pair in zip(LIBRIVOX, DHD, strict=False) for name in pair]


@pytest.fixture(scope="module")
def conversation_of_two() -> tuple[Conversation, tuple[SpeakerEmbedding, ...]]:
    """A conversation of two people, and the embeddings of its speech."""
    conversation = converse(*TWO)
    return conversation, embed_speech(conversation.samples, speech=conversation.speech, offset_seconds=0.0)


@pytest.mark.parametrize("speakers", [0, pytest.param(2, marks=pytest.mark.prove)])
def test_two_speakers_get_different_labels(conversation_of_two: tuple[Conversation, tuple[SpeakerEmbedding, ...]], speakers: int) -> None:
    conversation, embeddings = conversation_of_two
    segments = label_speakers(heard(conversation.speech), embeddings, speakers=speakers)
    assert names_of(segments) == ["SPEAKER_00", "SPEAKER_01"]
    assert segments[0].speaker == "SPEAKER_00"
    assert diarization_error(conversation.turns, turns_of(segments)).rate < 0.1


@pytest.mark.usefixtures("each_method")
def test_one_speaker_stays_one() -> None:
    conversation = converse(*LIBRIVOX)
    assert names_of(diarized(conversation)) == ["SPEAKER_00"]


@pytest.mark.usefixtures("each_method")
def test_diarization_finds_the_requested_number_of_speakers() -> None:
    conversation = converse(*LIBRIVOX[:3], *DHD, *CARDS)
    segments = diarized(conversation, speakers=3)
    assert names_of(segments) == ["SPEAKER_00", "SPEAKER_01", "SPEAKER_02"]
    assert diarization_error(conversation.turns, turns_of(segments)).rate < 0.15


@pytest.mark.usefixtures("windows_only")
def test_prints_lie_where_the_speech_is_and_count_from_the_recording() -> None:
    samples = np.concatenate([clip("librivox-0880"), np.zeros(16_000, np.float32), clip("librivox-0930")])
    speech = speech_of(samples)
    embeddings = embed_speech(samples, speech=speech, offset_seconds=0.0)
    later = embed_speech(samples, speech=speech, offset_seconds=100.0)
    assert all(any(start - 0.001 <= print_.start and print_.end <= end + 0.001 for start, end in speech) for print_ in embeddings)
    assert all(0.3 <= print_.end - print_.start <= 1.601 for print_ in embeddings)
    assert [(round(print_.start - 100, 3), print_.vector) for print_ in later] == [(print_.start, print_.vector) for print_ in embeddings]


@pytest.mark.usefixtures("windows_only")
def test_pieces_of_a_recording_give_the_prints_that_the_whole_gives() -> None:
    samples = np.concatenate([clip("librivox-0880"), clip("dhd-numbers")])
    cut = len(clip("librivox-0880"))
    speech = [(0.4, 2.5), (cut / 16_000 + 0.5, cut / 16_000 + 3.0)]
    whole = embed_speech(samples, speech=speech, offset_seconds=0.0)
    second = [(start - cut / 16_000, end - cut / 16_000) for start, end in speech[1:]]
    pieces = embed_speech(samples[:cut], speech=speech[:1], offset_seconds=0.0) + embed_speech(
        samples[cut:], speech=second, offset_seconds=cut / 16_000
    )
    assert [(print_.start, print_.end) for print_ in pieces] == [(print_.start, print_.end) for print_ in whole]


@pytest.mark.usefixtures("each_method")
def test_silence_and_clicks_leave_no_print() -> None:
    samples = np.zeros(32_000, np.float32)
    assert embed_speech(samples, speech=[], offset_seconds=0.0) == ()
    assert embed_speech(samples, speech=[(0.5, 0.7)], offset_seconds=0.0) == ()
    assert embed_speech(np.zeros(0, np.float32), speech=[(0.0, 2.0)], offset_seconds=0.0) == ()


@pytest.mark.usefixtures("windows_only")
def test_memory_does_not_grow_with_the_recording() -> None:
    GE2E.load()
    samples = np.tile(clip("librivox-0870"), 20)
    tracemalloc.start()
    embed_speech(samples, speech=[(0.0, len(samples) / 16_000)], offset_seconds=0.0)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8 << 20


@pytest.mark.usefixtures("windows_only")
def test_diarizer_without_weights_names_the_command_that_installs_them(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    GE2E.unload()
    monkeypatch.setenv("TTSAI_MODELS", str(tmp_path))
    with pytest.raises(WorkError, match="ttsai models pull speakers") as raised:
        embed_speech(clip("librivox-0880"), speech=[(0.0, 2.0)], offset_seconds=0.0)
    assert raised.value.code == ENGINE_UNAVAILABLE
    (tmp_path / "speakers").mkdir()  # type: ignore[operator]
    (tmp_path / "speakers" / "pretrained.pt").write_bytes(b"\x80\x02]q\x00.nonsense")  # type: ignore[operator]
    with pytest.raises(WorkError) as raised:
        GE2E.load()
    assert raised.value.code == ENGINE_UNAVAILABLE


def test_spans_lie_around_the_speech_and_count_from_the_recording() -> None:
    samples = np.concatenate([clip("librivox-0880"), np.zeros(16_000, np.float32), clip("librivox-0930")])
    speech = speech_of(samples)
    embeddings = embed_speech(samples, speech=speech[:1], offset_seconds=0.0)
    later = embed_speech(samples, speech=speech[:1], offset_seconds=100.0)
    (start, end) = speech[0]
    assert embeddings
    assert all(start - 0.301 <= one.start < one.end <= end + 0.301 and one.encoder == "campplus" for one in embeddings)
    assert [(round(one.start - 100, 3), one.vector) for one in later] == [(one.start, one.vector) for one in embeddings]


def test_pieces_embedded_by_different_encoders_are_labelled_by_that_of_most(
    conversation_of_two: tuple[Conversation, tuple[SpeakerEmbedding, ...]],
) -> None:
    conversation, embeddings = conversation_of_two
    odd = SpeakerEmbedding(0.1, 1.7, base64.b64encode(np.ones(256, "<f4").tobytes()).decode())
    segments = heard(conversation.speech)
    assert label_speakers(segments, (odd, *embeddings), speakers=2) == label_speakers(segments, embeddings, speakers=2)
