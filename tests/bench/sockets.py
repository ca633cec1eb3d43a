"""Many WebSockets that speak text as it arrives, at once: the last first sound against a scheduler that speaks nothing but their first sentences."""

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any, Final

from websockets.sync.client import ClientConnection, connect

from tests.bench.speed import VOICE
from tests.bench.streams import seconds_on_all_cores
from tests.flows.running import RunningPlatform
from workers.protocols.engine import Engine

SOCKETS: Final = 50
PATIENCE: Final = 120.0
TEXT: Final = "The walk to house number {} takes an hour. Nobody knows why the old clock was ticking again. "
"""The first sentence is too short to be cut at a clause."""


def measure_many_sockets(platform: RunningPlatform, key: str, engine: Engine) -> dict[str, float]:
    """Last first sound of 50 sockets of one key that send their text at the same moment."""
    texts = [TEXT.format(number) for number in range(10, 10 + SOCKETS)]
    ideal_seconds = seconds_on_all_cores(engine, texts)
    start = threading.Barrier(SOCKETS)
    with ExitStack() as stack, ThreadPoolExecutor(SOCKETS) as pool:
        sockets = [stack.enter_context(_opened(platform, key)) for _ in texts]
        seconds = list(pool.map(lambda socket, text: _first_sound(socket, text, start=start), sockets, texts))
    return {"sockets_last_first_byte_ratio": max(seconds) / ideal_seconds}


def _opened(platform: RunningPlatform, key: str) -> ClientConnection:
    url = f"{platform.url.replace('http', 'ws', 1)}/tts"
    socket = connect(url, additional_headers={"Authorization": f"Bearer {key}"}, open_timeout=PATIENCE, proxy=None)
    _send(socket, {"req_params": {"prompt_id": VOICE, "audio_format": "pcm", "sample_rate": 24_000}})
    return socket


def _first_sound(socket: ClientConnection, text: str, *, start: threading.Barrier) -> float:
    start.wait()
    started = time.perf_counter()
    _send(socket, {"text": text, "done": True})
    answer = json.loads(socket.recv(timeout=PATIENCE))
    if answer["error"]:
        raise RuntimeError(answer["message"])
    return time.perf_counter() - started


def _send(socket: ClientConnection, message: dict[str, Any]) -> None:
    socket.send(json.dumps(message))
