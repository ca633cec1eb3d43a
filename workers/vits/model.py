"""VITS model in onnxruntime, with the duration of each symbol if the graph has it."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workers.contract.errors import ENGINE_UNAVAILABLE, WorkError
from workers.vits.folder import VitsVoice

DURATIONS = "durations"


class VitsModel:
    """Session of one voice: one thread per call, with as many concurrent calls as the caller has threads."""

    def __init__(self, voice: VitsVoice) -> None:
        """Load the model. Raises WorkError (engine_unavailable)."""
        import onnxruntime
        from google.protobuf.message import DecodeError

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        try:
            self._session = onnxruntime.InferenceSession(_with_durations(voice.model), options, providers=["CPUExecutionProvider"])
        except (OSError, RuntimeError, DecodeError) as error:
            raise WorkError(ENGINE_UNAVAILABLE, f"the model {voice.name} cannot be read") from error
        self._voice = voice
        self._inputs = {entry.name for entry in self._session.get_inputs()}
        self._outputs = [entry.name for entry in self._session.get_outputs()]

    def speak(self, ids: tuple[int, ...], *, speed: float, speaker: int) -> tuple[NDArray[np.float32], NDArray[np.float64] | None]:
        """Convert ids to mono samples [n] and, if the graph has them, the start of each id in seconds [len(ids) + 1]."""
        feed = self._feed(ids, length_scale=self._voice.length_scale / speed, speaker=speaker)
        answers = dict(zip(self._outputs, self._session.run(None, feed), strict=True))
        samples = np.asarray(answers[self._outputs[0]], dtype=np.float32).ravel()
        if DURATIONS not in answers:
            return samples, None
        frames = np.asarray(answers[DURATIONS], dtype=np.float64).ravel()
        if len(frames) != len(ids) or not frames.sum():
            return samples, None
        starts = np.concatenate([[0.0], np.cumsum(frames)]) * (len(samples) / frames.sum() / self._voice.sample_rate)
        return samples, starts

    def _feed(self, ids: tuple[int, ...], *, length_scale: float, speaker: int) -> dict[str, NDArray[Any]]:
        """Inputs of Piper's graph (input, input_lengths, scales, sid) or of sherpa-onnx's (x, x_length and three single scales)."""
        voice, tokens = self._voice, np.array([ids], dtype=np.int64)
        length = np.array([len(ids)], dtype=np.int64)
        single = {"noise_scale": voice.noise_scale, "length_scale": length_scale, "noise_scale_w": voice.noise_width}
        values: dict[str, NDArray[Any]] = {
            "input": tokens,
            "x": tokens,
            "input_lengths": length,
            "x_length": length,
            "x_lengths": length,
            "scales": np.array([voice.noise_scale, length_scale, voice.noise_width], dtype=np.float32),
            "sid": np.array([speaker], dtype=np.int64),
            **{name: np.array([value], dtype=np.float32) for name, value in single.items()},
        }
        missing = self._inputs - values.keys()
        if missing:
            raise WorkError(ENGINE_UNAVAILABLE, f"the model {voice.name} asks for {', '.join(sorted(missing))}, which VITS does not have")
        return {name: value for name, value in values.items() if name in self._inputs}


def _with_durations(path: Path) -> bytes:
    """The graph with the rounded-up duration of each symbol as an output, if it has exactly one such node (Ceil, VITS §2.2.2)."""
    import onnx

    proto = onnx.load(str(path))
    rounding = [node for node in proto.graph.node if node.op_type == "Ceil"]
    if len(rounding) == 1:
        proto.graph.node.append(onnx.helper.make_node("Identity", [rounding[0].output[0]], [DURATIONS]))
        proto.graph.output.append(onnx.helper.make_tensor_value_info(DURATIONS, onnx.TensorProto.FLOAT, None))
    return bytes(proto.SerializeToString())
