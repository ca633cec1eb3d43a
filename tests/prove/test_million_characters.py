"""Text of a million characters through a platform with the silent engine: complete after kills, charged once, in flat memory."""

import json
import os
import random
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import av
import httpx
import psutil
import psycopg
import pytest

from tests.flows.running import PARTS, RunningPlatform

pytestmark = [pytest.mark.prove, pytest.mark.timeout(4 * 3600)]

CHARACTERS = int(os.environ.get("TTSAI_LONG_CHARACTERS") or 1_000_000)
SENTENCES: list[str] = json.loads((Path(__file__).parents[1] / "data" / "sentences.json").read_text())["en"]
KILLS = {0.15: "engine", 0.3: "platform", 0.45: "web", 0.6: "engine", 0.7: "valkey"}
"""Process that is killed with SIGKILL at each share of the text."""
GROWTH_MEGABYTES = 160
"""Most memory that a process may gain over its own level after a text of 20,000 characters."""
SILENCE_CHARACTER_SECONDS = 0.05


@dataclass
class MemoryProbe:
    """Peak resident memory of each part of a platform, in megabytes, sampled every half second."""

    platform: RunningPlatform
    peaks: dict[str, float] = field(default_factory=dict)
    _is_over: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._is_over.wait(0.5):
            for name in PARTS:
                for pid in self.platform.pids(name):
                    try:
                        used = psutil.Process(pid).memory_info().rss / 1e6
                    except psutil.Error:
                        continue
                    self.peaks[name] = max(self.peaks.get(name, 0.0), used)


@pytest.fixture(scope="module")
def silent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningPlatform]:
    running = RunningPlatform(home=tmp_path_factory.mktemp("long") / "home", environment={"TTSAI_ENGINES": "silence", "TTSAI_PRELOAD": ""})
    try:
        yield running.start()
    finally:
        running.stop()


def book(characters: int) -> str:
    """Chapters of paragraphs."""
    order, pieces, length, chapter = random.Random(7), [], 0, 0
    while length < characters - 700:
        if len(pieces) % 40 == 0:
            chapter += 1
            pieces.append(f"# Chapter {chapter}")
        else:
            pieces.append(" ".join(order.sample(SENTENCES, k=5)))
        length += len(pieces[-1]) + 2
    return "\n\n".join(pieces)


def test_a_million_characters_survive_kills_and_are_charged_once_in_flat_memory(silent: RunningPlatform) -> None:
    with silent.client(silent.key("reader@example.com", plan="enterprise", credits_=1_000_000)) as client:
        with MemoryProbe(silent) as level:
            finish(client, submit(client, book(20_000)), kills={}, platform=silent)
        text = book(CHARACTERS)
        with MemoryProbe(silent) as probe:
            started = time.monotonic()
            uuid = submit(client, text)
            accepted = time.monotonic() - started
            result = finish(client, uuid, kills=dict(KILLS), platform=silent)
            seconds = time.monotonic() - started
        print(
            f"{len(text):,} characters: accepted in {accepted:.1f} s, done in {seconds:.0f} s, {result['duration'] / 3600:.1f} h of audio"
        )
        print(
            "memory in MB, of 20,000 characters / of all:", {name: (round(level.peaks[name]), round(probe.peaks[name])) for name in PARTS}
        )
        check_words(client, result, text)
        check_file(client, result, text)
    assert charged_once(silent, uuid)
    for name in ("web", "platform", "engine"):
        assert probe.peaks[name] < level.peaks[name] + GROWTH_MEGABYTES, name


def submit(client: httpx.Client, text: str) -> str:
    body = {"model": "silence", "text": text, "format": "m4b", "bitrate": 32}
    return str(client.post("/v1/tts/", json=body).raise_for_status().json()["uuid"])


def finish(client: httpx.Client, uuid: str, *, kills: dict[float, str], platform: RunningPlatform) -> dict[str, Any]:
    """Result of the job; processes are killed as its progress passes their shares."""
    progress = 0.0
    while True:
        time.sleep(0.5)
        try:
            result: dict[str, Any] = client.get("/v1/speech/results/", params={"uuid": uuid}).json()
        except (httpx.TransportError, ValueError):
            continue
        if result.get("status") in {"completed", "failed", "cancelled"}:
            assert result["status"] == "completed", result
            return result
        assert result.get("progress", progress) >= progress - 0.01, "finished parts are never lost"
        progress = result.get("progress", progress)
        for share in [share for share in kills if share <= progress]:
            part = kills.pop(share)
            print(f"kill {part} at {progress:.3f}, {result.get('seconds_left')} s left", flush=True)
            platform.kill(part)
            platform.wait_until_ready()


def check_words(client: httpx.Client, result: dict[str, Any], text: str) -> None:
    """Every word is spoken once, in the order of the text and of time."""
    address = next(output["url"] for output in result["outputs"] if output["name"] == "timings")
    words = client.get(address).json()
    assert [word["word"] for word in words] == [word for word in text.split() if word != "#"]
    starts = [word["start"] for word in words]
    assert starts == sorted(starts)
    assert all(text[word["start_character"] : word["end_character"]] == word["word"] for word in words)


def check_file(client: httpx.Client, result: dict[str, Any], text: str) -> None:
    """One audiobook of all parts, whose chapters are the headings."""
    assert result["duration"] > SILENCE_CHARACTER_SECONDS * 0.9 * len(text)
    titles = [line[2:] for line in text.split("\n") if line.startswith("# ")]
    assert [chapter["title"] for chapter in result["chapters"]] == titles
    assert result["chapters"][-1]["end"] == pytest.approx(result["duration"], abs=0.1)
    with av.open(result["result_url"]) as file:
        assert float((file.duration or 0) / av.time_base) == pytest.approx(result["duration"], abs=0.2)
        assert [chapter["metadata"]["title"] for chapter in file.chapters()] == titles


def charged_once(platform: RunningPlatform, uuid: str) -> bool:
    with psycopg.connect(platform.instance()["database_url"]) as connection:
        rows = connection.execute("SELECT kind FROM billing_ledgerentry WHERE job_uuid = %s ORDER BY kind", [uuid]).fetchall()
    return [kind for (kind,) in rows] == ["charge", "release", "reservation"]
