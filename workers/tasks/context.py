"""Worker context: the components of the worker that every task uses."""

from dataclasses import dataclass, field

from workers.conversion.targets import TargetProfiles
from workers.model_manager import ModelManager
from workers.scheduler import SentenceScheduler
from workers.sentence_cache import SentenceCache
from workers.storage import Storage
from workers.stream import LiveEvents
from workers.tasks.conditioning import ConditioningCache


@dataclass(frozen=True, slots=True)
class WorkerContext:
    """Components of the worker for a task."""

    models: ModelManager
    scheduler: SentenceScheduler
    storage: Storage
    live: LiveEvents
    targets: TargetProfiles = field(default_factory=TargetProfiles)
    """Profiles of the voices that recordings were converted to."""
    voices: ConditioningCache = field(default_factory=ConditioningCache)
    """Prepared voices of accounts."""
    sentences: SentenceCache | None = None
    """Cached sentences; None for a worker without them."""
