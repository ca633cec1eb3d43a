"""Journal of computing parts: its report to the next process, and running one part alone."""

import threading
from concurrent.futures import Future
from pathlib import Path

import pytest

from tests.workers.test_scheduler import WAIT_SECONDS, Gate, order
from workers.computing import ComputeJournal
from workers.scheduler import SentenceScheduler

A, B, C = "a" * 32, "b" * 32, "c" * 32


def test_the_next_process_learns_which_parts_computed_and_not_which_waited(tmp_path: Path) -> None:
    journal = ComputeJournal(tmp_path / "journal")
    assert journal.died_computing is None, "there was none before"
    with journal.computing(A), journal.computing(B), journal.computing(C), journal.computing(A), journal.waiting(B):
        assert ComputeJournal(tmp_path / "journal").died_computing == (A, C)


def test_a_process_that_ends_in_an_orderly_way_blames_no_part(tmp_path: Path) -> None:
    journal = ComputeJournal(tmp_path / "journal")
    with journal.computing(A):
        journal.clear()
        assert ComputeJournal(tmp_path / "journal").died_computing == ()


def test_a_journal_that_cannot_be_written_still_keeps_parts_apart(tmp_path: Path) -> None:
    journal = ComputeJournal(tmp_path / "missing" / "journal")
    with journal.alone(A, check=lambda: None):
        assert journal.is_alone(A)
        assert not journal.is_alone(B)
    assert journal.died_computing is None


def test_a_part_that_runs_alone_waits_for_others_and_others_wait_for_it(tmp_path: Path) -> None:
    journal = ComputeJournal(tmp_path / "journal")
    scheduler = SentenceScheduler(cores=1, journal=journal)
    before, during, after = Gate(), Gate(), Gate()
    first: Future[str] = scheduler.submit(order(group=A), work=before)
    assert before.begun.wait(WAIT_SECONDS)
    results: list[Future[str]] = []

    def suspect() -> None:
        with journal.alone(B, check=lambda: None), journal.computing(B):
            results.append(scheduler.submit(order(group=B), work=during))
            with journal.waiting(B):
                results[0].result(WAIT_SECONDS)

    thread = threading.Thread(target=suspect)
    thread.start()
    while not journal.is_alone(B):
        thread.join(0.01)
    second: Future[str] = scheduler.submit(order(group=C), work=after)
    assert not during.begun.is_set()
    before.may_end.set()
    assert during.begun.wait(WAIT_SECONDS), "it computes although the one compute thread holds work of another part"
    assert not after.begun.is_set()
    during.may_end.set()
    after.may_end.set()
    thread.join(WAIT_SECONDS)
    assert [first.result(WAIT_SECONDS), results[0].result(WAIT_SECONDS), second.result(WAIT_SECONDS)] == ["done"] * 3
    scheduler.close()


def test_a_part_that_may_not_wait_any_longer_leaves_the_worker_to_others(tmp_path: Path) -> None:
    def give_up() -> None:
        raise TimeoutError("the deadline")

    journal = ComputeJournal(tmp_path / "journal")
    with journal.computing(A):
        with pytest.raises(TimeoutError), journal.alone(B, check=give_up):
            pass
        with journal.computing(C):
            assert not journal.is_alone(B)
