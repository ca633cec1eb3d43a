"""Speech detection in a recording of any length: block by block in compute threads."""

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future
from typing import Final

import numpy as np
from numpy.typing import NDArray

from workers.fairness import Order
from workers.hearing.sound import Sound, loudness_gain, to_float
from workers.hearing.speech import Region, find_regions
from workers.hearing.vad import FRAME_SAMPLES, LEAD_FRAMES, speech_probabilities
from workers.parts import PartRun
from workers.tasks.workbench import Workbench

BLOCK_SECONDS: Final = 1024 * FRAME_SAMPLES * 9 / 16_000
"""Some five minutes, in whole frames: 0.7 CPU seconds and 25 MB."""


def detect_speech(run: PartRun, *, workbench: Workbench, sound: Sound, order: Order) -> tuple[Region, ...]:
    """The regions of speech. Raises WorkError, PartStoppedError."""
    waiting: deque[Future[NDArray[np.float32]]] = deque()
    probabilities: list[NDArray[np.float32]] = []
    for samples, lead in _with_leads(sound):

        def detect(samples: NDArray[np.int16] = samples, lead: NDArray[np.int16] = lead) -> NDArray[np.float32]:
            gain, louder = loudness_gain(samples), to_float(samples)
            louder *= gain  # in place: a block is 20 MB
            return speech_probabilities(louder, lead=to_float(lead) * gain)

        waiting.append(workbench.scheduler.submit(order, work=detect))
        if len(waiting) >= workbench.scheduler.look_ahead:
            probabilities.append(run.wait_for(waiting.popleft()))
    probabilities += [run.wait_for(future) for future in waiting]
    if not probabilities:
        return ()
    return find_regions(np.concatenate(probabilities), seconds=sound.seconds)


def _with_leads(sound: Sound) -> Iterator[tuple[NDArray[np.int16], NDArray[np.int16]]]:
    """Each block with the end of the one before."""
    lead = np.zeros(0, np.int16)
    for block in sound.blocks(BLOCK_SECONDS):
        yield block, lead
        lead = block[-LEAD_FRAMES * FRAME_SAMPLES :]
