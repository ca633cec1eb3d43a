"""Audio tools as parts of a worker: steps, stopping, and their outputs."""

import threading
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
import redis

from tests.workers.audio.test_recording_streams import chord, encode
from tests.workers.messages import address_of, targets
from tests.workers.tasks.task_harness import TaskHarness
from workers.contract.audio_tools import AudioForm, ConvertRecordingWork
from workers.contract.errors import BAD_AUDIO, WorkError
from workers.contract.outputs import AUDIO
from workers.contract.references import Address
from workers.parts import PartStoppedError
from workers.tasks.stepwise import compute_stepwise


@pytest.fixture
def harness(tmp_path: Path, valkey: redis.Redis) -> Iterator[TaskHarness]:
    made = TaskHarness(tmp_path, engines=[], client=valkey)
    yield made
    made.close()


def work(form: AudioForm, *, seconds: float = 1.0) -> ConvertRecordingWork:
    return ConvertRecordingWork(source=Address("folder", "source"), source_seconds=seconds, form=form)


def test_convert_recording_stores_one_output_and_its_facts(harness: TaskHarness) -> None:
    encode(harness.objects / "source", chord(2), kind="flac")
    form = AudioForm("wav", sample_rate=22_050, channels=1)
    message = harness.message("convert_recording", work(form), outputs=targets({AUDIO: Address("folder", "made/audio")}))
    (output,) = harness.do(message).outputs
    assert (output.name, output.audio_seconds, output.sample_rate, output.bytes) == (AUDIO, 1.0, 22_050, 44 + 2 * 22_050)
    assert (harness.objects / address_of(message, AUDIO).location).stat().st_size == output.bytes


def test_convert_recording_whose_channels_are_not_those_measured_is_refused(harness: TaskHarness) -> None:
    encode(harness.objects / "source", chord(3), kind="flac")
    message = harness.message(
        "convert_recording",
        work(AudioForm("wav", sample_rate=44_100, channels=6)),
        outputs=targets({AUDIO: Address("folder", "made/audio")}),
    )
    with pytest.raises(WorkError, match="The number of channels changes within the recording") as refused:
        harness.do(message)
    assert refused.value.code == BAD_AUDIO
    assert not (harness.objects / "made").exists() or not list((harness.objects / "made").iterdir())


def test_stepwise_work_reports_its_seconds_and_returns_its_result(harness: TaskHarness) -> None:
    run = harness.run(harness.message("convert_recording", work(AudioForm("wav"))))
    reported: list[int] = []

    def steps() -> Generator[float, None, str]:
        yield 1.5
        reported.append(run.units_done)
        yield 3.0
        reported.append(run.units_done)
        return "done"

    assert compute_stepwise(run, context=harness.context, steps=steps(), seconds=4.0) == "done"
    assert reported == [1500, 3000]


def test_stepwise_work_of_a_cancelled_part_stops_after_its_step_and_closes(harness: TaskHarness) -> None:
    run = harness.run(harness.message("convert_recording", work(AudioForm("wav"))))
    is_running, may_go_on, is_closed = (threading.Event() for _ in range(3))

    def steps() -> Generator[float, None, None]:
        try:
            yield 1.0
            is_running.set()
            may_go_on.wait(10)
            yield 2.0
            raise AssertionError("a stopped part goes on")
        finally:
            is_closed.set()

    stopper = threading.Thread(target=lambda: is_running.wait(10) and run.stop())
    stopper.start()
    with pytest.raises(PartStoppedError):
        compute_stepwise(run, context=harness.context, steps=steps(), seconds=4.0)
    assert not is_closed.is_set()
    may_go_on.set()
    assert is_closed.wait(10)
    stopper.join()


def test_stepwise_work_raises_what_a_step_raises(harness: TaskHarness) -> None:
    run = harness.run(harness.message("convert_recording", work(AudioForm("wav"))))

    def steps() -> Generator[float, None, None]:
        yield 1.0
        raise WorkError(BAD_AUDIO, "The file is damaged.")

    with pytest.raises(WorkError, match=r"The file is damaged\."):
        compute_stepwise(run, context=harness.context, steps=steps(), seconds=4.0)
