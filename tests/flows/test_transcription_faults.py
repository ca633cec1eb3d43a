"""Long recording whose transcription is interrupted: by the death of the worker, by its owner."""

from collections.abc import Iterator

import httpx
import jiwer
import pytest

from tests.flows.following import entries_of, files_of, parts_of, source_of, wait_for_end, wait_until
from tests.flows.recordings import as_flac
from tests.flows.running import RunningPlatform
from tests.prove.transcription_material import order_of
from tests.workers.recognition.clips import clips, said, spoken_words

NAMES = order_of(2)
"""Clips of 49 seconds in total: five pieces."""


@pytest.fixture(scope="module")
def client(hearing: RunningPlatform) -> Iterator[httpx.Client]:
    with hearing.client(hearing.key("interrupted@example.com", plan="enterprise")) as client:
        yield client


@pytest.fixture
def uuid(hearing: RunningPlatform, client: httpx.Client) -> str:
    """Job with one finished piece."""
    answer = client.post("/v1/stt/", params={"async": "1"}, files={"file": as_flac(clips(NAMES))})
    assert answer.status_code == 200, answer.text
    uuid = str(answer.json()["uuid"])
    wait_until(lambda: ("listen", "done", 1) in parts_of(hearing, uuid))
    return uuid


def test_worker_killed_during_transcription_loses_no_word_and_no_credit(hearing: RunningPlatform, client: httpx.Client, uuid: str) -> None:
    hearing.kill("engine")
    result = wait_for_end(client, uuid)
    assert result["status"] == "completed", result
    heard = jiwer.process_words(said(NAMES), spoken_words(result["result"]["text"]))
    assert heard.wer <= 0.03
    assert (heard.insertions, heard.deletions) == (0, 2)  # the reader's "more a amiable", of which nobody writes the "a" down
    assert max(attempts for _, _, attempts in parts_of(hearing, uuid)) == 2
    price = round(2000 * result["result"]["duration"] / 60)
    entries = entries_of(hearing, uuid)
    assert entries == {"reservation": -price, "release": price, "charge": -price}
    hearing.wait_until_ready()
    wait_until(lambda: files_of(hearing, uuid) == ["document.json", "manifest.json"])
    wait_until(lambda: not source_of(hearing, uuid).exists())


@pytest.mark.prove
def test_cancelled_transcription_is_charged_for_the_transcribed_part(hearing: RunningPlatform, client: httpx.Client, uuid: str) -> None:
    answer = client.post(f"/v1/jobs/{uuid}/cancel/")
    assert answer.status_code == 200, answer.text
    wait_until(lambda: client.get(f"/v1/jobs/{uuid}/").json()["status"] == "cancelled")
    entries = entries_of(hearing, uuid)
    assert entries["release"] == -entries["reservation"]
    assert entries["release"] / 10 < -entries["charge"] < entries["release"]
    wait_until(lambda: not source_of(hearing, uuid).exists())
    wait_until(lambda: files_of(hearing, uuid) == [])
    assert client.get("/v1/speech/results/", params={"uuid": uuid}).json()["status"] == "cancelled"
