"""Embedded Valkey: broker, streams and counters, persisted in an append-only file."""

import os
import signal
from pathlib import Path
from typing import Final

import redis

from ttsai.supervisor.home import Home, write_private
from ttsai.supervisor.identity import command_line, end_process, process_identity
from ttsai.supervisor.ports import load_or_choose_port
from ttsai.supervisor.program import Program
from ttsai.supervisor.wheels import valkey_server

NAME: Final = "valkey"
STOP_SECONDS: Final = 10.0


def quote(value: str) -> str:
    """Quote a value as one word of a Valkey configuration file, in ASCII, for any bytes of a path (sdssplitargs)."""
    plain = {byte: chr(byte) for byte in range(0x20, 0x7F)} | {ord('"'): '\\"', ord("\\"): "\\\\"}
    return '"' + "".join(plain.get(byte, f"\\x{byte:02x}") for byte in os.fsencode(value)) + '"'


class Valkey:
    def __init__(self, home: Home) -> None:
        self._home = home
        self._server = valkey_server()
        self._password = ""
        self._port = 0

    @property
    def url(self) -> str:
        return f"redis://:{self._password}@127.0.0.1:{self._port}/0"

    def prepare(self) -> None:
        """End an orphaned server and write the configuration, which only its owner may read."""
        self._end_orphan()
        self._password = self._home.secret("valkey-password")
        self._port = load_or_choose_port(self._home.run / "valkey-port.json", NAME)
        settings = {
            "bind": "127.0.0.1",
            "port": str(self._port),
            "requirepass": self._password,
            "dir": str(self._home.valkey),
            "pidfile": str(self._home.run / "valkey.pid"),
            "appendonly": "yes",
            "appendfsync": "everysec",
            "save": "",
            "maxmemory-policy": "noeviction",
            "daemonize": "no",
            "set-proc-title": "no",
            "loglevel": "warning",
        }
        write_private(self._configuration, "".join(f"{name} {quote(value)}\n" for name, value in settings.items()))

    def program(self) -> Program:
        return Program(
            name=NAME,
            command=(str(self._server), str(self._configuration)),
            environment={"PATH": os.environ.get("PATH", os.defpath)},
            folder=self._home.valkey,
            stop_seconds=STOP_SECONDS,
            death_signal=signal.SIGTERM,
        )

    def is_ready(self) -> bool:
        """True if the server answers and its data is loaded."""
        try:
            with redis.Redis.from_url(self.url, socket_connect_timeout=1, socket_timeout=1) as client:
                return bool(client.ping())
        except redis.exceptions.RedisError:  # also while it reads its data (BusyLoadingError) or cannot write (MISCONF)
            return False

    def _end_orphan(self) -> None:
        """End the orphaned server of a killed supervisor."""
        try:
            pid = int((self._home.run / "valkey.pid").read_text())
        except (OSError, ValueError):
            return
        known = process_identity(pid)
        if known and str(self._configuration) in command_line(pid):
            end_process(pid, known, signal_number=signal.SIGTERM, seconds=STOP_SECONDS)

    @property
    def _configuration(self) -> Path:
        return self._home.run / "valkey.conf"
