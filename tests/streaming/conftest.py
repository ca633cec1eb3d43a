"""The fixtures of the speech tests: the same server, people and announced worker."""

from tests.speech.conftest import _platform, nobody, owner, server

__all__ = ["_platform", "nobody", "owner", "server"]
