"""Translation task: a transcript or a text, divided into shares that are spoken by parts of their own."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from workers.contract.engines import EngineSpec
from workers.contract.errors import INTERNAL_ERROR, UNSUPPORTED_LANGUAGE, WorkError
from workers.contract.messages import Manifest
from workers.contract.tags import primary_tag
from workers.contract.transcription import ScriptDocument, TranscriptDocument, TranslateWork
from workers.parts import PartRun
from workers.protocols.engine import Model
from workers.protocols.translator import Translator, as_translator, check_direction
from workers.tasks.context import WorkerContext
from workers.tasks.inference import submit_inference
from workers.tasks.results import read_document, store_document
from workers.tasks.scheduling import compute_in_order
from workers.text.shares import Passage, cut_passages, gap_between, split_into_shares

LONGEST_CHARACTERS: Final = 400
"""Longest sentence sent to a translator: they are trained on sentences and lose the end of much longer ones."""
REMOTE_AT_ONCE: Final = 4
"""Concurrent requests of one part to a server."""


@dataclass(slots=True)
class _Translation:
    """Text to translate, its language, and the result."""

    original: str
    source: str
    gender: str = ""
    english: str = ""
    """English text written by the recogniser, if it was asked to translate."""
    pieces: list[str] = field(default_factory=list)
    details: dict[str, Any] = field(default_factory=dict)


def translate(run: PartRun, *, context: WorkerContext) -> Manifest:
    """Run a part of kind `translate`. Raises WorkError, PartStoppedError."""
    work = TranslateWork.from_dict(run.message.work)
    target = primary_tag(work.target_language)
    transcript = read_document(work.transcript, TranscriptDocument, storage=context.storage) if work.transcript else None
    result = _read_source(work, transcript=transcript)
    if not result.original.strip():
        result.details = {"method": "none"}
    elif result.source == target:
        result.pieces, result.details = _pieces(result.original), {"method": "same_language"}
    elif not work.engine:
        result.pieces, result.details = _pieces(_take_english_translation(result, target=target)), {"method": "recogniser"}
    else:
        _translate_text(run, work=work, target=target, result=result, context=context)
    document = ScriptDocument(
        original_text=result.original,
        text="".join(result.pieces),
        source_language=result.source,
        target_language=target,
        shares=split_into_shares(result.pieces, shares=work.shares),
        gender=result.gender,
        details=result.details,
    )
    run.units_done = len(result.original)
    details = {**result.details, "language": target, "share_characters": list(map(len, document.shares))}
    return store_document(run.message, storage=context.storage, document=document, units_done=run.units_done, details=details)


def _read_source(work: TranslateWork, *, transcript: TranscriptDocument | None) -> _Translation:
    if transcript is None:
        return _Translation(work.text or "", primary_tag(work.source_language))
    english = " ".join(segment.english.strip() for segment in transcript.segments if segment.english.strip())
    return _Translation(transcript.text, primary_tag(work.source_language or transcript.language), transcript.gender, english)


def _take_english_translation(result: _Translation, *, target: str) -> str:
    if target != "en" or not result.english:
        raise WorkError(INTERNAL_ERROR, "Without a translator a transcript that holds its English can be put into English alone.")
    return result.english


def _pieces(text: str) -> list[str]:
    """Sentences of a text, each with the text after it."""
    passages = cut_passages(text, longest=LONGEST_CHARACTERS)
    return [passage.text + (passage.gap if number < len(passages) else "") for number, passage in enumerate(passages, start=1)]


def _translate_text(run: PartRun, *, work: TranslateWork, target: str, result: _Translation, context: WorkerContext) -> None:
    if not result.source:
        raise WorkError(UNSUPPORTED_LANGUAGE, "The language of the text is not known. Name it.")
    with context.models.use(work.engine) as model:
        translator = as_translator(model)
        spec = translator.spec
        text, source = _choose_text(result, spec=spec, target=target)
        seconds = 0.0
        for batch, translated, took in _translate_in_order(
            run, engine=work.engine, translator=translator, text=text, source=source, target=target, context=context
        ):
            seconds += took
            gaps = (gap_between(passage.gap, target=target) for passage in batch)
            result.pieces += [text.strip() + gap for text, gap in zip(translated, gaps, strict=True)]
            run.units_done += sum(len(passage.text) for passage in batch)
    if result.pieces:
        result.pieces[-1] = result.pieces[-1].rstrip()
    result.details = {
        "method": "engine" if source == result.source else "engine_from_english",
        "engine": spec.id,
        "engine_version": spec.version,
        "compute_seconds": round(seconds, 4),
    }


def _choose_text(result: _Translation, *, spec: EngineSpec, target: str) -> tuple[str, str]:
    """Text to translate and its language: the recogniser's English if the engine translates only from it. Raises WorkError."""
    if target not in spec.targets_from(result.source) and result.english and target in spec.targets_from("en"):
        return result.english, "en"
    check_direction(spec, source=result.source, target=target)
    return result.original, result.source


def _translate_in_order(
    run: PartRun, *, engine: str, translator: Translator, text: str, source: str, target: str, context: WorkerContext
) -> Iterator[tuple[list[Passage], list[str], float]]:
    """Batches of sentences, their translations and the seconds they took."""

    def submit(item: tuple[int, list[Passage]]) -> "Future[tuple[list[str], float]]":
        index, batch = item
        texts = [passage.text for passage in batch]
        work = partial(_translate_batch, texts=texts, source=source, target=target)
        return submit_inference(
            run, context=context, engine=engine, work=work, is_remote=translator.is_remote, index=index, units=sum(map(len, texts))
        )

    batches = enumerate(_batches(cut_passages(text, longest=LONGEST_CHARACTERS), longest=translator.batch_characters))
    at_once = REMOTE_AT_ONCE if translator.is_remote else None
    for (_, batch), (translated, seconds) in compute_in_order(
        run, scheduler=context.scheduler, items=batches, submit=submit, at_once=at_once
    ):
        yield batch, translated, seconds


def _translate_batch(model: Model, *, texts: Sequence[str], source: str, target: str) -> list[str]:
    return as_translator(model).translate(texts, source=source, target=target)


def _batches(passages: Sequence[Passage], *, longest: int) -> Iterator[list[Passage]]:
    """Groups of sentences of at most `longest` characters in total; a longer one is alone."""
    batch: list[Passage] = []
    size = 0
    for passage in passages:
        if batch and size + len(passage.text) > longest:
            yield batch
            batch, size = [], 0
        batch.append(passage)
        size += len(passage.text)
    if batch:
        yield batch
