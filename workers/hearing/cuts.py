"""Cuts of a long recording into pieces that are heard apart."""

from collections.abc import Sequence
from typing import Final

from workers.hearing.windows import Window

DECIMALS: Final = 3
ROOM_SECONDS: Final = 0.5


def choose_cuts(windows: Sequence[Window], *, pieces: int, seconds: float) -> tuple[float, ...]:
    """Start of each piece, and after the last its end: `pieces` + 1 times in seconds, ascending.

    Each cut lies in the silence between two windows, which keeps every window whole; a window belongs to the piece in whose nominal place,
    an equal share of the recording, its middle lies.
    """
    cuts = [0.0]
    upcoming = 0
    for piece in range(1, pieces):
        nominal = seconds * piece / pieces
        while upcoming < len(windows) and (windows[upcoming].start + windows[upcoming].end) / 2 < nominal:
            upcoming += 1
        earliest = windows[upcoming - 1].end if upcoming else 0.0
        latest = windows[upcoming].start if upcoming < len(windows) else seconds
        cuts.append(round(_place(nominal, earliest=earliest, latest=latest), DECIMALS))
    return (*cuts, round(seconds, DECIMALS))


def _place(nominal: float, *, earliest: float, latest: float) -> float:
    """The time nearest to the nominal one in the silence between two windows, with some of it on both sides."""
    room = min(ROOM_SECONDS, (latest - earliest) / 2)
    return min(max(nominal, earliest + room), latest - room)
