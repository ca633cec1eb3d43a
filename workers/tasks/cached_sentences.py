"""Cached sentences of a part of speech: found before they are queued to be computed, kept when they were."""

from concurrent.futures import Future
from dataclasses import asdict

from workers.audio.samples import SynthesisedAudio
from workers.contract.messages import PartMessage, SpeakWork
from workers.contract.provenance import needs_watermark
from workers.contract.sentences import SentenceCaching
from workers.protocols.engine import Engine
from workers.sentence_cache import SentenceCache, SentenceKey
from workers.text.script import Utterance

Spoken = tuple[SynthesisedAudio, float]
"""Audio of a sentence, and the seconds that the engine took."""


def sentence_text(utterance: Utterance) -> str:
    """Text for the engine: without the space before the next sentence, so that a sentence is the same wherever it stands."""
    return utterance.spoken.text.rstrip()


class PartSentences:
    """Cached sentences of the tenant of one part."""

    def __init__(self, message: PartMessage, *, work: SpeakWork, engine: Engine, cache: SentenceCache | None) -> None:
        spec = engine.spec
        self._message = message
        self._work = work
        self._spec = spec
        self._variant = engine.name_variant() if work.sentences is not None else ""
        self._caching: SentenceCaching | None = work.sentences if cache is not None and spec.is_deterministic else None
        self._cache = cache

    def find(self, utterance: Utterance) -> "Future[Spoken] | None":
        """The sentence as a finished computation; None if it must be computed."""
        key = self._key(utterance)
        if key is None or self._cache is None or self._caching is None or not self._caching.is_read:
            return None
        spoken = self._cache.find(key)
        if spoken is None:
            return None
        found: Future[Spoken] = Future()
        found.set_result((spoken, 0.0))
        return found

    def keep(self, utterance: Utterance, *, spoken: SynthesisedAudio) -> None:
        """Keep a computed sentence, with its watermark if it has one."""
        key = self._key(utterance)
        if key is not None and self._cache is not None and self._caching is not None:
            self._cache.keep(key, spoken, kept_seconds=self._caching.kept_seconds, asked_at=self._message.job_created_at)

    def _key(self, utterance: Utterance) -> SentenceKey | None:
        """Hash of all that the engine and the watermark see. None without a cache, and for an own voice that may change unnoticed."""
        settings = utterance.settings
        voice = settings.voice
        if self._caching is None or (voice.conditioning is not None and not voice.version):
            return None
        content = [
            self._spec.version,
            self._variant,
            [voice.language, voice.gender, voice.engine, voice.version, voice.conditioning is not None],
            [asdict(weight) for weight in voice.weights],
            settings.language,
            self._spec.clamp_speed(self._work.speed * settings.rate),
            sentence_text(utterance),
            [asdict(phonemes) for phonemes in utterance.given_phonemes],
            needs_watermark(self._work.watermark, voice=voice),
        ]
        return SentenceKey.of(tenant=self._message.tenant, voice=voice.id, engine=self._spec.id, content=content)
