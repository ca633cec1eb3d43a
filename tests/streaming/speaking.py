"""A worker's side of streams: publishes sentences with the worker's own code, stores the part's file and finishes it."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import redis
from numpy.typing import NDArray

from apps.jobs.models import IN_FLIGHT_STATES, Job, Part
from apps.jobs.services.finish import finish_part
from tests.factories_jobs import outcome_of, started, store_output
from tests.flows.following import wait_until
from tests.jobs.observing import beat
from workers.audio.encoding import FileEncoder
from workers.contract.messages import PartMessage
from workers.contract.references import Address
from workers.stream import LiveEvents, PartEvents

RATE = 24_000


def tone(number: int, *, seconds: float = 0.5) -> NDArray[np.float32]:
    """Samples that differ from those of every other number, exact in 16 bits."""
    steps = np.random.default_rng(number).integers(-20_000, 20_000, round(seconds * RATE))
    return (steps / 32_768).astype(np.float32)


def only_job() -> Job:
    """The only job that is not internal, once it was accepted and admitted."""
    wait_until(lambda: Part.objects.filter(state__in=IN_FLIGHT_STATES).exists())
    return Job.objects.get(is_internal=False)


def admitted_parts(job: Job, *, count: int) -> list[Part]:
    """The parts of a longer text: the first, and those that are sent to workers once its first words are spoken."""
    first = admitted_part(job)
    beat(first, units_done=1)
    return [first, *(admitted_part(job, index) for index in range(1, count))]


def admitted_part(job: Job, index: int = 0) -> Part:
    """The part, once it was sent to workers."""
    wait_until(lambda: Part.objects.filter(job_id=job.uuid, index=index, state__in=IN_FLIGHT_STATES).exists())
    return started(Part.objects.get(job_id=job.uuid, index=index))


class PartSpeaker:
    """One attempt at a part."""

    def __init__(self, client: redis.Redis, part: Part) -> None:
        self.part = part
        self.sentences: list[NDArray[np.float32]] = []
        message = PartMessage(
            job=part.job_id.hex, part=part.index, token="0", kind="speak", work={}, tenant=part.tenant, lane="live", job_created_at=0,
            deadline_at=0, outputs=(), manifest=Address("folder", "m"), stream=f"job:{part.job_id.hex}:events", has_listener=True,
        )  # fmt: skip
        self._events = PartEvents(LiveEvents(client), message=message, units_total=part.units, sample_rate=RATE)

    def say(self, *numbers: int, is_last: bool = False) -> "PartSpeaker":
        """Publish tones, each as a sentence of a tenth of the text, with one word."""
        for number in numbers:
            samples, start = tone(number), sum(map(len, self.sentences)) / RATE
            self.sentences.append(samples)
            word = {"word": f"w{number}", "start": start, "end": start + 0.25, "start_character": 0, "end_character": 1}
            units = len(self.sentences) * self.part.units // 10
            self._events.publish(units_done=units, words=[word], samples=samples)
        if is_last:
            silence = np.zeros(RATE // 10, np.float32)
            self.sentences.append(silence)
            self._events.publish(units_done=self.part.units, samples=silence, is_last=True)
        return self

    def add_unheard(self, *numbers: int) -> "PartSpeaker":
        """Say tones that are in the file only."""
        self.sentences += [tone(number) for number in numbers]
        return self

    def finish(self) -> None:
        """Store the file with all sentences and report the part as done."""
        encoded = encode(self.sentences, audio_format=self.part.output_specs[0].format)
        manifest = store_output(self.part, audio=encoded)
        assert finish_part(outcome_of(Part.objects.get(pk=self.part.pk), manifest=manifest))

    def report_cancelled(self, *, units_done: int) -> None:
        """Report that the attempt stopped."""
        assert finish_part(outcome_of(self.part, status="cancelled", units_done=units_done))

    @staticmethod
    def fail(part: Part, *, code: str) -> None:
        """Report that the part cannot be done."""
        assert finish_part(outcome_of(part, status="failed", error_code=code, error_message="It failed.", is_retryable=False))


def encode(sentences: Sequence[NDArray[np.float32]], *, audio_format: str) -> bytes:
    """A file of the sentences."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "audio"
        with FileEncoder(path, audio_format, input_rate=RATE) as file:
            for samples in sentences:
                file.write(samples)
            file.finish()
        return path.read_bytes()


def pcm_of(*numbers: int, has_silence: bool = True) -> bytes:
    """The 16-bit samples of tones and of the silence at the end."""
    samples = [tone(number) for number in numbers] + [np.zeros(RATE // 10, np.float32)] * has_silence
    return np.rint(np.concatenate(samples) * 32_768).astype("<i2").tobytes()
