"""Rows of apps/dashboard/urls.py."""

from datetime import timedelta

from django.utils import timezone

from apps.accounts.models import Account
from apps.accounts.roles import Permission
from apps.batches.models import Batch, BatchItem
from apps.conversations.models import Conversation, Turn
from apps.core.storage import get_storage
from apps.jobs.models import Job
from apps.projects.models import Composition
from apps.pronunciations.models import Pronunciation
from apps.uploads.models import Origin, Upload, UploadState
from apps.voice_library.models import Category
from apps.voices.models import Consent, Enrolment, EnrolmentState, Sample, Voice
from apps.voices.objects import sample_key
from tests.factories_jobs import caller, submit, work_off
from tests.pages.table import Owned, file, fragment, page, post

TEXT = "Quillon speaks softly."
READ_USAGE, CHANGE = Permission.READ_USAGE, Permission.CHANGE


def running_job(account: Account) -> Owned:
    """Job that no worker has taken."""
    job = submit(caller(account), TEXT).job
    return Owned(path={"uuid": job.uuid.hex}, hidden=(TEXT,))


def watched_job(account: Account) -> Owned:
    """Job that no worker has taken, named in the query."""
    job = submit(caller(account), TEXT).job
    return Owned(query={"job": job.uuid.hex}, shown=(TEXT,))


def finished_job(account: Account) -> Owned:
    """Job with audio."""
    job = done_job(account)
    return Owned(path={"uuid": job.uuid.hex}, shown=(job.uuid.hex, TEXT))


def done_job(account: Account) -> Job:
    job = submit(caller(account), TEXT).job
    work_off()
    return Job.objects.get(uuid=job.uuid)


def repeated_job(account: Account) -> Owned:
    job = done_job(account)
    return Owned(path={"uuid": job.uuid.hex}, hidden=(TEXT,))


def listed_job(account: Account) -> Owned:
    return Owned(shown=(done_job(account).uuid.hex, TEXT))


def used_key(account: Account) -> Owned:
    """Use by a key of the account: its prefix is shown."""
    prefix = caller(account).key.prefix
    submit(caller(account), TEXT)
    return Owned(hidden=(prefix,))


def make_voice(account: Account, *, state: EnrolmentState = EnrolmentState.READY) -> Voice:
    """Voice with two recordings and a consent."""
    enrolment = Enrolment.objects.create(
        account=account, engine_id="kokoro", digest="d" * 64, state=state, conditioning_key="k", language="en-us", gender="female"
    )
    for letter in "ab":
        sample = Sample.objects.create(
            enrolment=enrolment,
            sha256=letter * 64,
            audio_seconds=12.0,
            bytes=3,
            content_type="audio/wav",
            file_name=f"quillon-{letter}.wav",
        )
        sample.key = sample_key(enrolment, sample.sha256)
        sample.save()
        get_storage().put_bytes(sample.key, b"abc", content_type="audio/wav")
    Consent.objects.create(enrolment=enrolment, statement="Quillon agrees.", given_by="Quillon the Elder", recorded_by="quillon")
    return Voice.objects.create(account=account, enrolment=enrolment, voice_id="voice_" + "0" * 20, name="Quillon's own voice")


def a_voice(account: Account) -> Owned:
    voice = make_voice(account)
    return Owned(path={"voice_id": voice.voice_id}, shown=("quillon-a.wav", "Quillon agrees.", "Quillon the Elder"))


def a_changed_voice(account: Account) -> Owned:
    return Owned(path={"voice_id": make_voice(account).voice_id}, hidden=("quillon-a.wav", "Quillon agrees."))


def a_revoked_voice(account: Account) -> Owned:
    owned = a_changed_voice(account)
    Consent.objects.update(revoked_at=timezone.now())
    return owned


def a_training_voice(account: Account) -> Owned:
    return Owned(path={"voice_id": make_voice(account, state=EnrolmentState.TRAINING).voice_id}, shown=("In training",))


def a_sample(account: Account) -> Owned:
    return Owned(path={"voice_id": make_voice(account).voice_id, "sample_id": "a" * 64}, hidden=("quillon-a.wav",))


def a_listed_voice(account: Account) -> Owned:
    make_voice(account)
    Category.objects.create(account=account, name="Quillon's category")
    return Owned(shown=("voice_" + "0" * 20, "Quillon&#x27;s own voice", "Quillon&#x27;s category"))


def a_category(account: Account) -> Owned:
    Category.objects.create(account=account, name="Quillon's category")
    return Owned(body={"name": "Quillon's category"})


def make_entry(account: Account) -> Pronunciation:
    return Pronunciation.objects.create(account=account, word="Quillonish", replacement="kwil on ish")


def an_entry(account: Account) -> Owned:
    return Owned(path={"pk": str(make_entry(account).pk)}, shown=("Quillonish", "kwil on ish"))


def a_changed_entry(account: Account) -> Owned:
    return Owned(path={"pk": str(make_entry(account).pk)}, hidden=("Quillonish", "kwil on ish"))


def a_listed_entry(account: Account) -> Owned:
    make_entry(account)
    return Owned(shown=("Quillonish", "kwil on ish"))


def make_conversation(account: Account) -> Conversation:
    conversation = Conversation.objects.create(account=account, system_prompt="Be like Quillon.")
    Turn.objects.create(conversation=conversation, job=done_job(account), user_text="Is Quillon there?", ai_text="Quillon is here.")
    return conversation


def a_conversation(account: Account) -> Owned:
    conversation = make_conversation(account)
    return Owned(
        path={"conversation_id": conversation.uuid.hex},
        shown=("Be like Quillon.", "Is Quillon there?", "Quillon is here.", conversation.uuid.hex),
    )


def a_deleted_conversation(account: Account) -> Owned:
    return Owned(path={"conversation_id": make_conversation(account).uuid.hex}, hidden=("Be like Quillon.", "Quillon is here."))


def a_listed_conversation(account: Account) -> Owned:
    return Owned(shown=(make_conversation(account).uuid.hex, "Be like Quillon.", "Is Quillon there?"))


def make_upload(account: Account) -> Upload:
    until = timezone.now() + timedelta(hours=2)
    return Upload.objects.create(
        account=account,
        tenant=f"account:{account.pk}",
        origin=Origin.ADDRESS,
        state=UploadState.READY,
        file_name="quillons-diary.flac",
        bytes=12345,
        audio={"audio_seconds": 61.0},
        expires_at=until,
        kept_until=until,
    )


def a_deleted_upload(account: Account) -> Owned:
    return Owned(path={"upload_id": make_upload(account).uuid.hex}, hidden=("quillons-diary.flac",))


def a_listed_upload(account: Account) -> Owned:
    return Owned(shown=(make_upload(account).uuid.hex, "quillons-diary.flac"))


def make_batch(account: Account) -> Batch:
    batch = Batch.objects.create(account=account, total=2)
    BatchItem.objects.create(batch=batch, index=0, job=submit(caller(account), TEXT).job)
    return batch


def a_batch(account: Account) -> Owned:
    batch = make_batch(account)
    return Owned(path={"batch_id": batch.uuid.hex}, shown=(batch.uuid.hex, TEXT))


def a_cancelled_batch(account: Account) -> Owned:
    return Owned(path={"batch_id": make_batch(account).uuid.hex}, hidden=(TEXT,))


def a_listed_batch(account: Account) -> Owned:
    return Owned(shown=(make_batch(account).uuid.hex,))


def a_listed_project(account: Account) -> Owned:
    Composition.objects.create(account=account, is_project=True, name="The saga of Quillon", last_job=done_job(account))
    return Owned(shown=("The saga of Quillon",))


ROWS = [
    page("dashboard/", owns=listed_job, permission=READ_USAGE),
    page("dashboard/usage/", owns=used_key, permission=READ_USAGE, query={"group_by": "key"}),
    file("dashboard/usage/download/", owns=used_key, permission=READ_USAGE, query={"group_by": "key"}),
    page("dashboard/jobs/", owns=listed_job),
    fragment("dashboard/jobs/rows/", owns=listed_job, container="ul"),
    page("dashboard/jobs/<uuid>/", owns=finished_job),
    file("dashboard/jobs/events/", owns=watched_job, query={"once": "1"}, stranger=404),
    post("dashboard/jobs/<uuid>/cancel/", owns=running_job),
    page("dashboard/jobs/<uuid>/repeat/", owns=finished_job),
    post("dashboard/jobs/<uuid>/repeat/", owns=repeated_job, body={"token": "once"}),
    page("dashboard/voices/", owns=a_listed_voice),
    page("dashboard/voices/new/", permission=CHANGE),
    post("dashboard/voices/categories/", body={"name": "Books"}),
    post("dashboard/voices/categories/delete/", owns=a_category, stranger=404),
    page("dashboard/voices/<voice_id>/", owns=a_voice),
    post("dashboard/voices/<voice_id>/", owns=a_changed_voice, body={"name": "New name", "labels": "accent: British"}),
    fragment("dashboard/voices/<voice_id>/state/", owns=a_training_voice),
    post("dashboard/voices/<voice_id>/delete/", owns=a_changed_voice),
    post("dashboard/voices/<voice_id>/favourite/", owns=a_changed_voice),
    post("dashboard/voices/<voice_id>/consent/", owns=a_revoked_voice, body={"statement": "I agree.", "given_by": "Ada"}),
    post("dashboard/voices/<voice_id>/consent/revoke/", owns=a_changed_voice),
    file("dashboard/voices/<voice_id>/samples/<sample_id>/", owns=a_sample),
    post("dashboard/voices/<voice_id>/samples/<sample_id>/delete/", owns=a_sample),
    page("dashboard/pronunciations/", owns=a_listed_entry),
    post("dashboard/pronunciations/", body={"word": "GIF", "replacement": "jiff"}),
    page("dashboard/pronunciations/<pk>/", owns=an_entry),
    post("dashboard/pronunciations/<pk>/", owns=a_changed_entry, body={"word": "GIF", "replacement": "jiff"}),
    post("dashboard/pronunciations/<pk>/delete/", owns=a_changed_entry),
    file("dashboard/pronunciations/export/", owns=a_listed_entry),
    post("dashboard/pronunciations/import/", body={"file": b"word,replacement\nGIF,jiff\n"}),
    page("dashboard/conversations/", owns=a_listed_conversation),
    page("dashboard/conversations/<conversation_id>/", owns=a_conversation),
    post("dashboard/conversations/<conversation_id>/delete/", owns=a_deleted_conversation),
    page("dashboard/uploads/", owns=a_listed_upload),
    fragment("dashboard/uploads/rows/", owns=a_listed_upload),
    post("dashboard/uploads/<upload_id>/delete/", owns=a_deleted_upload),
    page("dashboard/batches/", owns=a_listed_batch),
    page("dashboard/batches/<batch_id>/", owns=a_batch),
    post("dashboard/batches/<batch_id>/cancel/", owns=a_cancelled_batch),
    page("dashboard/projects/", owns=a_listed_project),
]
