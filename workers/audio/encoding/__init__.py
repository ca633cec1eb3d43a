"""Encoder of samples to every offered format. Used by the workers and by the web process: no engine, no setting, no model runtime."""

from workers.audio.encoding.encoder import EncodedFile, Encoder, EncodingOptions, FileEncoder, encode_file
from workers.audio.encoding.resampler import Resampler
from workers.audio.encoding.writers import from_pcm16, pcm16

__all__ = ["EncodedFile", "Encoder", "EncodingOptions", "FileEncoder", "Resampler", "encode_file", "from_pcm16", "pcm16"]
