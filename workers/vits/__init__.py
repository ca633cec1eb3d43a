"""VITS models in Piper's and sherpa-onnx's layout: folder, symbols, inference."""
