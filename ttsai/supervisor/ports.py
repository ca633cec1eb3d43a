"""Ports: checks whether one is free, and keeps one per embedded server across restarts."""

import random
import socket
from pathlib import Path
from typing import Final

from ttsai.supervisor.errors import InstanceError
from ttsai.supervisor.home import read_json, write_private

EMBEDDED_PORTS: Final = range(20_000, 32_000)
"""Range below Linux's ephemeral ports, which could otherwise take the port of a server that restarts."""

TRIES: Final = 200


def require_free(host: str, port: int) -> None:
    """Raise InstanceError if the address cannot be listened on."""
    reason = _bind_error(host, port)
    if reason:
        raise InstanceError("port_in_use", f"Port {port} on {host} is not available: {reason}. Choose another: PORT=8001 make run")


def load_or_choose_port(path: Path, name: str) -> int:
    """Port that the server had last time if it is free, otherwise a new one, stored in the file."""
    known = read_json(path)
    port = known.get(name)
    if not isinstance(port, int) or _bind_error("127.0.0.1", port):
        port = _free_port()
        write_private(path, f'{{"{name}": {port}}}\n')
    return port


def _free_port() -> int:
    for port in random.SystemRandom().sample(EMBEDDED_PORTS, TRIES):
        if not _bind_error("127.0.0.1", port):
            return port
    raise InstanceError("no_port", f"No free port was found between {EMBEDDED_PORTS.start} and {EMBEDDED_PORTS.stop}")


def _bind_error(host: str, port: int) -> str:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        with socket.socket(family, kind, protocol) as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
            listener.listen(1)
    except (OSError, OverflowError) as error:
        return getattr(error, "strerror", None) or str(error)
    return ""
