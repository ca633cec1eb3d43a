"""SenseVoice as exported by sherpa-onnx, on plain ONNX Runtime."""
