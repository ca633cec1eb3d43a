"""Voices of the known speakers of a diarized recording."""

from collections.abc import Sequence
from pathlib import Path

from workers.audio.recordings import decoding_limits, read_recording
from workers.audio.samples import RECOGNITION_SAMPLE_RATE
from workers.contract.errors import INVALID_REFERENCE, WorkError
from workers.contract.transcription import KnownSpeaker
from workers.parts import PartRun
from workers.recognition.diarize.known_voices import KnownVoice, embed_known_voice
from workers.tasks.context import WorkerContext
from workers.tasks.recode import recode


def embed_known_speakers(run: PartRun, *, context: WorkerContext, speakers: Sequence[KnownSpeaker]) -> tuple[KnownVoice, ...]:
    """Embed the recording of each speaker. Raises WorkError (bad_audio, invalid_reference), PartStoppedError."""
    voices = []
    for speaker in speakers:
        with context.storage.read(speaker.audio) as path:
            voices.append(_embed(run, context=context, speaker=speaker, path=path))
    return tuple(voices)


def _embed(run: PartRun, *, context: WorkerContext, speaker: KnownSpeaker, path: Path) -> KnownVoice:
    def work() -> KnownVoice:
        limits = decoding_limits(speaker.audio_seconds)
        return embed_known_voice(speaker.name, read_recording(path, sample_rate=RECOGNITION_SAMPLE_RATE, limits=limits))

    try:
        return recode(run, context=context, sources=[path], work=work)
    except ValueError as error:
        raise WorkError(INVALID_REFERENCE, f"The recording of the speaker {speaker.name!r} has no sound.") from error
