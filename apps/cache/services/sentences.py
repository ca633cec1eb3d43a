"""Purges of the sentences that workers cache on their disks: rows, and a stream that every worker reads from its beginning when it starts."""

import logging
from datetime import timedelta
from typing import Final

from django.utils import timezone

from apps.cache.models import SentencePurge
from apps.core.valkey import ValkeyAway, client
from workers.contract.names import SENTENCE_PURGES
from workers.contract.sentences import LONGEST_KEPT_SECONDS, SentencePurgeMessage

logger = logging.getLogger(__name__)

KEPT: Final = timedelta(seconds=LONGEST_KEPT_SECONDS) + timedelta(days=1)
"""A worker that was away for longer has no sentence left that is older than the purge."""


def publish_purges() -> int:
    """Send the purges that the stream does not have: new ones, or all of them if Valkey lost its data. Returns their number.

    A purge that is repeated changes nothing.
    """
    SentencePurge.objects.filter(created_at__lt=timezone.now() - KEPT).delete()
    purges = list(SentencePurge.objects.order_by("pk"))
    try:
        is_complete = client().xlen(SENTENCE_PURGES) >= sum(purge.is_published for purge in purges)
        missing = [purge for purge in purges if not (is_complete and purge.is_published)]
        for purge in missing:
            message = SentencePurgeMessage(
                tenant=purge.tenant, voice=purge.voice, engine=purge.engine_id, purged_at=purge.created_at.timestamp()
            )
            client().xadd(SENTENCE_PURGES, message.to_fields(), minid=_oldest_id(), approximate=False)
    except ValkeyAway as error:
        logger.warning("sentences are purged later: %s", type(error).__name__)
        return 0
    SentencePurge.objects.filter(pk__in=[purge.pk for purge in missing]).update(is_published=True)
    return len(missing)


def _oldest_id() -> int:
    return int((timezone.now() - KEPT).timestamp() * 1000)
