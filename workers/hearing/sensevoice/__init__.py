"""SenseVoice as sherpa-onnx exports it, on plain ONNX Runtime."""
