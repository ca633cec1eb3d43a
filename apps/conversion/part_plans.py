"""Plans the parts of a conversion: the recording is prepared and transcribed, converted in pieces by all workers, and joined."""

from dataclasses import replace

from apps.conversion.choice import ConversionModels
from apps.conversion.orders import ConversionOrder
from apps.jobs.plans import PartPlan
from apps.transcription.part_plans import plan_recording_parts
from apps.uploads.services import Source
from workers.contract.conversion import OVERLAP_SECONDS, ConvertVoiceWork, PrepareConversionWork
from workers.contract.formats import DOCUMENT
from workers.contract.messages import JoinInput, JoinWork
from workers.contract.names import CODEC_QUEUE
from workers.contract.outputs import ANALYSIS, AUDIO, TEXT, OutputSpec
from workers.contract.references import PartOutput, StoredObject
from workers.contract.transcription import ListenWork

PIECE_MILLISECONDS = 60_000
WHOLE_RECORDING_FACTOR = 1.5
"""Factor of a piece up to which a recording stays whole."""
PIECE_FORMAT = "flac"
LISTEN_WEIGHT, CONVERT_WEIGHT = 1, 2
"""Weights for the charge of a cancelled job, in thirds of the price."""


def plan_conversion_parts(chosen: ConversionModels, *, order: ConversionOrder, source: Source, milliseconds: int) -> tuple[PartPlan, ...]:
    """Parts whose last one writes the converted audio. Units are milliseconds of the recording."""
    parts = list(_listening(chosen, source=source, milliseconds=milliseconds))
    transcript = PartOutput(len(parts) - 1, TEXT) if parts else None
    stage = 1 + max((part.stage for part in parts), default=0)
    pieces = count_pieces(milliseconds, longest_milliseconds=order.longest_piece_milliseconds)
    prepare = PrepareConversionWork(StoredObject(source.key), pieces=pieces, source_seconds=milliseconds / 1000)
    prepared = len(parts)
    parts.append(PartPlan("prepare_conversion", prepare, (OutputSpec(AUDIO, "wav"), OutputSpec(ANALYSIS, DOCUMENT)), units=0, weight=0))
    is_whole = pieces == 1
    work = ConvertVoiceWork(
        chosen.converter.id,
        voice=chosen.voice,
        audio=PartOutput(prepared, AUDIO),
        analysis=PartOutput(prepared, ANALYSIS),
        transcript=transcript,
        fallback=chosen.fallback,
        delivery=order.delivery,
        tau=order.tau,
        format=order.format if is_whole else PIECE_FORMAT,
    )
    for piece in range(pieces):
        units = milliseconds * (piece + 1) // pieces - milliseconds * piece // pieces
        converted = OutputSpec(AUDIO, work.format, is_kept=is_whole)
        part = replace(work, piece=piece)
        weight = CONVERT_WEIGHT * units
        parts.append(PartPlan("convert_voice", part, (converted,), units=units, stage=stage, queue=chosen.speaker.queue, weight=weight))
    return tuple(parts) if is_whole else (*parts, _join(parts, pieces=pieces, stage=stage + 1, audio_format=order.format))


def count_pieces(milliseconds: int, *, longest_milliseconds: int | None = None) -> int:
    """Number of pieces that a recording is converted in. longest_milliseconds: a longer recording is divided into pieces of at most this
    nominal length; by default into pieces of a minute, unless it is little longer.
    """
    if longest_milliseconds is not None:
        return -(-milliseconds // longest_milliseconds)
    return 1 if milliseconds <= WHOLE_RECORDING_FACTOR * PIECE_MILLISECONDS else -(-milliseconds // PIECE_MILLISECONDS)


def _listening(chosen: ConversionModels, *, source: Source, milliseconds: int) -> tuple[PartPlan, ...]:
    """Parts that transcribe the recording with the times of its words; none for a converter that needs no words."""
    if chosen.recogniser is None:
        return ()
    listen = ListenWork(chosen.recogniser.id, audio=StoredObject(source.key), language=chosen.language, has_words=True)
    heard = plan_recording_parts(listen, milliseconds=milliseconds, is_kept=True)
    return tuple(replace(part, weight=LISTEN_WEIGHT * part.units) for part in heard)


def _join(parts: list[PartPlan], *, pieces: int, stage: int, audio_format: str) -> PartPlan:
    inputs = tuple(JoinInput(PartOutput(index, AUDIO)) for index in range(len(parts) - pieces, len(parts)))
    work = JoinWork(inputs, format=audio_format, overlap_seconds=OVERLAP_SECONDS)
    return PartPlan("join", work, (OutputSpec(AUDIO, audio_format, is_kept=True),), units=0, stage=stage, queue=CODEC_QUEUE)
