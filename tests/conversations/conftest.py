"""Fixtures of the listening tests."""

from tests.transcription.conftest import _platform, owner, server, song

__all__ = ["_platform", "owner", "server", "song"]
