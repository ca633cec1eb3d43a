"""Searches a customer's file for the watermark of synthesised speech and for content credentials."""

from collections.abc import Generator
from pathlib import Path
from typing import Any

from workers.audio.recordings import decoding_limits, open_recording
from workers.contract.audio_tools import ToolDocument
from workers.contract.messages import Manifest
from workers.contract.provenance import VerifyWork
from workers.parts import PartRun
from workers.provenance.credentials import read_credentials
from workers.provenance.spectrum import RATE
from workers.provenance.watermark import WatermarkSearch, has_watermark_weights
from workers.tasks.context import WorkerContext
from workers.tasks.results import store_document
from workers.tasks.stepwise import compute_stepwise

BLOCK_SECONDS = 30.0
MISSING_WEIGHTS = "The watermark's networks are missing on this server: ttsai models pull watermark"


def verify(run: PartRun, *, context: WorkerContext) -> Manifest:
    """Run a part of kind `verify`. Raises WorkError, PartStoppedError."""
    work = VerifyWork.from_dict(run.message.work)
    with context.storage.read(work.source) as source:
        fields = compute_stepwise(run, context=context, steps=_search(source, work=work), seconds=work.source_seconds)
    return store_document(
        run.message,
        storage=context.storage,
        document=ToolDocument(fields),
        audio_seconds=work.source_seconds,
        units_done=round(work.source_seconds * 1000),
    )


def _search(source: Path, *, work: VerifyWork) -> Generator[float, None, dict[str, Any]]:
    """Yields the seconds done so far; returns the fields of the answer."""
    credentials = read_credentials(source, container=work.container, trust_anchors=work.trust_anchors)
    yield 0.0
    watermark = yield from _search_watermark(source, work=work)
    return {
        "watermark": watermark,
        "content_credentials": {
            "found": credentials.is_found,
            "valid": credentials.is_valid,
            "trusted": credentials.is_trusted,
            **credentials.details,
        },
    }


def _search_watermark(source: Path, *, work: VerifyWork) -> Generator[float, None, dict[str, Any]]:
    if not has_watermark_weights():
        return {"checked": False, "detected": False, "reason": MISSING_WEIGHTS}
    with open_recording(source, sample_rate=RATE, limits=decoding_limits(work.source_seconds)) as recording:
        search, done = WatermarkSearch(recording.sample_rate), 0
        for block in recording.blocks(block_seconds=BLOCK_SECONDS):
            search.feed(block)
            done += len(block)
            yield done / recording.sample_rate
        report = search.finish()
    return {
        "checked": True,
        "detected": report.is_detected,
        "confidence": report.confidence,
        "marked_seconds": report.marked_seconds,
    }
