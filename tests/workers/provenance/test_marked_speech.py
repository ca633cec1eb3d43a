"""Parts of kind `speak` with a watermark, spoken by a real engine."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
import redis

from tests.workers.audio.decoding import read_samples
from tests.workers.messages import targets
from tests.workers.provenance.searching import find_watermark
from tests.workers.tasks.task_harness import TaskHarness
from workers.contract.messages import SpeakWork
from workers.contract.outputs import AUDIO
from workers.contract.references import Address
from workers.engines.hibari import HibariEngine
from workers.provenance.watermark import WatermarkReport
from workers.tasks.speak import speak

VOICE = HibariEngine.spec.voice_ref(HibariEngine.spec.voices[0])
WORK = SpeakWork("hibari", VOICE, text="The harbour was quiet. Nobody saw the boat come in.", language="en-us")


@pytest.fixture(scope="module")
def harness(tmp_path_factory: pytest.TempPathFactory, valkey: redis.Redis) -> Iterator[TaskHarness]:
    made = TaskHarness(tmp_path_factory.mktemp("speak"), engines=[HibariEngine()], client=valkey)
    yield made
    made.close()


@pytest.mark.parametrize(("mode", "is_marked"), [("all", True), ("cloned", False), ("", False)])
def test_speech_is_marked_as_the_work_asks(harness: TaskHarness, mode: str, *, is_marked: bool) -> None:
    assert spoken(harness, replace(WORK, watermark=mode)).is_detected is is_marked


def spoken(harness: TaskHarness, work: SpeakWork) -> WatermarkReport:
    """Search in the file that a part speaks, as MP3."""
    name = f"speech-{work.watermark or 'off'}"
    message = harness.message("speak", work, outputs=targets({AUDIO: Address("folder", name)}))
    speak(harness.run(message), context=harness.context)
    samples, sample_rate = read_samples(harness.objects / name)
    return find_watermark([samples], sample_rate=sample_rate)
