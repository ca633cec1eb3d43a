"""The operator's block list: voices that nobody may clone, compared by speaker embedding."""

import math
from collections.abc import Sequence
from operator import mul

from django.conf import settings
from django.db import transaction

from apps.voices.models import BlockedVoice, Enrolment
from apps.voices.services.cached_speech import purge_voices

BATCH = 500


def find_blocked(embedding: Sequence[float]) -> BlockedVoice | None:
    """Blocked voice that is at least as similar as TTSAI_BLOCK_SIMILARITY."""
    return _find_among(list(BlockedVoice.objects.all()), embedding=embedding)


def is_same_voice(one: Sequence[float], other: Sequence[float]) -> bool:
    """True if the cosine of two speaker embeddings reaches TTSAI_BLOCK_SIMILARITY."""
    scale = math.hypot(*one) * math.hypot(*other)
    return len(one) == len(other) and scale > 0 and sum(map(mul, one, other)) / scale >= settings.TTSAI_BLOCK_SIMILARITY


def block_voice(enrolment: Enrolment, *, name: str, reason: str) -> BlockedVoice:
    """Put the speaker of an enrolment on the block list, and stop every voice of the same speaker in all accounts."""
    embedding = (enrolment.report or {}).get("embedding")
    if not embedding:
        raise ValueError(f"enrolment {enrolment.uuid.hex} has no speaker embedding yet")
    with transaction.atomic():
        blocked = BlockedVoice.objects.create(name=name, reason=reason, embedding=embedding)
        apply_block_list()
    return blocked


def apply_block_list() -> int:
    """Set `is_blocked` of every enrolment by the current list; returns the number of rows that changed."""
    changed, blocked = 0, list(BlockedVoice.objects.all())
    for enrolment in Enrolment.objects.filter(report__isnull=False).only("uuid", "report", "is_blocked").iterator(chunk_size=BATCH):
        is_blocked = _find_among(blocked, embedding=(enrolment.report or {}).get("embedding", [])) is not None
        if is_blocked != enrolment.is_blocked:
            changed += Enrolment.objects.filter(pk=enrolment.pk).update(is_blocked=is_blocked)
            purge_voices([enrolment])
    return changed


def _find_among(voices: list[BlockedVoice], *, embedding: Sequence[float]) -> BlockedVoice | None:
    return next((blocked for blocked in voices if is_same_voice(embedding, blocked.embedding)), None)
