"""Number of parts that a worker takes at once."""

from tests.factories_jobs import engine_spec
from workers.contract.messages import QueueSlots
from workers.slots import MAXIMUM_THREADS, queue_groups, queue_slots


def test_small_machine_has_32_slots_a_queue_and_a_quarter_for_live() -> None:
    assert queue_slots(["kokoro", "codec"], cores=2) == (
        QueueSlots("kokoro", slots=32, reserved_slots=8, hard_slots=64),
        QueueSlots("codec", slots=32, reserved_slots=8, hard_slots=64),
    )


def test_slots_grow_with_the_cores() -> None:
    assert queue_slots(["kokoro"], cores=8) == (QueueSlots("kokoro", slots=64, reserved_slots=16, hard_slots=128),)


def test_a_big_machine_with_many_engines_stays_below_the_most_threads() -> None:
    slots = queue_slots([f"engine-{number}" for number in range(10)], cores=64)
    assert sum(each.hard_slots for each in slots) <= MAXIMUM_THREADS
    assert {(each.slots, each.reserved_slots, each.hard_slots) for each in slots} == {(25, 6, 51)}


def test_examinations_have_slots_of_their_own_beside_the_fits() -> None:
    groups = queue_groups([engine_spec("kokoro-enrol", kind="enrol", voices=(), default_voice="", queue="enrolment")])
    assert queue_slots(groups, cores=8)[:2] == (
        QueueSlots("enrolment", slots=1, reserved_slots=0, hard_slots=2),
        QueueSlots("examination", slots=2, reserved_slots=1, hard_slots=4),
    )
    assert queue_groups([engine_spec()]) == ("kokoro", "codec")


def test_fits_run_one_at_a_time_and_one_more_for_another_tenant() -> None:
    assert queue_slots(["enrolment"], cores=8) == (QueueSlots("enrolment", slots=1, reserved_slots=0, hard_slots=2),)
