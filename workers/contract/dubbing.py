"""Subtitles that are spoken to their times."""

from dataclasses import dataclass
from typing import Final

from workers.contract.codec import Message

CUES: Final = "cues"
"""Output of a part that speaks subtitles, and of their join: a `SpokenCue` each."""
FASTEST_FIT: Final = 1.6
"""Factor to which a subtitle is spoken faster than usual to fit its interval. Word errors stay below 2% up to about twice the usual speed."""
LEAST_OVERRUN_SECONDS: Final = 0.05
"""Shorter overruns are not reported: half a frame of film is 0.02 s."""


@dataclass(frozen=True, slots=True)
class Cue(Message):
    """Subtitle: characters [start_character, end_character) of the text, to be spoken from `start` to `end` seconds."""

    start: float
    end: float
    start_character: int
    end_character: int


@dataclass(frozen=True, slots=True)
class SpokenCue(Message):
    """Times of one subtitle, asked and spoken, in seconds. A part counts the spoken ones from its beginning, a join from the whole's."""

    start: float
    end: float
    spoken_start: float
    spoken_end: float
    speed: float
    """Factor by which it is spoken faster to fit; 1 for one that fits."""

    @property
    def overrun_seconds(self) -> float:
        """Seconds that it is spoken beyond its end; 0 if it fits."""
        over = round(self.spoken_end - self.end, 3)
        return over if over > LEAST_OVERRUN_SECONDS else 0.0
