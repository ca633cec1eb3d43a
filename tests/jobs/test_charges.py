"""Charges of jobs that end early: by stage, for finished work and published words, once, within the reservation."""

import contextlib
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.accounts.callers import Caller
from apps.billing.models import LedgerEntry
from apps.billing.selectors import available_millicredits, ledger_differences
from apps.core.errors import ConflictError
from apps.jobs.charges import PartProgress, charge_for_completed_work, completed_share
from apps.jobs.dispatch import dispatch_all
from apps.jobs.models import IN_FLIGHT_STATES, Job, Part
from apps.jobs.plans import PartPlan
from apps.jobs.selectors import read_units_done
from apps.jobs.services.cancel import cancel_job
from apps.jobs.services.event_readers import can_read_words, record_event_reader
from apps.jobs.services.finish import finish_part
from apps.jobs.services.terminal_states import expire_job
from tests.examples import examples
from tests.factories_jobs import announce, caller, engine_spec, outcome_of, part_of, reread, started, store_output, submit
from tests.jobs.observing import beat
from workers.contract.messages import PartOutcome, SpeakWork
from workers.contract.outputs import TEXT, audio_outputs, text_outputs
from workers.contract.references import PartOutput, StoredObject
from workers.contract.transcription import ListenWork, ReplyWork

PRICE = 3000
ANSWER_CHARACTERS = 50
PARTS = st.lists(
    st.builds(
        PartProgress, st.integers(0, 10**6), units=st.integers(0, 10**6), units_done=st.integers(0, 2 * 10**6), is_done=st.booleans()
    ),
    max_size=8,
)


@given(st.integers(0, 10**9), PARTS)
def test_charge_of_made_for_any_parts_is_the_share_rounded_up_once(price: int, parts: list[PartProgress]) -> None:
    charged = charge_for_completed_work(price, parts=parts)
    assert 0 <= charged <= price
    assert 0 <= charged - price * completed_share(parts) < 1


@given(st.integers(1, 10**9), PARTS.filter(lambda parts: any(part.weight for part in parts)))
def test_charge_of_made_for_all_parts_done_is_the_price(price: int, parts: list[PartProgress]) -> None:
    done = [PartProgress(part.weight, units=part.units, is_done=True) for part in parts]
    untouched = [PartProgress(part.weight, units=part.units) for part in parts]
    assert (charge_for_completed_work(price, parts=done), charge_for_completed_work(price, parts=untouched)) == (price, 0)


@given(PARTS, PARTS)
def test_share_made_grows_with_every_part_that_gets_further(parts: list[PartProgress], more: list[PartProgress]) -> None:
    further = [
        PartProgress(part.weight, units=part.units, units_done=part.units_done + other.units_done, is_done=part.is_done or other.is_done)
        for part, other in zip(parts, more, strict=False)
    ]
    assert completed_share(parts) <= completed_share(further + parts[len(further) :])


def answered_turn(by: Caller) -> Job:
    """Voice chat whose question was recognised and answered; the answer is being spoken."""
    job = turn(by)
    finish_part(outcome_of(started(part_of(job, 0))))
    answer(job)
    return job


def turn(by: Caller) -> Job:
    announce(engine_spec(), engine_spec("talker", kind="chat", voices=()))
    reply = ReplyWork("talker", transcript=PartOutput(0, TEXT))
    speech = SpeakWork("kokoro", None, script=PartOutput(1, TEXT))
    parts = (
        PartPlan("listen", ListenWork("whisper", StoredObject("question.wav")), text_outputs(is_kept=False), units=2000, weight=20),
        PartPlan("reply", reply, text_outputs(is_kept=True), units=0, stage=1, queue="talker", weight=40),
        PartPlan("speak", speech, audio_outputs("mp3", is_kept=True), units=0, stage=2, weight=40),
    )
    return submit(by, parts=parts, kind="voice-chat", units=100, price=PRICE).job


def answer(job: Job) -> None:
    part = started(part_of(job, 1))
    manifest = store_output(part, details={"share_characters": [ANSWER_CHARACTERS]})
    assert finish_part(outcome_of(part, manifest=manifest))


def balance(by: Caller) -> int:
    assert by.account is not None
    return available_millicredits(by.account.pk)


def test_a_turn_cancelled_at_its_first_words_is_charged_for_what_was_made() -> None:
    by = caller()
    job = answered_turn(by)
    speaking = started(part_of(job, 2))
    assert (speaking.units, speaking.units_done) == (ANSWER_CHARACTERS, 0)
    cancel_job(job, reason="")
    assert finish_part(outcome_of(speaking, status="cancelled", units_done=10))
    charged = PRICE * (20 + 40 + 40 * 10 // 50) // 100
    assert (reread(job).state, reread(job).charged_millicredits, balance(by)) == ("cancelled", charged, 1_000_000 - charged)


def test_a_turn_cancelled_after_its_last_word_is_charged_whole() -> None:
    job = answered_turn(caller())
    speaking = started(part_of(job, 2))
    cancel_job(job, reason="")
    finish_part(outcome_of(speaking, status="cancelled", units_done=ANSWER_CHARACTERS))
    assert reread(job).charged_millicredits == PRICE


def test_turn_cancelled_after_transcription_is_charged_for_transcription_only() -> None:
    job = turn(caller())
    finish_part(outcome_of(started(part_of(job, 0))))
    replying = started(part_of(job, 1))
    cancel_job(job, reason="")
    finish_part(outcome_of(replying, status="cancelled", units_done=7))
    assert reread(job).charged_millicredits == PRICE * 20 // 100


def test_outcome_keeps_words_of_a_heartbeat_received_during_its_check(monkeypatch: pytest.MonkeyPatch) -> None:
    job = answered_turn(caller())
    speaking = started(part_of(job, 2))
    cancel_job(job, reason="")

    def check(outcome: PartOutcome, *, part: Part) -> PartOutcome:
        beat(part, units_done=30)
        return outcome

    monkeypatch.setattr("apps.jobs.services.finish._verify_outputs", check)
    finish_part(outcome_of(speaking, status="cancelled", units_done=10))
    assert reread(job).charged_millicredits == PRICE * (20 + 40 + 40 * 30 // 50) // 100


def test_words_of_a_lost_attempt_are_charged_when_the_next_one_is_cancelled() -> None:
    job = answered_turn(caller())
    beat(started(part_of(job, 2)), units_done=30)
    assert finish_part(outcome_of(part_of(job, 2), status="failed", error_code="worker_lost", is_retryable=True, units_done=20))
    assert (part_of(job, 2).state, part_of(job, 2).units_done) == ("queued", 30)
    cancel_job(job, reason="")
    assert reread(job).charged_millicredits == PRICE * (60 + 40 * 30 // 50) // 100


@pytest.mark.parametrize("reported", [{}, {"share_characters": []}, {"share_characters": "50"}, {"share_characters": [-1]}])
def test_invalid_content_length_of_a_writer_is_ignored(reported: dict[str, Any]) -> None:
    job = turn(caller())
    finish_part(outcome_of(started(part_of(job, 0))))
    replying = started(part_of(job, 1))
    assert finish_part(outcome_of(replying, manifest=store_output(replying, details=reported)))
    speaking = started(part_of(job, 2))
    cancel_job(job, reason="")
    finish_part(outcome_of(speaking, status="cancelled", units_done=10))
    assert (speaking.units, reread(job).charged_millicredits) == (0, PRICE * 60 // 100)


@pytest.mark.parametrize("state", ["failed", "expired"])
@pytest.mark.parametrize(("is_watched", "units_done", "charged"), [(True, 25, 2400), (True, 0, 0), (False, 25, 0)])
def test_turn_without_a_result_is_charged_only_if_its_text_was_read(state: str, is_watched: bool, units_done: int, charged: int) -> None:
    by = caller()
    job = answered_turn(by)
    if is_watched:
        assert can_read_words(record_event_reader(reread(job)))
    speaking = started(part_of(job, 2))
    beat(speaking, units_done=units_done)
    if state == "failed":
        finish_part(outcome_of(speaking, status="failed", error_code="bad_audio", units_done=units_done))
    else:
        expire_job(reread(job), message="")
    job = reread(job)
    assert (job.state, job.charged_millicredits, balance(by)) == (state, charged, 1_000_000 - charged)
    late_reader = record_event_reader(job)
    assert (late_reader.was_watched, can_read_words(late_reader)) == (is_watched, charged > 0)


def test_a_watched_speech_job_that_fails_costs_nothing() -> None:
    announce()
    job = submit(caller(), "x" * 100).job
    record_event_reader(job)
    finish_part(outcome_of(started(part_of(job)), status="failed", error_code="bad_audio", units_done=50))
    assert (reread(job).charged_millicredits, reread(job).was_watched, can_read_words(reread(job))) == (0, False, True)


def test_progress_of_a_staged_job_is_the_share_that_a_cancellation_charges() -> None:
    job = answered_turn(caller())
    assert read_units_done([job]) == {job.uuid: 60}
    beat(started(part_of(job, 2)), units_done=25)
    assert read_units_done([job]) == {job.uuid: 80}


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["start", "beat", "finish", "retry", "fail", "watch", "cancel", "repeat"]), st.integers(0, ANSWER_CHARACTERS)
    ),
    max_size=14,
)


@settings(max_examples=examples(25), deadline=None, suppress_health_check=list(HealthCheck))
@given(STEPS)
def test_any_life_of_a_turn_is_charged_once_for_all_that_was_delivered(steps: list[tuple[str, int]]) -> None:
    by = caller()
    job, delivered, outcomes = turn(by), 0, []
    for step, units in [*steps, ("cancel", 0), ("stop", 0)]:
        part = Part.objects.filter(job_id=job.uuid, state__in=IN_FLIGHT_STATES).first()
        if step == "watch":
            record_event_reader(reread(job))
        elif step == "cancel":
            with contextlib.suppress(ConflictError):
                cancel_job(reread(job), reason="")
        elif step == "repeat":
            assert not any(finish_part(outcome) for outcome in outcomes)
        elif part is not None:
            part = started(part)
            reported = units if part.kind == "speak" and step != "start" else 0
            delivered = max(delivered, min(reported, part.units))
            if step == "beat":
                beat(part, units_done=reported)
            elif step != "start":
                status = {"finish": "completed", "stop": "cancelled"}.get(step, "failed")
                manifest = store_output(part, details={"share_characters": [ANSWER_CHARACTERS]}) if step == "finish" else None
                outcomes.append(
                    outcome_of(part, status=status, manifest=manifest, error_code="x", is_retryable=step == "retry", units_done=reported)
                )
                assert finish_part(outcomes[-1])
                Part.objects.filter(job_id=job.uuid, state="queued").update(not_before=job.created_at)
                dispatch_all()
    job = reread(job)
    assert job.is_over
    amounts = {entry.kind: entry.amount_millicredits for entry in LedgerEntry.objects.filter(job_uuid=job.uuid)}
    expected = {"reservation": -PRICE, "release": PRICE} | ({"charge": -job.charged_millicredits} if job.charged_millicredits else {})
    assert (amounts, balance(by)) == (expected, 1_000_000 - job.charged_millicredits)
    assert LedgerEntry.objects.filter(job_uuid=job.uuid).count() == len(expected)
    words = Fraction(60 * bool(delivered), 100) + Fraction(40 * delivered, 100 * ANSWER_CHARACTERS)
    if job.state in {"completed", "cancelled"} or job.was_watched:
        assert PRICE * words <= job.charged_millicredits <= PRICE
    else:
        assert job.charged_millicredits == 0
    assert ledger_differences() == []
