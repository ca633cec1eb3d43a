"""Cache of speech requests: which are cached, and by which key."""

from collections.abc import Sequence
from typing import Any

from apps.accounts.callers import Caller
from apps.cache.tickets import CacheTicket, CacheUse, is_cache_on, issue_ticket
from apps.catalog.catalogue import EngineRow
from apps.jobs.plans import PartPlan
from apps.jobs.services.previews import SENTENCES
from workers.contract.messages import SpeakWork
from workers.contract.sentences import LONGEST_KEPT_SECONDS, SentenceCaching
from workers.contract.time_units import DAY_SECONDS
from workers.contract.voices import VoiceRef

PREVIEW_TEXTS = frozenset(SENTENCES.values())


def issue_speech_ticket(caller: Caller, *, engine: EngineRow, use: CacheUse, parts: Sequence[PartPlan]) -> CacheTicket | None:
    """Ticket of a text: its parts say all that its audio depends on. None for a model that speaks differently each time.

    A stream, which pauses after a short first clause, and a request that does not listen get each other's results.
    """
    if not engine.spec.is_deterministic:
        return None
    works = [part.work for part in parts if isinstance(part.work, SpeakWork)]
    voices = [voice for work in works for voice in _voices_of(work)]
    if any(voice.conditioning is not None and not voice.version for voice in voices):
        return None  # nobody would notice that the voice changed
    return issue_ticket(
        caller,
        use=use,
        engine_id=engine.id,
        engine_version=engine.version,
        voices=[voice.id for voice in voices if voice.conditioning is not None or voice.id == _main_voice(works)],
        work=[_description(part) for part in parts],
        is_shared=_is_preview(works, voices=voices),
    )


def sentence_caching(caller: Caller, *, engine: EngineRow, use: CacheUse) -> SentenceCaching | None:
    """Use of cached sentences by the text's parts; None as for results."""
    if use is CacheUse.NONE or caller.account is None or not engine.spec.is_deterministic or not is_cache_on(caller.plan):
        return None
    return SentenceCaching(min(caller.plan.retention_days * DAY_SECONDS, LONGEST_KEPT_SECONDS), is_read=use is CacheUse.NORMAL)


def _description(part: PartPlan) -> list[Any]:
    """JSON of a part without what its audio does not depend on: the use of the cache."""
    work = {name: value for name, value in part.work.to_dict().items() if name != "sentences"}
    return [part.kind, part.stage, work, [output.to_dict() for output in part.outputs]]


def _voices_of(work: SpeakWork) -> list[VoiceRef]:
    return [*filter(None, [work.voice]), *work.voices]


def _main_voice(works: Sequence[SpeakWork]) -> str:
    return works[0].voice.id if works and works[0].voice else ""


def _is_preview(works: Sequence[SpeakWork], *, voices: Sequence[VoiceRef]) -> bool:
    """True for the preview sentence of built-in voices, which says nothing about the account."""
    is_plain = len(works) == 1 and not works[0].segments and not works[0].pronunciations
    return is_plain and works[0].text in PREVIEW_TEXTS and all(voice.is_built_in for voice in voices)
