"""Parts of kind examine_voice, with the real recogniser and encoders."""

import io
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import redis
import soundfile
from numpy.typing import NDArray

from tests.workers.audio.probe.recordings import silent_flac
from tests.workers.messages import targets
from tests.workers.recognition.clips import clip
from tests.workers.tasks.task_harness import TaskHarness
from workers.cloning.reference import ADVICE
from workers.contract.cloning import LIKENESS_OUTPUT, REPORT_OUTPUT, ExamineWork, VoiceReport, VoiceSample
from workers.contract.errors import WorkError
from workers.contract.references import Address
from workers.engines.whisper import build_engines
from workers.kokoro.voice_file import KokoroVoice

RATE = 16_000
MUSIC = Path(__file__).parents[2] / "data" / "music"


@pytest.fixture(scope="module")
def bench(encoded_once: None, tmp_path_factory: pytest.TempPathFactory, valkey: redis.Redis) -> Iterator[TaskHarness]:
    whisper = next(engine for engine in build_engines() if engine.spec.id == "whisper")
    harness = TaskHarness(tmp_path_factory.mktemp("examining"), engines=[whisper], client=valkey)
    yield harness
    harness.close()


def examine(bench: TaskHarness, *samples: VoiceSample) -> tuple[VoiceReport, KokoroVoice]:
    message = bench.message("examine_voice", ExamineWork("kokoro-clone", samples))
    addresses = {name: Address("folder", f"{message.token}/{name}") for name in (REPORT_OUTPUT, LIKENESS_OUTPUT)}
    message = bench.message("examine_voice", ExamineWork("kokoro-clone", samples), token=message.token, outputs=targets(addresses))
    assert bench.do(message).units_done == 15
    report, likeness = ((bench.objects / address.location).read_bytes() for address in addresses.values())
    return VoiceReport.from_dict(json.loads(report)), KokoroVoice.from_bytes(likeness)


def keep(bench: TaskHarness, name: str, samples: NDArray[np.float32]) -> VoiceSample:
    return VoiceSample(bench.keep(f"{name}.wav", samples))


def test_recordings_of_a_man_become_a_report_and_a_likeness(bench: TaskHarness) -> None:
    first, second = (keep(bench, name, clip(name)) for name in ("librivox-0870", "librivox-0890"))
    report, likeness = examine(bench, first, VoiceSample(second.source, transcript="And mr john dashwood had then leisure."))
    assert (report.language, report.gender, len(report.embedding)) == ("en", "male", 256)
    assert report.nearest_voice in likeness.prosody
    assert 80 < np.exp(report.log_f0_mean) < 150
    assert likeness.log_f0 == pytest.approx((report.log_f0_mean, report.log_f0_deviation), abs=1e-4)
    assert [sample.seconds for sample in report.samples] == [pytest.approx(7.1, abs=0.1), pytest.approx(5.3, abs=0.1)]
    assert report.samples[0].segments
    assert report.samples[1].transcript == "And mr john dashwood had then leisure."
    assert report.warnings == ("Recording 2: The recording holds 5.0 s of speech; 6 to 30 s make a better likeness.",)


def test_a_silent_recording_fails_with_its_number_and_advice(bench: TaskHarness) -> None:
    good = keep(bench, "good", clip("librivox-0870"))
    silent = keep(bench, "silent", np.zeros(3 * RATE, np.float32))
    with pytest.raises(WorkError, match=r"Recording 2: The recording is silent\. Record 6 to 30 s") as caught:
        examine(bench, good, silent)
    assert (caught.value.code, caught.value.is_retryable) == ("invalid_reference", False)


@pytest.mark.parametrize("rate", [0, 4_294_967_295])
def test_a_file_with_an_impossible_sample_rate_is_an_invalid_reference(bench: TaskHarness, rate: int) -> None:
    sample = keep(bench, f"rate-{rate}", clip("librivox-0880"))
    path = Path(bench.objects / f"rate-{rate}.wav")
    raw = bytearray(path.read_bytes())
    raw[24:28] = rate.to_bytes(4, "little")
    path.write_bytes(raw)
    with pytest.raises(WorkError, match="The recording cannot be used: ") as caught:
        examine(bench, sample)
    assert caught.value.code == "invalid_reference"


def test_a_text_file_is_an_invalid_reference(bench: TaskHarness) -> None:
    (bench.objects / "letter.txt").write_text("Dear sir or madam")
    with pytest.raises(WorkError, match="The recording cannot be used: "):
        examine(bench, VoiceSample(Address("folder", "letter.txt")))


def test_hostile_recordings_are_invalid_references_with_advice(bench: TaskHarness) -> None:
    music = (MUSIC / "C_major_120_4.mp3").read_bytes()
    cases = {
        "one-sample.wav": (wav(np.ones(1, np.float32)), "The recording cannot be used: The audio lasts"),
        "bomb.flac": (silent_flac(440, rate=8000), "The recording cannot be used: "),
        "music.mp3": (music, "No speech was found in the 37.0 s"),
        "two-people.wav": (
            wav(np.concatenate([clip("librivox-0870"), louder(clip("dhd-2934z")), louder(clip("dhd-goforward"))])),
            "The recording holds",
        ),
    }
    for name, (content, reason) in cases.items():
        (bench.objects / name).write_bytes(content)
        with pytest.raises(WorkError) as caught:
            examine(bench, VoiceSample(Address("folder", name)))
        assert (caught.value.code, caught.value.is_retryable) == ("invalid_reference", False), name
        assert caught.value.message.startswith(reason), (name, caught.value.message)
        assert caught.value.message.endswith(ADVICE), name


def wav(samples: NDArray[np.float32]) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, samples, RATE, format="WAV")
    return file.getvalue()


def louder(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """The clip at the level of the reader's."""
    return samples * np.float32(np.std(clip("librivox-0870")) / np.std(samples))
