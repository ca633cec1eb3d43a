"""The same platform as for listening."""

from tests.listening.conftest import _platform, owner, server, song

__all__ = ["_platform", "owner", "server", "song"]
