"""Key of a piece by its pitch classes, and the keys that mix with it."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

NOTES: Final = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
MAJOR, MINOR = "Major", "Minor"
PROFILES: Final = {
    MAJOR: np.array([0.748, 0.060, 0.488, 0.082, 0.670, 0.460, 0.096, 0.715, 0.104, 0.366, 0.057, 0.400]),
    MINOR: np.array([0.712, 0.084, 0.474, 0.618, 0.049, 0.460, 0.105, 0.747, 0.404, 0.067, 0.133, 0.330]),
}
"""Share of each degree in pieces of a scale (Temperley, Music and Probability, 2007)."""
LEAST_CORRELATION, SURE_CORRELATION = 0.55, 0.85
"""Speech and noise reach 0.53 with some key, pieces of music 0.77 to 0.96."""
LEAST_TUNED, SURE_TUNED = 1.15, 2.0
"""Concentration of the peaks on semitones (ChromaMeter.fold): 1.1 at most in speech and noise, 2.5 in music."""
LEAST_NOTES, NOTE_SHARE = 3, 0.15
"""A key needs several notes with this share of the strongest: a single tone has none."""
CAMELOT_OF_C_MAJOR: Final = 8


@dataclass(frozen=True, slots=True)
class Key:
    note: str
    scale: str
    confidence: float
    """0 to 1."""

    @property
    def name(self) -> str:
        return f"{self.note} {self.scale}"

    @property
    def camelot(self) -> str:
        """Position on the Camelot wheel: a fifth up is one hour on; B is major, A minor."""
        return _camelot(NOTES.index(self.note), self.scale)

    @property
    def compatible_keys(self) -> list[str]:
        """The key, its fifth, its fourth, and the relative key of the other scale."""
        note = NOTES.index(self.note)
        relative = (9, MINOR) if self.scale == MAJOR else (3, MAJOR)
        steps = ((0, self.scale), (7, self.scale), (5, self.scale), relative)
        return [f"{NOTES[(note + step) % 12]} {scale}" for step, scale in steps]


def find_key(chroma: NDArray[np.float64], *, tuned: float) -> Key | None:
    """Key whose profile correlates best with the pitch classes [12]; None where there is none to tell. tuned: of ChromaMeter.fold."""
    if not chroma.any() or np.count_nonzero(chroma > NOTE_SHARE * chroma.max()) < LEAST_NOTES:
        return None
    best = max(
        (float(np.corrcoef(np.roll(profile, note), chroma)[0, 1]), NOTES[note], scale)
        for scale, profile in PROFILES.items()
        for note in range(12)
    )
    if best[0] < LEAST_CORRELATION or tuned < LEAST_TUNED:
        return None
    confidence = _share(best[0], LEAST_CORRELATION, SURE_CORRELATION) * _share(tuned, LEAST_TUNED, SURE_TUNED)
    return Key(best[1], best[2], round(confidence, 2))


def _share(value: float, least: float, sure: float) -> float:
    """0.1 at the least value that counts, 1 at a sure one."""
    return float(np.clip(0.1 + 0.9 * (value - least) / (sure - least), 0.0, 1.0))


def _camelot(note: int, scale: str) -> str:
    major = note if scale == MAJOR else (note + 3) % 12
    hour = (CAMELOT_OF_C_MAJOR + 7 * major - 1) % 12 + 1
    return f"{hour}{'B' if scale == MAJOR else 'A'}"
