"""Reads the purges of cached sentences, which the platform writes to a stream."""

import logging
from typing import Final, cast

import redis

from workers.contract.names import SENTENCE_PURGES
from workers.contract.sentences import SentencePurgeMessage
from workers.sentence_cache import SentenceCache

logger = logging.getLogger(__name__)

AT_ONCE: Final = 200


class SentencePurges:
    """Applies new purges. After a start all that the stream holds are applied: the worker may have been away."""

    def __init__(self, client: redis.Redis, *, cache: SentenceCache) -> None:
        self._client = client
        self._cache = cache
        self._last_id = b"0"

    def check(self) -> None:
        """Apply what came since the last call. An unreachable broker is asked again at the next one."""
        try:
            while entries := self._read():
                for entry_id, fields in entries:
                    self._apply(fields)
                    self._last_id = entry_id
        except redis.RedisError:
            return

    def _read(self) -> list[tuple[bytes, dict[bytes, bytes]]]:
        first = b"(" + self._last_id if self._last_id != b"0" else b"-"
        return cast("list[tuple[bytes, dict[bytes, bytes]]]", self._client.xrange(SENTENCE_PURGES, min=first, count=AT_ONCE))

    def _apply(self, fields: dict[bytes, bytes]) -> None:
        try:
            purge = SentencePurgeMessage.from_fields(fields)
        except (KeyError, ValueError):
            logger.warning("a purge of sentences is invalid")
            return
        deleted = self._cache.purge(purge)
        if deleted:
            logger.info("sentences_purged count=%d", deleted)
