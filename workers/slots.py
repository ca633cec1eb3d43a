"""Slots: the number of parts that a worker holds at once."""

from collections.abc import Iterable, Sequence
from typing import Final

from workers.contract.engines import EngineSpec
from workers.contract.messages import QueueSlots
from workers.contract.names import CODEC_QUEUE, EXAMINATION_QUEUE
from workers.protocols.enroller import KIND, QUEUE

SLOTS_PER_CORE: Final = 8
"""Enough that the scheduler can choose among sentences of all tenants."""
MINIMUM_SLOTS: Final = 32
"""Enough on a small machine that twenty listeners at once hear their first sentences before anybody's second one is computed."""
RESERVED_SHARE: Final = 4
"""One in this many slots is reserved for the lane `live`."""
MAXIMUM_THREADS: Final = 512
"""Most threads of all queue groups together. A thread is created for its first part, and is idle nearly all the time."""

SMALL_GROUPS: Final = {QUEUE: (1, 0, 2), EXAMINATION_QUEUE: (2, 1, 4)}
"""Slots, reserved and hard ones, of groups whose parts take much memory. A fit uses every core for a minute: one at a time, and one more for a
tenant that has none in flight. An examination takes seconds and holds recordings of up to ten minutes: two at a time, of which one is
reserved for requests that wait, so that no row of enrolments in the background delays them.
"""


def queue_groups(specs: Iterable[EngineSpec]) -> tuple[str, ...]:
    """Queue groups that a worker with these engines serves."""
    specs = tuple(specs)
    examining = (EXAMINATION_QUEUE,) if any(spec.kind == KIND for spec in specs) else ()
    return tuple(dict.fromkeys((*(spec.queue_group for spec in specs), *examining, CODEC_QUEUE)))


def queue_slots(groups: Sequence[str], *, cores: int) -> tuple[QueueSlots, ...]:
    """Slots that a worker with so many cores announces for each queue group."""
    hard_slots = min(2 * max(SLOTS_PER_CORE * cores, MINIMUM_SLOTS), max(2, MAXIMUM_THREADS // max(1, len(groups))))
    slots = hard_slots // 2
    usual = (slots, slots // RESERVED_SHARE, hard_slots)
    return tuple(QueueSlots(group, *SMALL_GROUPS.get(group, usual)) for group in groups)
