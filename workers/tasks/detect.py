"""Speech detection in a recording of any length: block by block in compute threads."""

from collections.abc import Iterator
from concurrent.futures import Future
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from workers.audio.samples import RECOGNITION_SAMPLE_RATE
from workers.audio.voice_activity.silero import FRAME_SAMPLES
from workers.fairness import Order
from workers.parts import PartRun
from workers.recognition.sound import Sound, loudness_gain, to_float
from workers.recognition.speech_regions import Region, find_regions
from workers.recognition.vad import LEAD_FRAMES, speech_probabilities
from workers.tasks.context import WorkerContext
from workers.tasks.scheduling import compute_in_order

_Block = tuple[NDArray[np.int16], NDArray[np.int16]]
"""Samples, and the end of the previous block."""

BLOCK_SECONDS: Final = 1024 * FRAME_SAMPLES * 9 / RECOGNITION_SAMPLE_RATE
"""Block of about five minutes, in whole frames: 0.7 CPU seconds and 25 MB."""


def detect_speech(run: PartRun, *, context: WorkerContext, sound: Sound, order: Order) -> tuple[Region, ...]:
    """Regions of speech. Raises WorkError, PartStoppedError."""

    def submit(block: _Block) -> "Future[NDArray[np.float32]]":
        return context.scheduler.submit(order, work=partial(_detect, *block))

    blocks = compute_in_order(run, scheduler=context.scheduler, items=_with_leads(sound), submit=submit)
    probabilities = [found for _, found in blocks]
    if not probabilities:
        return ()
    return find_regions(np.concatenate(probabilities), seconds=sound.seconds)


def _detect(samples: NDArray[np.int16], lead: NDArray[np.int16]) -> NDArray[np.float32]:
    gain, louder = loudness_gain(samples), to_float(samples)
    louder *= gain  # in place: a block is 20 MB
    return speech_probabilities(louder, lead=to_float(lead) * gain)


def _with_leads(sound: Sound) -> Iterator[_Block]:
    """Each block with the end of the previous one."""
    lead = np.zeros(0, np.int16)
    for block in sound.blocks(BLOCK_SECONDS):
        yield block, lead
        lead = block[-LEAD_FRAMES * FRAME_SAMPLES :]
