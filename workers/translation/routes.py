"""Finds translations through an intermediate language if there is no direct one."""

from collections.abc import Iterable, Mapping
from typing import Final

Pair = tuple[str, str]
"""Source and target, primary tags."""

PIVOTS: Final = ("en", "es")
"""Preferred intermediate languages, in order: their pairs are the best trained."""


def find_routes(pairs: Iterable[Pair]) -> dict[Pair, tuple[Pair, ...]]:
    """All translations that the pairs allow, each with one or two pairs that it goes through."""
    direct = sorted(set(pairs))
    routes: dict[Pair, tuple[Pair, ...]] = {pair: (pair,) for pair in direct}
    middles = {source for source, _ in direct} & {target for _, target in direct}
    for middle in sorted(middles, key=lambda tag: (PIVOTS.index(tag) if tag in PIVOTS else len(PIVOTS), tag)):
        before = [source for source, target in direct if target == middle]
        behind = [target for source, target in direct if source == middle]
        for source in before:
            for target in behind:
                if source != target:
                    routes.setdefault((source, target), ((source, middle), (middle, target)))
    return routes


def group_targets(routes: Mapping[Pair, object]) -> dict[str, tuple[str, ...]]:
    """Targets by source, both sorted."""
    sources = sorted({source for source, _ in routes})
    return {source: tuple(sorted(target for known, target in routes if known == source)) for source in sources}
