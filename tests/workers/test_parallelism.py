"""Parts of one task in several threads."""

import threading
from collections.abc import Callable

import pytest

from workers.parallelism import allowing, count_spare_cores, run_parts


def test_spare_cores_are_asked_within_the_block_only() -> None:
    answers = iter([3, 0])
    assert count_spare_cores() == 0
    with allowing(lambda: next(answers)):
        assert (count_spare_cores(), count_spare_cores()) == (3, 0)
    assert count_spare_cores() == 0


def test_parts_run_at_once_so_that_they_may_wait_for_one_another() -> None:
    threads: dict[int, str] = {}

    def prepare(parts: int) -> Callable[[int], None]:
        barrier = threading.Barrier(parts)

        def compute(part: int) -> None:
            barrier.wait(5)
            threads[part] = threading.current_thread().name

        return compute

    run_parts(prepare, parts=3)
    assert threads == {0: threading.current_thread().name, 1: "part-1", 2: "part-2"}


def test_error_of_a_part_is_raised_after_all_have_ended() -> None:
    ended = []

    def compute(part: int) -> None:
        if part == 1:
            raise ValueError("part 1")
        ended.append(part)

    with pytest.raises(ValueError, match="part 1"):
        run_parts(lambda _: compute, parts=3)
    assert sorted(ended) == [0, 2]


def test_failed_preparation_is_raised_and_leaves_no_thread_waiting() -> None:
    before = threading.active_count()

    def prepare(_: int) -> Callable[[int], None]:
        raise KeyError("no")

    with pytest.raises(KeyError):
        run_parts(prepare, parts=3)
    for thread in threading.enumerate():
        if thread.name.startswith("part-"):
            thread.join(5)
    assert threading.active_count() <= before


def test_task_is_cut_into_fewer_parts_if_the_system_has_no_more_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    start = threading.Thread.start

    def start_one(thread: threading.Thread) -> None:
        if thread.name == "part-2":
            raise RuntimeError("can't start new thread")
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", start_one)
    counts: list[int] = []
    computed: list[int] = []

    def prepare(parts: int) -> Callable[[int], None]:
        counts.append(parts)
        return computed.append

    run_parts(prepare, parts=4)
    assert (counts, sorted(computed)) == ([2], [0, 1])
