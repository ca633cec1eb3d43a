"""An operator's model for super resolution, of which there is none in any package: a graph that doubles its input stands for one."""

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from tests.workers.audio.test_streams import noise, run
from workers.contract.errors import WorkError
from workers.engines.super_resolution import SuperResolution, build_engines


def write_model(path: Path, *, operator: str = "Add", rate: str = "") -> Path:
    shape = [1, "samples"]
    attributes = {"axis": 1} if operator == "Concat" else {}
    graph = helper.make_graph(
        [helper.make_node(operator, ["audio", "audio"], ["made"], **attributes)],
        "model",
        [helper.make_tensor_value_info("audio", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("made", TensorProto.FLOAT, [1, "result"])],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    if rate:
        helper.set_model_props(model, {"sample_rate": rate})
    onnx.save(model, str(path))
    return path


def test_obstacle_without_a_model_names_the_setting() -> None:
    (engine,) = build_engines({})
    assert "TTSAI_SUPER_RESOLUTION_MODEL" in engine.find_obstacle()


def test_a_model_that_is_no_file_is_an_obstacle(tmp_path: Path) -> None:
    (engine,) = build_engines({"TTSAI_SUPER_RESOLUTION_MODEL": str(tmp_path / "none.onnx")})
    assert "which is no file" in engine.find_obstacle()


def test_the_model_gets_every_channel_in_blocks_at_its_own_rate(tmp_path: Path) -> None:
    engine = SuperResolution(write_model(tmp_path / "model.onnx", rate="16000"))
    assert engine.find_obstacle() == ""
    engine.load()
    assert engine.spec.sample_rate == 16_000
    frames = noise(200_000)
    made = run(engine.open_stream(channels=2, strength=2), frames, block=7000)
    assert made.shape == frames.shape
    assert np.abs(made - 2 * frames).max() < 1e-5


@pytest.mark.parametrize("content", [b"", b"no model"])
def test_a_file_that_is_no_model_cannot_be_loaded(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "model.onnx").write_bytes(content)
    with pytest.raises(WorkError, match="cannot be loaded"):
        SuperResolution(tmp_path / "model.onnx").load()


def test_a_model_that_changes_the_length_is_unavailable(tmp_path: Path) -> None:
    engine = SuperResolution(write_model(tmp_path / "model.onnx", operator="Concat"))
    engine.load()
    stream = engine.open_stream(channels=1, strength=2)
    with pytest.raises(WorkError, match="returned 200 samples for 100"):
        run(stream, noise(100, 1), block=100)
