"""The running platform and the listener of the flows."""

from tests.flows.conftest import chat, foreign_files, listener, platform, receiver_ports, stripe

__all__ = ["chat", "foreign_files", "listener", "platform", "receiver_ports", "stripe"]
