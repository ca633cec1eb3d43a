"""Texts that share sentences: only the new ones are computed, and the audio is that of a fresh synthesis."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import redis

from tests.workers.messages import targets
from tests.workers.tasks.task_harness import TaskHarness
from workers.contract.messages import SpeakWork
from workers.contract.outputs import AUDIO, TIMINGS
from workers.contract.references import Address
from workers.contract.sentences import SentenceCaching
from workers.contract.voices import VoiceRef
from workers.engines.silence import SilenceEngine
from workers.sentence_cache import SentenceCache

FIRST, SECOND, THIRD = "The museum opens at noon.", "Bring a warm coat.", "The sea is calm tonight."
CACHING = SentenceCaching(kept_seconds=86400)


class CountingEngine(SilenceEngine):
    """Silence that remembers what it spoke."""

    def __init__(self) -> None:
        super().__init__()
        self.spoken: list[str] = []

    def speak(self, text: str, **options: Any) -> Any:
        self.spoken.append(text)
        return super().speak(text, **options)


@pytest.fixture
def engine() -> CountingEngine:
    return CountingEngine()


@pytest.fixture
def harness(valkey: redis.Redis, tmp_path: Path, engine: CountingEngine) -> Iterator[TaskHarness]:
    harness = TaskHarness(tmp_path, engines=[engine], client=valkey)
    cache = SentenceCache(tmp_path / "sentences", most_bytes=50_000_000, reserve_bytes=0)
    harness.context = replace(harness.context, sentences=cache)
    yield harness
    harness.close()


def speak(harness: TaskHarness, text: str, *, tenant: str = "account:1", **changes: Any) -> tuple[bytes, list[dict[str, Any]]]:
    """Audio and words of a text."""
    voice = VoiceRef("quiet", "en", "neutral", "silence", "1")
    work = SpeakWork("silence", voice, text, "en", format="wav", **{"sentences": CACHING, **changes})
    outputs = targets({name: Address("folder", name) for name in (AUDIO, TIMINGS)})
    harness.do(harness.message("speak", work, outputs=outputs, tenant=tenant))
    assert harness.context.sentences is not None
    harness.context.sentences.finish_writing()
    return (harness.objects / AUDIO).read_bytes(), json.loads((harness.objects / TIMINGS).read_text())


def test_only_new_sentences_are_computed_and_the_result_is_the_same(harness: TaskHarness, engine: CountingEngine) -> None:
    fresh = speak(harness, f"{SECOND} {THIRD} {FIRST}", sentences=None)
    engine.spoken.clear()
    speak(harness, f"{FIRST} {SECOND}")
    assert sorted(engine.spoken) == sorted([FIRST, SECOND])
    assert speak(harness, f"{SECOND} {THIRD} {FIRST}") == fresh
    assert sorted(engine.spoken) == sorted([FIRST, SECOND, THIRD])


def test_sentence_of_another_account_or_speed_is_computed_anew(harness: TaskHarness, engine: CountingEngine) -> None:
    speak(harness, FIRST)
    for changes in ({"tenant": "account:2"}, {"speed": 1.5}, {"sentences": replace(CACHING, is_read=False)}, {"sentences": None}):
        engine.spoken.clear()
        speak(harness, FIRST, **changes)
        assert engine.spoken == [FIRST], changes


def test_a_text_without_permission_to_cache_leaves_nothing(harness: TaskHarness, tmp_path: Path) -> None:
    speak(harness, FIRST, sentences=None)
    assert not list((tmp_path / "sentences").rglob("*.sentence"))


def test_an_engine_that_speaks_differently_each_time_is_not_cached(harness: TaskHarness, engine: CountingEngine, tmp_path: Path) -> None:
    engine.spec = replace(engine.spec, is_deterministic=False)
    speak(harness, FIRST)
    assert not list((tmp_path / "sentences").rglob("*.sentence"))
