"""Names of speakers by short recordings of their voices, with the real encoders and three people."""

from collections import Counter
from collections.abc import Sequence

import pytest

from tests.workers.recognition.diarize.conversations import CARDS, DHD, LIBRIVOX, RATE, clip, converse
from tests.workers.recognition.diarize.test_diarize import each_method, heard, windows_only
from workers.contract.transcription import TranscriptSegment
from workers.recognition.diarize import embed_speech, label_speakers
from workers.recognition.diarize.known_voices import embed_known_voice

__all__ = ["each_method", "windows_only"]


@pytest.mark.usefixtures("each_method")
def test_speakers_similar_to_a_known_voice_have_its_name_and_others_a_number() -> None:
    conversation = converse(LIBRIVOX[2], DHD[2], LIBRIVOX[4], DHD[1], seed=1)
    embeddings = embed_speech(conversation.samples, speech=conversation.speech, offset_seconds=0.0)
    known = [embed_known_voice(name, clip(voice)[: 10 * RATE]) for name, voice in (("Ada", LIBRIVOX[0]), ("Bob", CARDS[4]))]
    labelled = label_speakers(heard(conversation.speech), embeddings, speakers=2, known=known)
    most = {(speaker, longest_label(labelled, start=start, end=end)) for start, end, speaker in conversation.turns}
    assert most == {("librivox", "Ada"), ("dhd", "SPEAKER_00")}


def longest_label(segments: Sequence[TranscriptSegment], *, start: float, end: float) -> str:
    """Label of most of the stretch."""
    shares: Counter[str] = Counter()
    for segment in segments:
        shares[segment.speaker] += max(0.0, min(end, segment.end) - max(start, segment.start))  # type: ignore[assignment]  # seconds
    return shares.most_common(1)[0][0]
