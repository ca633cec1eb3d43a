"""Own voices of a text: read from the store once, prepared by the engine, cached within limits."""

from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from workers.audio.samples import SynthesisedAudio
from workers.contract.engines import EngineSpec
from workers.contract.errors import WorkError
from workers.contract.references import Address
from workers.contract.speech import Sentence
from workers.contract.voices import VoiceRef, VoiceWeight
from workers.protocols.engine import LARGEST_VOICE_BYTES, VoiceFileEngine
from workers.storage import Storage
from workers.tasks.conditioning import ConditioningCache, prepare_voices

MINE = VoiceRef("mine", "en-us", engine="cloner", version="1", conditioning=Address("folder", "mine"))
BELLA = VoiceRef("af_bella", "en-us")


class Cloner(VoiceFileEngine):
    """Engine that counts the voices it reads."""

    def __init__(self, *, takes_recordings: bool = False) -> None:
        self.spec = EngineSpec(id="cloner", name="Cloner", version="1", has_cloning=True, takes_recordings=takes_recordings)
        self.read: list[bytes] = []

    def read_voice(self, data: bytes, *, voice: VoiceRef) -> object:
        if data == b"broken":
            raise WorkError("unknown_voice", "The voice cannot be read.")
        self.read.append(data)
        return f"{voice.id} {len(self.read)}"

    def load(self) -> None:
        raise NotImplementedError

    def unload(self) -> None:
        raise NotImplementedError

    def split(self, text: str, *, language: str) -> list[Sentence]:
        raise NotImplementedError

    def speak(self, text: str, **options: object) -> SynthesisedAudio:
        raise NotImplementedError

    def speak_as(self, own: object, text: str, **options: object) -> SynthesisedAudio:
        raise NotImplementedError


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    (tmp_path / "mine").write_bytes(b"mine" * 25)
    return Storage(objects=tmp_path, scratch=tmp_path, http=httpx.Client())


def test_own_voices_of_a_text_are_prepared_and_built_in_ones_are_not(storage: Storage) -> None:
    engine = Cloner()
    prepared = prepare_voices([BELLA, MINE, MINE], engine=engine, storage=storage, cache=ConditioningCache())
    assert prepared == {MINE: "mine 1"}
    assert engine.read == [b"mine" * 25]
    for other in (Cloner(takes_recordings=True), replace_cloning(Cloner())):
        assert prepare_voices([MINE], engine=other, storage=storage, cache=ConditioningCache()) == {}


def replace_cloning(engine: Cloner) -> Cloner:
    engine.spec = replace(engine.spec, has_cloning=False)
    return engine


def test_cached_voice_is_read_again_only_for_a_changed_reference(storage: Storage) -> None:
    engine, cache = Cloner(), ConditioningCache()

    def prepare(voice: VoiceRef) -> object:
        return cache.prepare(voice, engine=engine, storage=storage)

    assert (prepare(MINE), prepare(MINE)) == ("mine 1", "mine 1")
    assert prepare(replace(MINE, conditioning=Address("folder", "moved"))) == "mine 1"  # a presigned URL is another one each time
    assert prepare(replace(MINE, version="2")) == "mine 2"
    assert prepare(replace(MINE, weights=(VoiceWeight("af_bella", 0.5),))) == "mine 3"
    engine.spec = replace(engine.spec, version="2")
    assert prepare(MINE) == "mine 4"


def test_voice_without_a_version_is_not_cached(storage: Storage) -> None:
    engine, cache = Cloner(), ConditioningCache()
    voice = replace(MINE, version="")
    assert [cache.prepare(voice, engine=engine, storage=storage) for _ in range(2)] == ["mine 1", "mine 2"]


@pytest.mark.parametrize("limits", [{"most_voices": 2}, {"most_bytes": 250}])
def test_least_recently_used_voice_leaves_a_full_cache(storage: Storage, limits: dict[str, int]) -> None:
    engine, cache = Cloner(), ConditioningCache(**limits)
    first, second, third = (replace(MINE, id=name) for name in ("first", "second", "third"))
    for voice in (first, second, first, third):
        cache.prepare(voice, engine=engine, storage=storage)
    assert len(engine.read) == 3
    cache.prepare(first, engine=engine, storage=storage)
    assert len(engine.read) == 3
    cache.prepare(second, engine=engine, storage=storage)
    assert len(engine.read) == 4


def test_cached_voice_is_forgotten_after_its_time(storage: Storage) -> None:
    now = [0.0]
    engine, cache = Cloner(), ConditioningCache(kept_seconds=60, clock=lambda: now[0])
    for at, reads in ((0.0, 1), (60.0, 1), (61.0, 2)):
        now[0] = at
        cache.prepare(MINE, engine=engine, storage=storage)
        assert len(engine.read) == reads


def test_missing_broken_or_large_voice_file_fails_and_is_not_cached(storage: Storage, tmp_path: Path) -> None:
    engine, cache = Cloner(), ConditioningCache()
    with pytest.raises(WorkError) as failure:
        cache.prepare(replace(MINE, conditioning=Address("folder", "absent")), engine=engine, storage=storage)
    assert failure.value.code == "storage_unavailable"
    (tmp_path / "mine").write_bytes(b"broken")
    with pytest.raises(WorkError, match=r"The voice cannot be read\."):
        cache.prepare(MINE, engine=engine, storage=storage)
    (tmp_path / "mine").write_bytes(b"0" * (LARGEST_VOICE_BYTES + 1))
    with pytest.raises(WorkError, match="'mine' cannot be read: its file is larger than 1048576 bytes"):
        cache.prepare(MINE, engine=engine, storage=storage)
    assert engine.read == []
