"""Enrolments whose worker dies, repeats itself or reports nonsense."""

import json
from dataclasses import replace

from django.utils import timezone

from apps.core.storage import get_storage
from apps.jobs.dispatch import dispatch_all
from apps.jobs.models import Job, Part
from apps.jobs.services.finish import finish_part
from apps.voices.models import Enrolment
from tests.factories_jobs import announce, outcome_of, started, store_output
from tests.flows.following import wait_until
from tests.voices.conftest import CLONING, ENROLLING, FITTED, KOKORO, REPORT, Enroller, Studio, do_part

TEXT = "Hello there, this is a cloned voice."


def admitted(kind: str) -> Part:
    """The part of this kind, given to a worker."""
    Part.objects.filter(kind=kind).update(not_before=timezone.now())
    wait_until(lambda: dispatch_all() or Part.objects.filter(kind=kind, state="admitted").exists())
    return Part.objects.get(kind=kind)


def test_engine_killed_in_mid_fit_enrols_once_and_is_charged_once(studio: Studio) -> None:
    uuid = studio.post("/v1/tts/clone/?async=1", text=TEXT).json()["uuid"]
    enroller = Enroller()
    do_part(admitted("examine_voice"), enroller)
    killed = started(admitted("fit_voice"))
    assert killed.token is not None
    late = outcome_of(killed, manifest=store_output(killed, audio=b"ID3 late", others={"voice": b"late"}, is_manifest_stored=False))
    announce(KOKORO, CLONING, ENROLLING, boot="boot-2", died_computing=(killed.token.hex,))
    again = admitted("fit_voice")
    assert (again.token != killed.token, finish_part(late)) == (True, False)
    do_part(again, enroller)
    do_part(admitted("speak"), enroller)
    job, enrolment = Job.objects.get(uuid=uuid), Enrolment.objects.get()
    assert (job.state, job.charged_millicredits, studio.owner.millicredits) == ("completed", 4 * len(TEXT), 1_000_000 - 4 * len(TEXT))
    assert (enrolment.state, get_storage().read_bytes(enrolment.conditioning_key)) == ("ready", FITTED)
    assert enroller.done == ["examine_voice", "fit_voice", "speak"]


def test_repeated_result_of_an_examination_changes_nothing(studio: Studio) -> None:
    studio.keep("Ada")
    part = started(admitted("examine_voice"))
    manifest = store_output(part, audio=json.dumps(REPORT.to_dict()).encode(), others={"likeness": b"a likeness"})
    outcome = outcome_of(part, manifest=manifest)
    assert [finish_part(outcome), finish_part(outcome)] == [True, False]
    assert Enrolment.objects.get().state == "training"


def test_unreadable_report_is_retried_and_leaves_the_enrolment_alone(studio: Studio) -> None:
    studio.keep("Ada")
    for report in (b"no json", json.dumps(replace(REPORT, embedding=(1.0,)).to_dict()).encode(), b"[" * 5000):
        part = started(admitted("examine_voice"))
        assert finish_part(outcome_of(part, manifest=store_output(part, audio=report, others={"likeness": b"a likeness"})))
        enrolment = Enrolment.objects.get()
        assert (enrolment.state, enrolment.conditioning_key) == ("draft", "")
    do_part(admitted("examine_voice"), Enroller())
    assert Enrolment.objects.get().state == "training"


def test_recording_that_was_lost_before_it_was_stored_is_no_crash(studio: Studio) -> None:
    studio.keep("Ada")
    part = started(admitted("examine_voice"))
    sample = Enrolment.objects.get().samples.get()
    get_storage().delete(sample.source_key)
    manifest = store_output(part, audio=json.dumps(REPORT.to_dict()).encode(), others={"likeness": b"a likeness"})
    assert finish_part(outcome_of(part, manifest=manifest))
    assert (Enrolment.objects.get().state, Part.objects.get(pk=part.pk).error_code) == ("draft", "storage_unavailable")
