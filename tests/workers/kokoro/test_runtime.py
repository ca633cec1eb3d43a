"""The parts of Kokoro's graph against the packaged graph, with the real weights."""

from typing import Any

import numpy as np
import pytest

from workers.contract.errors import WorkError
from workers.kokoro.graph import PARTS, GraphError, cut_part, read_affine_weights
from workers.kokoro.runtime import MOST_PHONEMES, Encoding, KokoroRuntime, Pitch, SharedRuntime
from workers.kokoro.stock_voices import STOCK_VOICES
from workers.kokoro.voice_file import AFFINE_SIZE
from workers.weights.store import WeightStore

PHONEMES = "ɡˈʊd dˈA, mˈISəɹ."


def repeat_tokens(encoding: Encoding) -> np.ndarray:
    return np.repeat(np.arange(len(encoding.durations)), encoding.durations)


@pytest.mark.parametrize(("voice", "speed"), [("am_onyx", 0.8), pytest.param("jf_alpha", 1.0, marks=pytest.mark.prove)])
def test_parts_one_after_the_other_give_exactly_the_packaged_graphs_audio(
    packaged_runtime: KokoroRuntime, packaged: Any, voice: str, speed: float
) -> None:
    runtime = packaged_runtime
    phonemes = "".join(phoneme for phoneme in PHONEMES if phoneme in runtime.vocabulary)
    tokens, style = runtime.tokens(phonemes), runtime.mix_styles({voice: 1.0}, phoneme_count=len(phonemes))
    feeds = {"tokens": tokens[np.newaxis], "style": style[np.newaxis], "speed": np.array([speed], np.float32)}
    audio, durations = packaged.run(["audio", "duration"], feeds)
    spoken = runtime.synthesise(tokens, style=style, speed=speed)
    assert np.array_equal(spoken.durations, durations.ravel())
    assert np.array_equal(spoken.audio, audio.ravel())


def test_parts_of_the_runtime_give_arrays_of_the_documented_shapes(runtime: KokoroRuntime) -> None:
    tokens, style = runtime.tokens("hˈI"), runtime.mix_styles({"af_bella": 1.0}, phoneme_count=3)
    encoding = runtime.encode(tokens, style=style)
    n, t = len(tokens), int(encoding.durations.sum())
    frames = runtime.align(encoding, track=repeat_tokens(encoding), style=style)
    assert (encoding.text.shape, encoding.features.shape, encoding.durations.shape) == ((512, n), (n, 640), (n,))
    assert (frames.asr.shape, frames.f0.shape, frames.energy.shape) == ((512, t), (2 * t,), (2 * t,))
    assert runtime.harmonics(frames.f0).shape == (22, 120 * t + 1)
    assert runtime.affine(style).shape == (AFFINE_SIZE,)
    assert runtime.decode(frames, affine=runtime.affine(style)).shape == (600 * t,)
    assert (len(runtime.affine_weights.layout), sum(size for _, size in runtime.affine_weights.layout)) == (58, AFFINE_SIZE)
    assert [name for name, _ in runtime.affine_weights.layout] == sorted(name for name, _ in runtime.affine_weights.layout)


def test_timing_of_another_recording_takes_the_place_of_the_durations(runtime: KokoroRuntime) -> None:
    tokens, style = runtime.tokens("hˈI"), runtime.mix_styles({"af_bella": 1.0}, phoneme_count=3)
    encoding = runtime.encode(tokens, style=style)
    frames = runtime.align(encoding, track=np.array([0, 1, 1, 2, 2, 2, 2, 3, 4]), style=style)
    assert runtime.decode(frames, affine=runtime.affine(style)).shape == (600 * 9,)


def test_affine_of_another_voice_changes_the_sound_and_not_the_timing(runtime: KokoroRuntime) -> None:
    tokens, bella = runtime.tokens("hˈI"), runtime.mix_styles({"af_bella": 1.0}, phoneme_count=3)
    onyx = runtime.mix_styles({"am_onyx": 1.0}, phoneme_count=3)
    own, other = runtime.synthesise(tokens, style=bella), runtime.synthesise(tokens, style=bella, affine=runtime.affine(onyx))
    assert np.array_equal(own.durations, other.durations)
    assert np.abs(own.audio - other.audio).max() > 0.01


def test_style_mix_is_the_weighted_sum_of_its_voices(runtime: KokoroRuntime) -> None:
    bella, adam = (runtime.styles[STOCK_VOICES.index(voice), 7] for voice in ("af_bella", "am_adam"))
    assert np.array_equal(runtime.mix_styles({"af_bella": 1.0}, phoneme_count=7), bella)
    assert np.allclose(runtime.mix_styles({"af_bella": 1.5, "am_adam": -0.5}, phoneme_count=7), 1.5 * bella - 0.5 * adam, atol=1e-6)
    last = runtime.styles[STOCK_VOICES.index("af_bella"), MOST_PHONEMES - 1]
    assert np.array_equal(runtime.mix_styles({"af_bella": 1.0}, phoneme_count=MOST_PHONEMES), last)


def test_pitch_moves_voiced_half_frames_and_leaves_the_others() -> None:
    f0 = np.array([0.0, 3.5, 10.0, 100.0, 200.0], np.float32)
    assert Pitch().apply(f0) is f0
    raised = Pitch(1.0, float(np.log(1.5))).apply(f0)
    assert raised[:3].tolist() == [0.0, 3.5, 10.0]
    assert np.allclose(raised[3:], [150.0, 300.0])
    wider = Pitch(2.0, -float(np.log(100.0))).apply(f0)
    assert np.allclose(wider[3:], [100.0, 400.0], rtol=1e-5)


def test_tokens_of_too_many_phonemes_are_refused(runtime: KokoroRuntime) -> None:
    assert len(runtime.tokens("a" * MOST_PHONEMES)) == MOST_PHONEMES + 2
    with pytest.raises(ValueError, match="511 phonemes are more than 510"):
        runtime.tokens("a" * 511)


def test_shared_runtime_is_loaded_for_its_first_user_and_freed_after_its_last(
    monkeypatch: pytest.MonkeyPatch, runtime: KokoroRuntime
) -> None:
    loads: list[int] = []

    def load() -> KokoroRuntime:
        loads.append(1)
        return runtime

    monkeypatch.setattr(KokoroRuntime, "load", load)
    shared = SharedRuntime()
    assert shared.acquire() is shared.acquire()
    shared.release()
    assert shared.acquire() is runtime
    assert len(loads) == 1
    shared.release()
    shared.release()
    shared.acquire()
    assert len(loads) == 2


def test_graph_of_another_model_is_refused_by_name_of_what_is_missing(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from onnx import TensorProto, helper, save

    nodes = [helper.make_node("Identity", ["tokens"], ["audio"])]
    ports = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1]) for name in ("tokens", "audio")]
    model = helper.make_model(helper.make_graph(nodes, "other", ports[:1], ports[1:]))
    with pytest.raises(GraphError, match="no AdaIN norms"):
        read_affine_weights(model)
    for part in ("encode", "contour", "harmonics"):
        with pytest.raises(GraphError, match="is missing"):
            cut_part(model, part, layout=())
    folder = tmp_path / "kokoro"
    (folder / "voices").mkdir(parents=True)
    save(model, folder / "model.onnx")
    (folder / "vocab.json").write_text('{"vocab": {}}')
    for voice in STOCK_VOICES:
        np.zeros((MOST_PHONEMES, 256), "<f4").tofile(folder / "voices" / f"{voice}.bin")
    with pytest.raises(WorkError, match=r"model.onnx of Kokoro cannot be used: the graph has no AdaIN norms") as refusal:
        KokoroRuntime.load(WeightStore(tmp_path))
    assert (refusal.value.code, set(PARTS)) == ("engine_unavailable", {"encode", "contour", "harmonics", "decode"})
