"""VITS models as piper and sherpa-onnx lay them out: reading a folder, text to symbols, the model itself."""
