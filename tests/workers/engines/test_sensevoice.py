"""SenseVoice: features, and inference with a small model of the real signature."""

import sys
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from tests.workers.recognition.clips import LIBRIVOX, clip, silence
from workers.contract.errors import WorkError
from workers.engines.sensevoice import SenseVoiceEngine, build_engines
from workers.protocols.recogniser import RecognitionOptions
from workers.recognition.sensevoice.features import filter_banks, stack_frames

DATA = Path(__file__).parents[2] / "data" / "sensevoice"
TOKENS = ("<blk>", "▁he", "▁was", "n't", ".", "你", "好", "<|en|>", "<|zh|>", "<|nospeech|>", "<|NEUTRAL|>", "<|Speech|>", "<|withitn|>")
LANGUAGES = {"auto": 0, "zh": 3, "en": 4, "yue": 7, "ja": 11, "ko": 12}


def make_model(folder: Path, *, frames: list[str], changes: dict[str, str] | None = None) -> Path:
    """Folder as exported by sherpa-onnx, with a model that outputs these tokens for any audio."""
    folder.mkdir(exist_ok=True)
    (folder / "tokens.txt").write_text("".join(f"{token} {number}\n" for number, token in enumerate(TOKENS)))
    logits = np.zeros((1, len(frames), len(TOKENS)), np.float32)
    for frame, token in enumerate(frames):
        logits[0, frame, TOKENS.index(token)] = 9.0
    inputs = [
        helper.make_tensor_value_info("x", TensorProto.FLOAT, ["N", "T", 560]),
        *(helper.make_tensor_value_info(name, TensorProto.INT32, ["N"]) for name in ("x_length", "language", "text_norm")),
    ]
    nodes = [
        helper.make_node("ReduceSum", ["x"], ["sum"], keepdims=0),
        helper.make_node("Mul", ["sum", "nothing"], ["zero"]),
        helper.make_node("Add", ["given", "zero"], ["logits"]),
    ]
    constants = [onnx.numpy_helper.from_array(logits, "given"), onnx.numpy_helper.from_array(np.zeros((), np.float32), "nothing")]
    output = helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["N", "T4", len(TOKENS)])
    model = helper.make_model(
        helper.make_graph(nodes, "sensevoice", inputs, [output], constants), opset_imports=[helper.make_opsetid("", 13)]
    )
    model.ir_version = 8
    metadata = {
        "lfr_window_size": "7",
        "lfr_window_shift": "6",
        "neg_mean": ",".join(["-8.0"] * 560),
        "inv_stddev": ",".join(["0.2"] * 560),
        "with_itn": "14",
        **{f"lang_{name}": str(number) for name, number in LANGUAGES.items()},
        **(changes or {}),
    }
    helper.set_model_props(model, {name: value for name, value in metadata.items() if value})
    onnx.save(model, str(folder / "model.int8.onnx"))
    return folder


@pytest.fixture
def engine(tmp_path: Path) -> SenseVoiceEngine:
    head = ["<|en|>", "<|NEUTRAL|>", "<|Speech|>", "<|withitn|>"]
    text = ["<blk>", "▁he", "▁he", "<blk>", "▁was", "n't", "<blk>", "<blk>", ".", "<blk>"]
    made = SenseVoiceEngine(make_model(tmp_path / "model", frames=[*head, *text]))
    assert made.find_obstacle() == ""
    made.load()
    return made


def test_features_equal_those_of_the_numpy_implementation_they_replaced() -> None:
    features = filter_banks(clip(LIBRIVOX[1]))
    assert features.shape == (297, 80)
    assert features.dtype == np.float32
    expected = np.load(DATA / "filter_banks.npy")  # frames 100 to 159
    assert np.abs(features[100:160] - expected).max() < 2e-3


def test_engine_without_the_filter_bank_library_has_an_obstacle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = SenseVoiceEngine(make_model(tmp_path / "model", frames=["."]))
    monkeypatch.setitem(sys.modules, "kaldi_native_fbank", None)
    assert engine.find_obstacle() == "SenseVoice needs kaldi_native_fbank: install requirements/worker-cpu.txt."


def test_frames_are_stacked_seven_by_seven_every_sixth() -> None:
    frames = np.arange(40, dtype=np.float32).reshape(20, 2)
    stacked = stack_frames(frames, size=7, step=6)
    assert stacked.shape == (3, 14)
    assert stacked[1].tolist() == list(range(12, 26))
    assert stack_frames(frames[:6], size=7, step=6).shape == (0, 14)
    assert filter_banks(silence(0.02)).shape == (0, 80)


def test_tokens_become_words_with_their_times(engine: SenseVoiceEngine) -> None:
    (result,) = engine.transcribe([clip(LIBRIVOX[1])], options=RecognitionOptions())
    (segment,) = result.segments
    assert (result.language, segment.text) == ("en", "he wasn't.")
    assert [(word.word, word.start, word.end) for word in segment.words] == [("he", 0.06, 0.18), ("wasn't.", 0.24, 0.54)]
    assert -0.01 < segment.average_log_probability < 0
    assert engine.find_language([clip(LIBRIVOX[1])]) == "en"


def test_characters_are_words_of_their_own(tmp_path: Path) -> None:
    engine = SenseVoiceEngine(make_model(tmp_path / "m", frames=["<|zh|>", "<|NEUTRAL|>", "<|Speech|>", "<|withitn|>", "你", "好", "."]))
    engine.load()
    (result,) = engine.transcribe([clip(LIBRIVOX[1])], options=RecognitionOptions(language="zh"))
    assert [word.word for word in result.segments[0].words] == ["你", "好."]
    assert result.segments[0].text == "你好."


def test_without_speech_there_is_no_text(tmp_path: Path) -> None:
    engine = SenseVoiceEngine(make_model(tmp_path / "m", frames=["<|nospeech|>", "<|NEUTRAL|>", "<|Speech|>", "<|withitn|>", "."]))
    engine.load()
    assert [result.segments for result in engine.transcribe([silence(2), silence(0.01)], options=RecognitionOptions())] == [(), ()]
    assert engine.find_language([silence(2)]) == ""


def test_an_unsupported_language_is_refused(engine: SenseVoiceEngine) -> None:
    with pytest.raises(WorkError) as caught:
        engine.transcribe([silence(1)], options=RecognitionOptions(language="de"))
    assert caught.value.code == "unsupported_language"
    with pytest.raises(WorkError, match="does not align"):
        engine.align(silence(1), text="he", language="en")


def test_missing_files_are_named_as_the_obstacle(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TTSAI_MODELS", str(tmp_path))
    (engine,) = build_engines()
    assert "ttsai models pull sensevoice" in engine.find_obstacle()
    monkeypatch.setenv("TTSAI_SENSEVOICE_FOLDER", str(tmp_path))
    (engine,) = build_engines()
    assert "has no model.int8.onnx and tokens.txt" in engine.find_obstacle()


@pytest.mark.parametrize("changes", [{"lfr_window_size": ""}, {"neg_mean": "none"}])
def test_another_model_is_unavailable(tmp_path: Path, changes: dict[str, str]) -> None:
    with pytest.raises(WorkError) as caught:
        SenseVoiceEngine(make_model(tmp_path / "m", frames=["<|en|>"] * 5, changes=changes)).load()
    assert caught.value.code == "engine_unavailable"
