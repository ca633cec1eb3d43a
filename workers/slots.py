"""Slots: the number of parts that a worker holds at once."""

from collections.abc import Sequence
from typing import Final

from workers.contract.messages import QueueSlots
from workers.protocols.enroller import QUEUE

SLOTS_PER_CORE: Final = 8
"""Enough that the scheduler can choose among sentences of all tenants."""
MINIMUM_SLOTS: Final = 32
"""Enough on a small machine that twenty listeners at once hear their first sentences before anybody's second one is computed."""
RESERVED_SHARE: Final = 4
"""One in this many slots is reserved for the lane `live`."""
MAXIMUM_THREADS: Final = 512
"""Most threads of all queue groups together. A thread is created for its first part, and is idle nearly all the time."""


SINGLE_GROUPS: Final = frozenset({QUEUE})
"""Queue groups whose parts use every core for a minute: one at a time, and one more for a tenant that has none in flight."""


def queue_slots(queue_groups: Sequence[str], *, cores: int) -> tuple[QueueSlots, ...]:
    """Slots that a worker with so many cores announces for each queue group."""
    hard_slots = min(2 * max(SLOTS_PER_CORE * cores, MINIMUM_SLOTS), max(2, MAXIMUM_THREADS // max(1, len(queue_groups))))
    slots = hard_slots // 2
    usual = (slots, slots // RESERVED_SHARE, hard_slots)
    return tuple(QueueSlots(group, *(usual if group not in SINGLE_GROUPS else (1, 0, 2))) for group in queue_groups)
