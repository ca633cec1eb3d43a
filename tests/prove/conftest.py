"""The running platform and the listener of the flows."""

from tests.flows.conftest import listener, platform

__all__ = ["listener", "platform"]
