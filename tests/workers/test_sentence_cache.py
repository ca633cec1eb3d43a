"""Cached sentences on the disk: exact, bounded, and deleted when they must be."""

import os
import time
from pathlib import Path

import numpy as np
import pytest
import redis

from workers.audio.samples import SynthesisedAudio
from workers.contract.names import SENTENCE_PURGES
from workers.contract.sentences import SentencePurgeMessage
from workers.contract.speech import WordTiming
from workers.sentence_cache import SentenceCache, SentenceKey
from workers.sentence_purges import SentencePurges

DAY = 86400
NOISE = np.random.default_rng(7).standard_normal(24_000).astype(np.float32) * np.float32(0.3)
SPOKEN = SynthesisedAudio(NOISE, 24_000, (WordTiming("The", 0.1, 1 / 3, 0, 3), WordTiming("café", 0.4, 0.7, 4, 8)))


def key_of(text: str = "The café", *, tenant: str = "account:1", voice: str = "af_bella", engine: str = "kokoro") -> SentenceKey:
    return SentenceKey.of(tenant=tenant, voice=voice, engine=engine, content=[text])


@pytest.fixture
def cache(tmp_path: Path) -> SentenceCache:
    return SentenceCache(tmp_path, most_bytes=10_000_000, reserve_bytes=0)


def keep(cache: SentenceCache, key: SentenceKey, *, kept_seconds: int = DAY, asked_at: float | None = None) -> None:
    cache.keep(key, SPOKEN, kept_seconds=kept_seconds, asked_at=time.time() if asked_at is None else asked_at)
    cache.finish_writing()


def files(folder: Path) -> int:
    return sum(path.is_file() for path in folder.rglob("*"))


def test_a_sentence_comes_back_bit_for_bit_with_its_words(cache: SentenceCache) -> None:
    keep(cache, key_of())
    found = cache.find(key_of())
    assert found is not None
    assert found.samples.tobytes() == NOISE.tobytes()
    assert (found.sample_rate, found.words, found.samples.flags.writeable) == (24_000, SPOKEN.words, True)


@pytest.mark.parametrize("other", [{"tenant": "account:2"}, {"voice": "am_adam"}, {"engine": "kokoro-clone"}, {"text": "The cafe"}])
def test_sentence_cache_misses_for_another_owner_voice_engine_or_text(cache: SentenceCache, other: dict[str, str]) -> None:
    keep(cache, key_of())
    assert cache.find(key_of(**other)) is None


def test_sentences_survive_a_restart_and_unfinished_files_do_not(cache: SentenceCache, tmp_path: Path) -> None:
    keep(cache, key_of())
    folder = (tmp_path / key_of().path).parent
    (folder / "killed.part").write_bytes(b"half")
    (folder / "older.sentence").write_bytes(b"TTSS0 of an earlier version")
    after = SentenceCache(tmp_path, most_bytes=10_000_000)
    after.sweep()
    assert after.find(key_of()) is not None
    assert files(tmp_path) == 1


@pytest.mark.parametrize("damage", [lambda data: data[:-1], lambda data: data[:200] + b"\0" + data[201:], lambda data: b""])
def test_a_damaged_file_is_a_miss_and_is_deleted(cache: SentenceCache, tmp_path: Path, damage: object) -> None:
    keep(cache, key_of())
    path = tmp_path / key_of().path
    path.write_bytes(damage(path.read_bytes()))  # type: ignore[operator]
    assert cache.find(key_of()) is None
    assert files(tmp_path) == 0


def test_the_least_recently_used_sentences_leave_beyond_the_cap(tmp_path: Path) -> None:
    cache = SentenceCache(tmp_path, most_bytes=1_000_000, reserve_bytes=0)  # ten sentences of 96 kB
    for number in range(10):
        keep(cache, key_of(str(number)))
    assert cache.find(key_of("0")) is not None
    keep(cache, key_of("new"))
    assert cache.find(key_of("1")) is None
    assert cache.find(key_of("0")) is not None
    assert sum(path.stat().st_size for path in tmp_path.rglob("*.sentence")) <= 1_000_000


def test_a_sentence_is_kept_as_long_as_the_plan_keeps_results(cache: SentenceCache, tmp_path: Path) -> None:
    keep(cache, key_of(), kept_seconds=DAY)
    os.utime(tmp_path / key_of().path, (time.time() - DAY - 1,) * 2)
    assert cache.find(key_of()) is None
    keep(cache, key_of(), kept_seconds=DAY)
    os.utime(tmp_path / key_of().path, (time.time() - DAY - 1,) * 2)
    cache.sweep()
    assert files(tmp_path) == 0


@pytest.mark.parametrize(
    ("purge", "left"),
    [(("account:1", "", ""), 1), (("account:1", "af_bella", ""), 2), (("", "", "kokoro-clone"), 2), (("", "", ""), 0)],
)
def test_a_purge_deletes_what_it_names(cache: SentenceCache, tmp_path: Path, purge: tuple[str, str, str], left: int) -> None:
    keep(cache, key_of())
    keep(cache, key_of(voice="mine", engine="kokoro-clone"))
    keep(cache, key_of(tenant="account:2"))
    cache.purge(SentencePurgeMessage(*purge, purged_at=time.time() + 1))
    assert files(tmp_path) == left


def test_a_sentence_asked_for_before_a_purge_is_not_kept_after_it(cache: SentenceCache, tmp_path: Path) -> None:
    asked_at = time.time() - 10
    cache.purge(SentencePurgeMessage("account:1", "", "", purged_at=asked_at + 5))
    keep(cache, key_of(), asked_at=asked_at)
    assert files(tmp_path) == 0
    keep(cache, key_of(), asked_at=asked_at + 6)
    assert files(tmp_path) == 1


def test_a_full_disk_or_a_cap_of_zero_keeps_nothing(tmp_path: Path) -> None:
    for cache in (SentenceCache(tmp_path, most_bytes=10_000_000, reserve_bytes=1 << 60), SentenceCache(tmp_path, most_bytes=0)):
        keep(cache, key_of())
        assert (cache.find(key_of()), files(tmp_path)) == (None, 0)


def test_purges_are_read_once_and_again_from_the_start_after_a_restart(cache: SentenceCache, tmp_path: Path, valkey: redis.Redis) -> None:
    def send(purge: SentencePurgeMessage) -> None:
        valkey.xadd(SENTENCE_PURGES, purge.to_fields())

    purges = SentencePurges(valkey, cache=cache)
    keep(cache, key_of())
    send(SentencePurgeMessage("account:1", "", "", purged_at=time.time() + 1))
    valkey.xadd(SENTENCE_PURGES, {"nonsense": "1"})
    purges.check()
    assert files(tmp_path) == 0
    keep(cache, key_of("later"), asked_at=time.time() + 2)
    purges.check()
    SentencePurges(valkey, cache=cache).check()
    assert files(tmp_path) == 1, "a purge deletes nothing that was asked for after it"
