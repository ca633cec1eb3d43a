"""The workbench: the parts of the worker that every part is done with."""

from dataclasses import dataclass

from workers.model_manager import ModelManager
from workers.scheduler import SentenceScheduler
from workers.storage import Storage
from workers.stream import LiveEvents


@dataclass(frozen=True, slots=True)
class Workbench:
    """The parts of the worker that a kind of work needs."""

    models: ModelManager
    scheduler: SentenceScheduler
    storage: Storage
    live: LiveEvents
