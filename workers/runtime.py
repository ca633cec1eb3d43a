"""Composition of a worker: engines, memory, compute threads, storage, communication with the platform."""

import importlib.metadata
import logging
import threading
import time
import uuid
from collections.abc import Mapping, Sequence
from typing import Any, Final

import httpx
import redis

from workers import broker, celery
from workers.cloning.job import remove_stale_folders
from workers.computing import ComputeJournal
from workers.contract.errors import WorkError
from workers.contract.messages import Announcement
from workers.contract.names import LANES, RUN_PART, queue_name
from workers.heartbeat import HeartbeatSender
from workers.model_manager import ModelManager
from workers.outbox import Outbox
from workers.parts import Parts
from workers.protocols.engine import Model
from workers.scheduler import SentenceScheduler
from workers.sentence_cache import SentenceCache
from workers.sentence_purges import SentencePurges
from workers.settings import Settings
from workers.slots import queue_groups, queue_slots
from workers.storage import Storage
from workers.stream import LiveEvents
from workers.tasks.attempts import Attempts
from workers.tasks.context import WorkerContext
from workers.watchdog import Watchdog

logger = logging.getLogger(__name__)

HTTP_TIMEOUT: Final = httpx.Timeout(30.0, connect=5.0)
FINAL_SEND_SECONDS: Final = 1.0
"""Longest wait at shutdown for the broker to accept pending messages."""


class Runtime:
    """Components of one worker process, with start and stop."""

    def __init__(self, settings: Settings, *, engines: Sequence[Model], missing: Mapping[str, str] | None = None) -> None:
        self.settings = settings
        self._missing = dict(missing or {})
        self.boot = uuid.uuid4().hex
        self._engines = tuple(engines)
        self._specs = tuple(engine.spec for engine in engines)
        groups = queue_groups(self._specs)
        self._slots = queue_slots(groups, cores=settings.cores)
        self.client: redis.Redis = broker.connect(settings.broker_url)
        celery.configure(settings.broker_url, queue_groups=groups)

        self.storage = Storage(objects=settings.objects, scratch=settings.file("scratch"), http=httpx.Client(timeout=HTTP_TIMEOUT))
        self.models = ModelManager(engines, budget_bytes=settings.model_memory_bytes, idle_seconds=settings.model_idle_seconds)
        self.parts = Parts()
        self.outbox = Outbox(celery.app)
        claims = broker.Claims(self.client, holder=settings.worker_name)
        self._journal = ComputeJournal(settings.file("computing"))
        self._watchdog = Watchdog(
            self.client,
            queues=[queue_name(group, lane) for group in groups for lane in LANES],
            has_free_thread=lambda: len(self.parts.in_flight()) < self.threads,
        )
        sentences = SentenceCache(settings.file("sentences"), most_bytes=settings.sentence_cache_bytes)
        self._sentences, self._purges = sentences, SentencePurges(self.client, cache=sentences)
        self._attempts = Attempts(
            worker=settings.worker_name,
            boot=self.boot,
            context=WorkerContext(
                self.models,
                SentenceScheduler(cores=settings.cores, journal=self._journal),
                self.storage,
                LiveEvents(self.client),
                sentences=sentences,
            ),
            parts=self.parts,
            claims=claims,
            outbox=self.outbox,
            journal=self._journal,
        )
        self.heartbeats = HeartbeatSender(
            announce=self.announcement,
            parts=self.parts,
            models=self.models,
            outbox=self.outbox,
            claims=claims,
            client=self.client,
            died_computing=self._journal.died_computing,
            periodic_checks=[self._watchdog.check, self._purges.check, remove_stale_folders],
        )
        celery.app.task(name=RUN_PART, ignore_result=True)(self._run_part)

    @property
    def threads(self) -> int:
        """Most parts that this worker holds at once."""
        return sum(slots.hard_slots for slots in self._slots)

    def announcement(self) -> Announcement:
        """Announcement of this worker's capabilities."""
        return Announcement(
            worker=self.settings.worker_name,
            boot=self.boot,
            device=self.settings.device,
            engines=self._specs,
            queues=self._slots,
            sent_at=time.time(),
            version=_version(),
            missing=self._missing,
            died_computing=self._journal.died_computing,
        )

    def start(self) -> None:
        """Start communicating and, in the background, preload models for the first request."""
        self._watchdog.message_arrived()
        self.outbox.start()
        self._sentences.start()
        self.heartbeats.start()
        threading.Thread(target=self._preload, name="preload", daemon=True).start()

    def stop(self) -> None:
        """Finish work in flight within stop_seconds, send the last heartbeat, and leave the rest to the platform."""
        self._attempts.stop_accepting()
        self.heartbeats.send_stopping()
        is_done = self.parts.wait_until_none(self.settings.stop_seconds)
        abandoned = self.parts.in_flight()
        self.outbox.wait_until_empty(FINAL_SEND_SECONDS)
        self._journal.clear()
        self.heartbeats.send_final_heartbeat()
        self.outbox.wait_until_empty(FINAL_SEND_SECONDS)
        logger.info("worker_stopped name=%s finished=%s abandoned=%d", self.settings.worker_name, is_done, len(abandoned))

    def _run_part(self, payload: dict[str, Any]) -> None:
        self._watchdog.message_arrived()
        self._attempts.take(payload)

    def _preload(self) -> None:
        for engine_id in self.settings.preload:
            try:
                with self.models.use(engine_id):
                    pass
            except WorkError as error:
                logger.warning("preload_failed engine=%s code=%s: %s", engine_id, error.code, error.message)
        for engine in self._engines:
            engine.prepare()


def _version() -> str:
    try:
        return importlib.metadata.version("ttsai-platform")
    except importlib.metadata.PackageNotFoundError:
        return ""
