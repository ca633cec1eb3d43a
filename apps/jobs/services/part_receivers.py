"""Receivers of part results in apps above this one: they read what a worker stored, may refuse it, and write in the transaction of its end."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string

from apps.jobs.models import Job, Part
from workers.contract.messages import Manifest


@dataclass(frozen=True, slots=True)
class PartRefusal:
    """Reason why the result of a part fails its job."""

    code: str
    message: str
    is_retryable: bool = False


Write = Callable[[Job], None]
"""Writes of a receiver. Called in the transaction of the part's end with the job locked, before its next stage opens."""

Receiver = Callable[[Part, Manifest], Write | PartRefusal]
"""Called outside the transaction with a checked manifest. Idempotent: another call follows if the transaction fails."""


def receive_part(part: Part, *, manifest: Manifest) -> Write | PartRefusal | None:
    """Call the receiver of the part's kind; None if there is none. Raises StorageAwayError."""
    receiver = _receivers().get(part.kind)
    return receiver(part, manifest) if receiver is not None else None


@cache
def _receivers() -> Mapping[str, Receiver]:
    return {kind: import_string(path) for kind, path in settings.TTSAI_PART_RECEIVERS.items()}
