"""A server with models that clone and speak, and a worker that enrols and reads aloud."""

from tests.compat.stream_clone.conftest import enroller, reader
from tests.voices.conftest import _platform, clip, owner, server

__all__ = ["_platform", "clip", "enroller", "owner", "reader", "server"]
