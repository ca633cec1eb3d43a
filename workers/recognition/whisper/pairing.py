"""Assigns the English translation of a window to the segments of its original."""

from collections.abc import Sequence


def pair_by_time(spans: Sequence[tuple[float, float]], texts: Sequence[tuple[float, float, str]]) -> list[str]:
    """Assign each text (start, end, text) to the span (start, end) with the largest overlap, otherwise the nearest; several texts of a
    span are joined.
    """
    paired: list[list[str]] = [[] for _ in spans]
    if not spans:
        return []
    for start, end, text in texts:
        best = max(range(len(spans)), key=lambda index: _closeness(spans[index], (start, end)))
        paired[best].append(text.strip())
    return [" ".join(filter(None, parts)) for parts in paired]


def _closeness(span: tuple[float, float], other: tuple[float, float]) -> float:
    """Seconds of overlap; negative for the distance between them."""
    return min(span[1], other[1]) - max(span[0], other[0])
