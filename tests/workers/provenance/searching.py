"""Watermarks of whole recordings."""

from collections.abc import Iterable

from workers.audio.samples import Samples
from workers.provenance.watermark import WatermarkReport, WatermarkSearch


def find_watermark(blocks: Iterable[Samples], *, sample_rate: int) -> WatermarkReport:
    """Search all blocks at once. Raises WorkError (engine_unavailable)."""
    search = WatermarkSearch(sample_rate)
    for block in blocks:
        search.feed(block)
    return search.finish()
