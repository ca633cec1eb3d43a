"""Parts of kind `verify`: the document that they write."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis

from tests.workers.messages import address_of
from tests.workers.recognition.clips import RATE, clip
from tests.workers.tasks.task_harness import TaskHarness
from workers.audio.samples import Samples
from workers.contract.provenance import VerifyWork
from workers.provenance.watermark import embed_watermark
from workers.tasks import verify as verify_task
from workers.tasks.verify import verify

SPEECH = clip("librivox-0880")


@pytest.fixture(scope="module")
def harness(tmp_path_factory: pytest.TempPathFactory, valkey: redis.Redis) -> Iterator[TaskHarness]:
    made = TaskHarness(tmp_path_factory.mktemp("verify"), engines=[], client=valkey)
    yield made
    made.close()


def test_marked_recording_is_detected_with_its_confidence(harness: TaskHarness) -> None:
    found = verified(harness, embed_watermark(SPEECH, sample_rate=RATE))
    assert (found["watermark"]["checked"], found["watermark"]["detected"]) == (True, True)
    assert found["watermark"]["confidence"] > 0.95
    assert abs(found["watermark"]["marked_seconds"] - len(SPEECH) / RATE) < 0.1
    assert found["content_credentials"] == {"found": False, "valid": False, "trusted": False}


def test_unmarked_recording_is_not_detected(harness: TaskHarness) -> None:
    found = verified(harness, SPEECH)
    assert found["watermark"]["checked"]
    assert not found["watermark"]["detected"]
    assert found["watermark"]["confidence"] < 0.05


def test_search_without_weights_says_so(harness: TaskHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verify_task, "has_watermark_weights", lambda: False)
    assert verified(harness, SPEECH)["watermark"] == {
        "checked": False,
        "detected": False,
        "reason": "The watermark's networks are missing on this server: ttsai models pull watermark",
    }


def verified(harness: TaskHarness, samples: Samples) -> dict[str, Any]:
    source = harness.keep("recording.wav", samples)
    work = VerifyWork(source=source, source_seconds=len(samples) / RATE, container="wav")
    message = harness.message("verify", work)
    verify(harness.run(message), context=harness.context)
    fields: dict[str, Any] = json.loads((harness.objects / Path(address_of(message).location)).read_text())["fields"]
    return fields
