"""Where a long recording is cut into pieces that are heard apart."""

from collections.abc import Sequence
from typing import Final

from workers.hearing.windows import Window

DECIMALS: Final = 3


def choose_cuts(windows: Sequence[Window], *, pieces: int, seconds: float) -> tuple[float, ...]:
    """Where piece i begins, and after the last where it ends: `pieces` + 1 times in seconds, ascending.

    Each cut lies between two windows, in the middle of the silence there, which keeps every window whole; a window belongs to the piece in
    whose nominal place, an equal share of the recording, its middle lies. So a piece without speech ends at its nominal place or near it.
    """
    cuts = [0.0]
    upcoming = 0
    for piece in range(1, pieces):
        nominal = seconds * piece / pieces
        while upcoming < len(windows) and (windows[upcoming].start + windows[upcoming].end) / 2 < nominal:
            upcoming += 1
        earliest = windows[upcoming - 1].end if upcoming else 0.0
        latest = windows[upcoming].start if upcoming < len(windows) else seconds
        cuts.append(round(_place(earliest, latest, nominal=nominal, is_first=not upcoming), DECIMALS))
    return (*cuts, round(seconds, DECIMALS))


def _place(earliest: float, latest: float, *, nominal: float, is_first: bool) -> float:
    """The nominal place where it lies in the silence between two windows with some room, else the middle of the silence."""
    if latest - earliest > 2 and (is_first or earliest + 1 <= nominal) and nominal <= latest - 1:
        return nominal
    return (earliest + latest) / 2
