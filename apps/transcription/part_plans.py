"""Plans the parts of a recording: one for a short recording; otherwise it is prepared, transcribed in pieces by all workers, and joined."""

from dataclasses import replace
from typing import TypeVar

from django.conf import settings

from apps.jobs.plans import PartPlan
from workers.contract.codec import Message
from workers.contract.formats import DOCUMENT
from workers.contract.names import CODEC_QUEUE
from workers.contract.outputs import ANALYSIS, AUDIO, TEXT, OutputSpec, text_outputs
from workers.contract.references import PartOutput, Reference
from workers.contract.transcription import ListenWork, PrepareWork, TranscriptWork

R = TypeVar("R", Reference, Reference | None)

WHOLE_RECORDING_FACTOR = 1.25
"""Factor of TTSAI_PIECE_SECONDS up to which a recording stays whole: two pieces would cost more than they save."""


def plan_recording_parts(work: ListenWork, *, milliseconds: int, is_kept: bool) -> tuple[PartPlan, ...]:
    """Parts that produce a TranscriptDocument of the recording in `work`; the last of them writes it. Units are milliseconds of the
    recording. is_kept: the transcript belongs to the result.
    """
    count = _count_pieces(milliseconds)
    seconds = milliseconds / 1000
    if count == 1:
        return (PartPlan("listen", replace(work, source_seconds=seconds), text_outputs(is_kept=is_kept), units=milliseconds),)
    prepare = PrepareWork(
        work.audio, engine=work.engine, pieces=count, language=work.language, source_seconds=seconds, channel=work.channel
    )
    parts = [PartPlan("prepare", prepare, (OutputSpec(AUDIO, "wav"), OutputSpec(ANALYSIS, DOCUMENT)), units=0)]
    audio, analysis = PartOutput(0, AUDIO), PartOutput(0, ANALYSIS)
    for piece in range(count):
        units = milliseconds * (piece + 1) // count - milliseconds * piece // count
        heard = replace(work, audio=audio, analysis=analysis, piece=piece, known_speakers=())
        parts.append(PartPlan("listen", heard, text_outputs(is_kept=False), units=units, stage=1))
    join = TranscriptWork(
        tuple(PartOutput(index, TEXT) for index in range(1, count + 1)),
        analysis=analysis,
        is_diarized=work.is_diarized,
        speakers=work.speakers,
        known_speakers=work.known_speakers,
        has_words=work.has_words,
        is_translation=work.is_translation,
    )
    parts.append(PartPlan("transcript", join, text_outputs(is_kept=is_kept), units=0, stage=2, queue=CODEC_QUEUE))
    return tuple(parts)


def plan_channels(work: ListenWork, *, milliseconds: int, channels: int) -> tuple[PartPlan, ...]:
    """Parts that produce the kept transcript of a recording; of several channels each has parts of its own, and a last part joins them."""
    if channels == 1:
        return plan_recording_parts(work, milliseconds=milliseconds, is_kept=True)
    parts: list[PartPlan] = []
    transcripts = []
    for channel in range(channels):
        own = plan_recording_parts(replace(work, channel=channel), milliseconds=milliseconds, is_kept=False)
        parts += [replace(part, work=_moved(part.work, by=len(parts))) for part in own]
        transcripts.append(PartOutput(len(parts) - 1, TEXT))
    join = TranscriptWork(
        tuple(transcripts), has_words=work.has_words, is_diarized=work.is_diarized, is_translation=work.is_translation, is_by_channel=True
    )
    stage = 1 + max(part.stage for part in parts)
    parts.append(PartPlan("transcript", join, text_outputs(is_kept=True), units=0, stage=stage, queue=CODEC_QUEUE))
    return tuple(parts)


def _moved(work: Message, *, by: int) -> Message:
    """Work whose references to parts count `by` parts before its own ones."""
    if isinstance(work, ListenWork):
        return replace(work, audio=_moved_reference(work.audio, by=by), analysis=_moved_reference(work.analysis, by=by))
    if isinstance(work, TranscriptWork):
        pieces = tuple(_moved_reference(piece, by=by) for piece in work.pieces)
        return replace(work, pieces=pieces, analysis=_moved_reference(work.analysis, by=by))
    return work


def _moved_reference(reference: R, *, by: int) -> R | PartOutput:
    return PartOutput(reference.index + by, reference.name) if isinstance(reference, PartOutput) else reference


def _count_pieces(milliseconds: int) -> int:
    piece = 1000 * settings.TTSAI_PIECE_SECONDS
    return 1 if milliseconds <= WHOLE_RECORDING_FACTOR * piece else -(-milliseconds // piece)
