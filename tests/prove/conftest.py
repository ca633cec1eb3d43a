"""The running platform and the listener of the flows."""

from tests.flows.conftest import foreign_files, listener, platform, receiver_ports, stripe

__all__ = ["foreign_files", "listener", "platform", "receiver_ports", "stripe"]
