"""Encoder of samples to every offered format. Used by the workers and by the web process: no engine, no setting, no model runtime."""

from workers.audio.encoding.encoder import EncodedFile, Encoder, EncodingOptions, FileEncoder, encode_file
from workers.audio.encoding.resampler import Resampler

__all__ = ["EncodedFile", "Encoder", "EncodingOptions", "FileEncoder", "Resampler", "encode_file"]
