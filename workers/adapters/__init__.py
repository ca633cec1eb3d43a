"""Adapters of optional model libraries, which the operator installs: PyTorch and TensorFlow are in no requirement of ours."""
