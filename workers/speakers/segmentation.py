"""Speaker segmentation: which of up to three voices speak at each moment, also two at once."""

from dataclasses import dataclass
from itertools import permutations
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from workers.audio.samples import RECOGNITION_SAMPLE_RATE, Samples
from workers.speakers.checkpoint import read_tensors
from workers.speakers.model_session import ModelSession
from workers.speakers.segmentation_graph import build_graph
from workers.weights.sets.diarization import DIARIZATION, SEGMENTATION_FILE
from workers.weights.store import WeightsMissingError, WeightStore

WINDOW_SECONDS: Final = 10.0
"""Window length that the model was trained on."""
STEP_SECONDS: Final = 2.5
"""Step between windows: each moment is judged four times."""
FRAME_SAMPLES: Final = 270
FRAME_SECONDS: Final = FRAME_SAMPLES / RECOGNITION_SAMPLE_RATE
WINDOW_FRAMES: Final = 589
TRACKS: Final = 3
VOICES_OF_CLASS: Final = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0], [1, 0, 1], [0, 1, 1]], np.float32)
"""Voices [7, 3] that speak in each class of the model."""

LIKELY: Final = 0.5
"""Probability from which on a class counts."""

Activity = NDArray[np.float32]
"""Probability [frames, 3] that each track speaks; a frame every FRAME_SECONDS."""


@dataclass(frozen=True, slots=True)
class SpeakerSegmentation:
    """Segmentation model with its session."""

    session: ModelSession

    def path(self) -> Path:
        """Path of the weights. Raises WeightsMissingError naming the command that downloads them."""
        return WeightStore.default().path(DIARIZATION.name, SEGMENTATION_FILE)

    def is_available(self) -> bool:
        """True if the weights are on this machine."""
        try:
            self.path()
        except WeightsMissingError:
            return False
        return True

    def find_activity(self, samples: Samples) -> Activity:
        """Activity of three tracks in mono samples [n] at 16 kHz. Raises WorkError (engine_unavailable).

        A track is one voice within about ten seconds; further apart it may be another. Memory grows by the frames.
        """
        frames = max(1, round(len(samples) / FRAME_SAMPLES))
        sums, counts = np.zeros((frames + WINDOW_FRAMES, TRACKS), np.float32), np.zeros(frames + WINDOW_FRAMES, np.float32)
        for first in _window_starts(len(samples)):
            voices = self._find_voices(samples[first : first + round(WINDOW_SECONDS * RECOGNITION_SAMPLE_RATE)])
            at = round(first / FRAME_SAMPLES)
            part = slice(at, at + len(voices))
            sums[part] += voices[:, _best_order(sums[part], voices)]
            counts[part] += 1
        return np.asarray(sums / np.maximum(counts, 1)[:, None], np.float32)[:frames]

    def overlap_share(self, samples: Samples) -> float:
        """Share of the speech in mono samples [n] at 16 kHz at which two voices speak at once. Raises WorkError (engine_unavailable).

        By the classes of the model: once its tracks are clustered, two voices that speak all the time may count as one.
        """
        speech = overlap = 0
        for first in _window_starts(len(samples)):
            window = samples[first : first + round(WINDOW_SECONDS * RECOGNITION_SAMPLE_RATE)]
            classes = self._find_classes(window)[: max(1, len(window) // FRAME_SAMPLES)]
            speech += int((classes[:, 0] < LIKELY).sum())
            overlap += int((classes[:, VOICES_OF_CLASS.sum(axis=1) > 1].sum(axis=1) > LIKELY).sum())
        return overlap / max(speech, 1)

    def _find_voices(self, samples: Samples) -> Activity:
        voices: Activity = self._find_classes(samples) @ VOICES_OF_CLASS
        return voices

    def _find_classes(self, samples: Samples) -> NDArray[np.float32]:
        """Probabilities [frames, 7] of the classes of VOICES_OF_CLASS, for a window that is filled with silence."""
        window = np.pad(samples, (0, max(0, round(WINDOW_SECONDS * RECOGNITION_SAMPLE_RATE) - len(samples))))
        (classes,) = self.session.run(wave=window[None, None])
        return np.asarray(np.exp(classes), np.float32)


def _window_starts(samples: int) -> list[int]:
    """First samples of the windows; the last one ends with the recording."""
    window, step = (round(seconds * RECOGNITION_SAMPLE_RATE) for seconds in (WINDOW_SECONDS, STEP_SECONDS))
    spare = max(0, samples - window)
    return [*range(0, spare, step), spare]


def _best_order(known: Activity, voices: Activity) -> NDArray[np.intp]:
    """Order of the window's voices in which they agree most with the tracks so far."""
    agreement = known.T @ voices
    orders = permutations(range(TRACKS))
    return np.array(max(orders, key=lambda order: sum(agreement[track, voice] for track, voice in enumerate(order))), np.intp)


def _build_graph() -> bytes:
    return build_graph(read_tensors(SEGMENTATION.path(), entry="state_dict"))


SEGMENTATION: Final = SpeakerSegmentation(ModelSession(_build_graph))
