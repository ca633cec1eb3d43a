"""Own voices with the real fit: likeness by two encoders, a stopped fit that continues, the decoder against the packaged graph."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import jax
import numpy as np
import onnx
import pytest
import redis
import soundfile
from numpy.typing import NDArray

from tests.workers.messages import targets
from tests.workers.recognition.clips import clip
from tests.workers.tasks.task_harness import TaskHarness
from workers.cloning.decoder import decode, split_affine, to_arrays
from workers.cloning.decoder_weights import read_decoder_weights
from workers.cloning.job import CHECKPOINT
from workers.cloning.speaking import speak_demo
from workers.contract.cloning import DEMO_OUTPUT, LIKENESS_OUTPUT, REPORT_OUTPUT, VOICE_OUTPUT, ExamineWork, FitWork, VoiceSample
from workers.contract.errors import WorkError
from workers.contract.messages import PartMessage
from workers.contract.references import Address
from workers.engines.kokoro_enrol import KokoroEnroller
from workers.engines.whisper import build_engines
from workers.kokoro.runtime import KokoroRuntime
from workers.kokoro.voice_file import KokoroVoice
from workers.parts import PartRun, PartStoppedError
from workers.speakers.ge2e import Ge2eEncoder
from workers.tasks.fit_voice import fit_voice
from workers.weights.store import WeightStore

pytestmark = [pytest.mark.prove, pytest.mark.timeout(3600)]

SENTENCE = "She packed a warm coat and two books for the long train ride north."
RATE = 16_000


@pytest.fixture
def bench(tmp_path: Path, valkey: redis.Redis, monkeypatch: pytest.MonkeyPatch) -> Iterator[TaskHarness]:
    monkeypatch.setenv("TTSAI_HOME", str(tmp_path / "home"))
    whisper = next(engine for engine in build_engines() if engine.spec.id == "whisper")
    harness = TaskHarness(tmp_path, engines=[whisper, KokoroEnroller()], client=valkey)
    yield harness
    harness.close()


def prepared(bench: TaskHarness, kind: str, work: ExamineWork | FitWork, names: tuple[str, ...], **changes: str) -> PartMessage:
    message = bench.message(kind, work, **changes)
    addresses = {name: Address("folder", f"{message.token}/{name}") for name in names}
    return bench.message(kind, work, token=message.token, outputs=targets(addresses), **changes)


def examined(bench: TaskHarness, samples: tuple[VoiceSample, ...]) -> PartMessage:
    message = prepared(bench, "examine_voice", ExamineWork("kokoro-clone", samples), (REPORT_OUTPUT, LIKENESS_OUTPUT))
    bench.do(message)
    return message


def address_of(message: PartMessage, name: str) -> Address:
    output = message.find_output(name)
    assert output is not None
    return output.address


def fitting(bench: TaskHarness, samples: tuple[VoiceSample, ...], *, job: str) -> PartMessage:
    found = examined(bench, samples)
    report, likeness = (address_of(found, name) for name in (REPORT_OUTPUT, LIKENESS_OUTPUT))
    work = FitWork("kokoro-clone", samples, report, likeness, demo_text=SENTENCE, demo_language="en-us", demo_format="wav")
    return prepared(bench, "fit_voice", work, (DEMO_OUTPUT, VOICE_OUTPUT), job=job)


def read_voice(bench: TaskHarness, message: PartMessage) -> KokoroVoice:
    return KokoroVoice.from_bytes((bench.objects / address_of(message, VOICE_OUTPUT).location).read_bytes())


def test_a_stopped_fit_continues_at_its_checkpoint_and_leaves_no_recording(
    bench: TaskHarness, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TTSAI_CLONE_STEPS", "7")
    samples = (VoiceSample(bench.keep("man.wav", clip("librivox-0870"))),)
    message = fitting(bench, samples, job="a" * 32)
    folder = tmp_path / "home" / "cloning" / "fits" / ("a" * 32)
    run = bench.run(message)
    stop_when(run, (folder / CHECKPOINT).exists)
    with pytest.raises(PartStoppedError):
        fit_voice(run, context=bench.context)
    assert 1 <= int(np.load(folder / CHECKPOINT)["step"]) < 7
    again = bench.run(message)
    assert fit_voice(again, context=bench.context).units_done == 85
    assert again.units_done == 85
    voice = read_voice(bench, message)
    assert voice.affine is not None
    demo, rate = soundfile.read(bench.objects / address_of(message, DEMO_OUTPUT).location)
    assert (rate, 3.0 < len(demo) / rate < 7.0) == (24_000, True)
    assert not folder.exists()


def test_voice_with_a_failed_fit_is_a_likeness_with_demo_and_reason(bench: TaskHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workers.tasks.fit_voice.run_fit", failing_fit)
    message = fitting(bench, (VoiceSample(bench.keep("man.wav", clip("librivox-0890"))),), job="c" * 32)
    manifest = fit_voice(bench.run(message), context=bench.context)
    assert (manifest.details["is_fitted"], manifest.details["error"]) == (False, "The child was killed.")
    likeness = FitWork.from_dict(message.work).likeness
    assert isinstance(likeness, Address)
    assert read_voice(bench, message).to_bytes() == (bench.objects / likeness.location).read_bytes()
    demo, rate = soundfile.read(bench.objects / address_of(message, DEMO_OUTPUT).location)
    assert (rate, 3.0 < len(demo) / rate < 7.0) == (24_000, True)


def failing_fit(folder: Path, *, check: Callable[[], None], on_progress: Callable[[object], None]) -> None:
    raise WorkError("internal_error", "The child was killed.")


def test_fitted_voice_is_nearer_to_its_speaker_than_the_likeness(bench: TaskHarness) -> None:
    samples = tuple(VoiceSample(bench.keep(f"{name}.wav", clip(name))) for name in ("librivox-0870", "librivox-0890"))
    message = fitting(bench, samples, job="b" * 32)
    started = time.monotonic()
    fit_voice(bench.run(message), context=bench.context)
    encoder = Ge2eEncoder()
    wanted = encoder.embed(clip("librivox-0920"), sample_rate=RATE)
    demo, rate = soundfile.read(bench.objects / address_of(message, DEMO_OUTPUT).location, dtype="float32")
    likeness = encoder.embed(spoken_by_likeness(bench, message), sample_rate=24_000)
    fitted = encoder.embed(demo, sample_rate=rate)
    print(f"fit: {time.monotonic() - started:.0f} s; GE2E of the likeness {likeness @ wanted:.3f}, fitted {fitted @ wanted:.3f}")
    assert float(fitted @ wanted) > max(0.75, float(likeness @ wanted))


def test_the_decoder_in_jax_gives_the_audio_of_the_packaged_graph() -> None:
    model = onnx.load(WeightStore.default().path("kokoro", "model.onnx"))
    runtime = KokoroRuntime.load()
    tokens = runtime.tokens("hˈɛlO")
    style = runtime.mix_styles({"af_heart": 1.0}, phoneme_count=5)
    encoding = runtime.encode(tokens, style=style)
    frames = runtime.align(encoding, track=np.repeat(np.arange(len(tokens)), encoding.durations), style=style)
    affine = runtime.affine(style)
    wanted = runtime.decode(frames, affine=affine)
    inputs = {"asr": frames.asr.T, "f0": frames.f0, "energy": frames.energy, "har": runtime.harmonics(frames.f0).T}
    layout = runtime.affine_weights.layout
    found = jax.jit(lambda weights, numbers, given: decode(weights, split_affine(numbers, layout), **given))(
        to_arrays(read_decoder_weights(model)), affine, inputs
    )
    assert found.shape == wanted.shape
    assert signal_to_noise(wanted, np.asarray(found)) > 10  # the packaged graph is quantised: 14 dB; of its fp32 form 98 dB


def signal_to_noise(wanted: NDArray[np.float32], found: NDArray[np.float32]) -> float:
    return float(10 * np.log10((wanted**2).sum() / ((wanted - found) ** 2).sum()))


def spoken_by_likeness(bench: TaskHarness, message: PartMessage) -> NDArray[np.float32]:
    likeness = FitWork.from_dict(message.work).likeness
    assert isinstance(likeness, Address)
    voice = KokoroVoice.from_bytes((bench.objects / likeness.location).read_bytes())
    return speak_demo(KokoroRuntime.load(), voice, SENTENCE, language="en-us")


def stop_when(run: PartRun, is_due: Callable[[], bool]) -> None:
    """Stop the part, as a cancelled job does, once the condition holds."""

    def watch() -> None:
        while not is_due():
            time.sleep(0.05)
        run.stop()

    threading.Thread(target=watch, daemon=True).start()
