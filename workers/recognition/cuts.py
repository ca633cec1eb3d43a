"""Cuts a long recording into pieces that are transcribed separately."""

from collections.abc import Sequence
from typing import Final

from workers.recognition.windows import Window

DECIMALS: Final = 3
ROOM_SECONDS: Final = 0.5


def choose_cuts(windows: Sequence[Window], *, pieces: int, seconds: float) -> tuple[float, ...]:
    """Start of each piece and the end of the last: `pieces` + 1 times in seconds, ascending.

    Each cut lies in the silence between two windows, so that every window stays whole. A window belongs to the piece whose nominal span, an
    equal share of the recording, contains its middle.
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
    """Time nearest to the nominal one in the silence between two windows, with some silence on both sides."""
    room = min(ROOM_SECONDS, (latest - earliest) / 2)
    return min(max(nominal, earliest + room), latest - room)
