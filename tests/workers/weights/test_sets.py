"""The catalogue of weight sets is complete and consistent."""

import os
import re
from pathlib import Path

import onnx
import pytest

from workers.weights.catalogue import WeightSet
from workers.weights.sets import DEFAULT_SETS, SETS, TEST_SETS
from workers.weights.sets.kokoro import DURATION_OUTPUT, KOKORO
from workers.weights.sources.hub import HubFile, UrlFile
from workers.weights.store import WeightStore

MODELS = Path(os.environ["TTSAI_MODELS"])
ALL = pytest.mark.parametrize("weights", SETS.values(), ids=SETS)


def test_weight_sets_for_run_and_tests_can_be_pulled() -> None:
    assert DEFAULT_SETS == ("kokoro", "piper", "speakers", "d-vector", "diarization", "spleeter", "watermark", "whisper-base")
    assert set(DEFAULT_SETS) <= set(TEST_SETS) <= set(SETS)


@ALL
def test_every_file_has_a_digest_a_size_and_a_source(weights: WeightSet) -> None:
    names = [file.name for file in weights.files]
    assert len(set(names)) == len(names)
    for file in weights.files:
        assert re.fullmatch("[0-9a-f]{64}", file.sha256)
        assert re.fullmatch("[0-9a-f]{64}", file.raw_sha256)
        assert file.size_bytes > 0
        assert file.sources


@ALL
def test_a_hub_is_asked_for_a_fixed_revision_only(weights: WeightSet) -> None:
    for file in weights.files:
        for source in file.sources:
            if isinstance(source, HubFile):
                assert re.fullmatch("[0-9a-f]{40}", source.revision)
            if isinstance(source, UrlFile):
                assert "/releases/download/model-files-v1.0/" in source.url


def test_kokoro_has_its_model_its_vocabulary_and_54_voices() -> None:
    names = {file.name for file in KOKORO.files}
    assert {"model.onnx", "vocab.json", "voices/af_bella.bin"} <= names
    assert len(names) == 56


def test_the_patch_appended_to_kokoro_is_a_cast_and_an_output() -> None:
    added = onnx.ModelProto.FromString(DURATION_OUTPUT).graph
    expected = onnx.ModelProto().graph
    expected.node.append(onnx.helper.make_node("Cast", ["/encoder/Clip_output_0"], ["duration"], to=onnx.TensorProto.INT64))
    expected.output.append(onnx.helper.make_tensor_value_info("duration", onnx.TensorProto.INT64, None))
    assert added == expected


def test_the_pulled_kokoro_has_both_outputs() -> None:
    model = onnx.load(str(WeightStore(MODELS).path("kokoro", "model.onnx")), load_external_data=False)
    assert [output.name for output in model.graph.output] == ["audio", "duration"]
    assert model.graph.node[-1].op_type == "Cast"
