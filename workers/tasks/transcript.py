"""Joins the pieces of a recording to one transcript."""

from collections.abc import Sequence

from workers.contract.messages import Manifest
from workers.contract.transcription import RecordingAnalysis, TranscriptDocument, TranscriptWork
from workers.parts import PartRun
from workers.recognition.diarize import label_speakers
from workers.recognition.diarize.known_voices import KnownVoice
from workers.recognition.transcripts import join_channels, join_gender, join_segments, main_language, without_words
from workers.tasks.context import WorkerContext
from workers.tasks.known_speakers import embed_known_speakers
from workers.tasks.results import read_document, store_document
from workers.tasks.scheduling import sentence_order
from workers.text.transcripts import whole_text

UNITS_PER_EMBEDDING = 0.02
"""Scheduling cost of clustering: an hour's speaker embeddings, about 4,500, take a second or two."""


def transcript(run: PartRun, *, context: WorkerContext) -> Manifest:
    """Run a part of kind `transcript`. Raises WorkError, PartStoppedError."""
    work = TranscriptWork.from_dict(run.message.work)
    pieces = []
    for address in work.pieces:
        run.check()
        pieces.append(read_document(address, TranscriptDocument, storage=context.storage))
    analysis = read_document(work.analysis, RecordingAnalysis, storage=context.storage) if work.analysis else None
    units = 1 + int(UNITS_PER_EMBEDDING * sum(len(piece.speaker_embeddings) for piece in pieces))
    order = sentence_order(run.message, index=0, units=units)
    known = embed_known_speakers(run, context=context, speakers=work.known_speakers) if work.is_diarized else ()
    document = run.wait_for(context.scheduler.submit(order, work=lambda: _join(work, pieces=pieces, analysis=analysis, known=known)))
    return store_document(
        run.message,
        storage=context.storage,
        document=document,
        audio_seconds=document.duration,
        details={"language": document.language},
    )


def _join(
    work: TranscriptWork, *, pieces: list[TranscriptDocument], analysis: RecordingAnalysis | None, known: Sequence[KnownVoice]
) -> TranscriptDocument:
    if work.is_by_channel:
        return _join_channels(work, channels=pieces)
    segments = join_segments([piece.segments for piece in pieces])
    if work.is_diarized:
        embeddings = [one for piece in pieces for one in piece.speaker_embeddings]
        segments = label_speakers(segments, embeddings, speakers=work.speakers, known=known)
    language = main_language(pieces)
    return TranscriptDocument(
        text=whole_text(segments, language="en" if work.is_translation else language),
        language=language,
        duration=analysis.seconds if analysis else round(sum(piece.duration for piece in pieces), 3),
        segments=segments if work.has_words else without_words(segments),
        gender=join_gender(pieces),
    )


def _join_channels(work: TranscriptWork, *, channels: list[TranscriptDocument]) -> TranscriptDocument:
    """One document of all channels: their segments in the order of time."""
    segments = join_channels([channel.segments for channel in channels])
    language = main_language(channels)
    return TranscriptDocument(
        text=whole_text(segments, language="en" if work.is_translation else language),
        language=language,
        duration=max(channel.duration for channel in channels),
        segments=segments if work.has_words else without_words(segments),
        gender=join_gender(channels),
    )
