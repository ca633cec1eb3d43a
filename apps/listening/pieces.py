"""Plans the parts of a recording: one for a short recording; otherwise it is prepared, transcribed in pieces by all workers, and joined."""

from dataclasses import replace
from typing import Any

from django.conf import settings

from apps.jobs.objects import object_reference
from apps.jobs.services.stages import output_of, timings_of
from apps.jobs.services.submit import PartPlan
from workers.contract.formats import DOCUMENT
from workers.contract.listening import ListenWork, PrepareWork, TranscriptWork
from workers.contract.names import CODEC_QUEUE
from workers.contract.references import Address

LONGEST_SINGLE = 1.25
"""Factor of TTSAI_PIECE_SECONDS up to which a recording stays whole: two pieces would cost more than they save."""
NOWHERE = Address("folder", "")
"""Stands in a work message until its dictionary gets the reference."""


def listening_parts(key: str, *, milliseconds: int, work: ListenWork) -> tuple[PartPlan, ...]:
    """The parts that make a TranscriptDocument of the object `key`; it is what the last of them leaves.

    `work` holds all but its addresses. Units are milliseconds of the recording.
    """
    count = _count_pieces(milliseconds)
    if count == 1:
        whole = replace(work, source_seconds=milliseconds / 1000)
        return (PartPlan("listen", _with(whole, audio=object_reference(key)), units=milliseconds),)
    prepare = PrepareWork(NOWHERE, engine=work.engine, pieces=count, language=work.language, source_seconds=milliseconds / 1000)
    parts = [PartPlan("prepare", {**prepare.to_dict(), "source": object_reference(key)}, units=0)]
    for piece in range(count):
        units = milliseconds * (piece + 1) // count - milliseconds * piece // count
        heard = _with(replace(work, piece=piece), audio=output_of(0), survey=timings_of(0))
        parts.append(PartPlan("listen", heard, units=units, stage=1))
    join = TranscriptWork(
        (), is_diarized=work.is_diarized, speakers=work.speakers, has_words=work.has_words, is_translation=work.is_translation
    ).to_dict()
    pieces = [output_of(index) for index in range(1, count + 1)]
    parts.append(PartPlan("transcript", {**join, "pieces": pieces, "survey": timings_of(0)}, units=0, stage=2, queue=CODEC_QUEUE))
    return tuple(parts)


def _count_pieces(milliseconds: int) -> int:
    piece = 1000 * settings.TTSAI_PIECE_SECONDS
    return 1 if milliseconds <= LONGEST_SINGLE * piece else -(-milliseconds // piece)


def _with(work: ListenWork, **addresses: Any) -> dict[str, Any]:
    return {**work.to_dict(), "format": DOCUMENT, **addresses}
