"""Small VITS-shaped graph: each id lasts as many frames as its number, a frame is 100 samples."""

import json
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

SYMBOLS = {"_": [0], "^": [1], "$": [2], " ": [3], ".": [4], "s": [5], "ˈ": [6], "o": [7], "l": [8]}


@pytest.fixture
def piper_folder(tmp_path: Path) -> Path:
    write_graph(tmp_path / "es_ES-test-low.onnx", {})
    config = {
        "audio": {"sample_rate": 16000},
        "espeak": {"voice": "es"},
        "inference": {"noise_scale": 0.5, "length_scale": 1.0, "noise_w": 0.25},
        "phoneme_type": "espeak",
        "phoneme_id_map": SYMBOLS,
        "num_speakers": 1,
        "speaker_id_map": {},
        "language": {"code": "es_ES", "family": "es"},
    }
    (tmp_path / "es_ES-test-low.onnx.json").write_text(json.dumps(config))
    return tmp_path


@pytest.fixture
def sherpa_folder(tmp_path: Path) -> Path:
    """Folder in sherpa-onnx's layout with a lexicon, in a subfolder."""
    folder = tmp_path / "vits-test"
    folder.mkdir()
    metadata = {"sample_rate": "16000", "language": "English", "n_speakers": "2", "comment": "icefall", "add_blank": "1"}
    write_graph(folder / "model.onnx", metadata)
    (folder / "tokens.txt").write_text("_ 0\nHH 1\nAY 2\n  3\n. 4\na 5\n")
    (folder / "lexicon.txt").write_text("hi HH AY\nhi AY\n")
    return tmp_path


def write_graph(path: Path, metadata: dict[str, str]) -> None:
    """Write the graph: input [1, n] → Ceil(input × length scale) frames each → 100 ones per frame."""
    nodes = [
        helper.make_node("Cast", ["input"], ["float"], to=TensorProto.FLOAT),
        helper.make_node("Slice", ["scales", "one", "two"], ["length_scale"]),
        helper.make_node("Mul", ["float", "length_scale"], ["scaled"]),
        helper.make_node("Ceil", ["scaled"], ["frames"]),
        helper.make_node("ReduceSum", ["frames"], ["total"], keepdims=0),
        helper.make_node("Mul", ["total", "hop"], ["count"]),
        helper.make_node("Cast", ["count"], ["count_integer"], to=TensorProto.INT64),
        helper.make_node("Reshape", ["count_integer", "shape"], ["length"]),
        helper.make_node("ConstantOfShape", ["length"], ["output"], value=helper.make_tensor("v", TensorProto.FLOAT, [1], [0.5])),
    ]
    constants = {
        "one": np.array([1], np.int64),
        "two": np.array([2], np.int64),
        "hop": np.array(100, np.float32),
        "shape": np.array([1], np.int64),
    }
    graph = helper.make_graph(
        nodes,
        "vits",
        [
            helper.make_tensor_value_info("input", TensorProto.INT64, [1, "n"]),
            helper.make_tensor_value_info("scales", TensorProto.FLOAT, [3]),
        ],
        [helper.make_tensor_value_info("output", TensorProto.FLOAT, ["samples"])],
        initializer=[onnx.numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    helper.set_model_props(model, metadata)
    onnx.save(model, str(path))
