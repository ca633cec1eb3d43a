"""Export and erasure of an account with rows and objects in every app."""

import io
import json
import zipfile
from collections.abc import Container
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from apps.accounts.models import Account, AccountStatus, ApiKey, Membership, Role, User
from apps.audit.models import AuditEntry
from apps.billing.models import Balance, LedgerEntry
from apps.core.deferred import Deferred
from apps.core.errors import ConflictError
from apps.core.storage import StorageAwayError, get_storage
from apps.jobs.models import Job, JobState
from apps.privacy.holdings import KEPT_MODELS, owned_models
from apps.privacy.models import Erasure
from apps.privacy.services import continue_erasures, request_erasure
from apps.privacy.services.archives import export_chunks
from apps.pronunciations.models import Pronunciation
from apps.uploads.models import Upload
from apps.voices.models import Consent, Enrolment, Sample, Voice
from apps.webhooks.models import Delivery, Endpoint
from tests.factories_jobs import announce, engine_spec, work_off
from tests.fresh_state import load_defaults
from tests.speech.people import Person, person

pytestmark = pytest.mark.django_db(transaction=True)

TEXT = "A sentence that must be forgotten."


@pytest.fixture(autouse=True)
def _store(settings: Any, tmp_path: Path) -> Any:
    settings.OBJECTS_FOLDER = str(tmp_path / "objects")
    (tmp_path / "objects").mkdir(exist_ok=True)
    settings.TTSAI_HOME = tmp_path / "home"
    get_storage.cache_clear()
    load_defaults()
    announce(engine_spec())
    yield
    get_storage.cache_clear()


@pytest.fixture
def owner() -> Person:
    """Person with a spoken text, a voice, an upload, a webhook and a pronunciation."""
    somebody = person(credits=100)
    account = account_of(somebody)
    somebody.say(TEXT)
    work_off()
    enrolment = Enrolment.objects.create(account=account, engine_id="kokoro-clone", digest="0" * 64, state="ready")
    folder = f"account-{account.pk}/voices/{enrolment.uuid.hex}"
    for name in ("samples/abc", "voice.safetensors"):
        get_storage().put_bytes(f"{folder}/{name}", name.encode(), content_type="audio/wav")
    Enrolment.objects.update(conditioning_key=f"{folder}/voice.safetensors")
    Sample.objects.create(enrolment=enrolment, sha256="abc", key=f"{folder}/samples/abc")
    Consent.objects.create(enrolment=enrolment, statement="I agree.", given_by="Ada", recorded_by="test")
    Voice.objects.create(voice_id="voice_0", account=account, enrolment=enrolment, name="Ada")
    endpoint = Endpoint.objects.create(account=account, url="https://example.com/hook", secret="whsec_hidden")
    Delivery.objects.create(account=account, endpoint=endpoint, url=endpoint.url, event="test", body="{}")
    Pronunciation.objects.create(account=account, word="GIF", replacement="jiff")
    Upload.objects.create(
        account=account, tenant=f"account:{account.pk}", origin="form", expires_at=timezone.now(), kept_until=timezone.now()
    )
    Membership.objects.create(account=account, user=User.objects.create(email="ada@example.com"), role=Role.OWNER)
    return somebody


def account_of(somebody: Person) -> Account:
    assert somebody.account is not None
    return somebody.account


def objects_of(account: Account, settings: Any) -> list[str]:
    folder = Path(settings.OBJECTS_FOLDER) / f"account-{account.pk}"
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def archive_of(account: Account, without: Container[str] = ()) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(b"".join(export_chunks(account, without=without))))


def test_export_holds_rows_and_files_of_the_account_alone_without_secrets(owner: Person) -> None:
    stranger = person()
    stranger.say("Another sentence.")
    account = account_of(owner)
    with archive_of(account) as archive:
        names = archive.namelist()
        whole = b"".join(archive.read(name) for name in names)
        (job,) = (json.loads(line) for line in archive.read("rows/jobs.job.jsonl").splitlines())
        enrolment = Enrolment.objects.get()
        assert archive.read(f"files/voices/{enrolment.uuid.hex}/samples/abc") == b"samples/abc"
        assert archive.read(f"files/voices/{enrolment.uuid.hex}/voice.safetensors") == b"voice.safetensors"
    assert job["params"]["text"] == TEXT
    assert {f"rows/{name}.jsonl" for name in ("voices.consent", "voices.sample", "accounts.apikey", "billing.ledgerentry")} <= set(names)
    assert [name for name in names if name.startswith("files/results/")] == [f"files/results/{job['uuid'].replace('-', '')}/audio.mp3"]
    key = ApiKey.objects.get(account=account)
    assert key.prefix.encode() in whole
    assert b"ada@example.com" in whole
    for secret in (key.digest.encode(), b"whsec_", b"Another sentence", b"password"):
        assert secret not in whole


def test_erased_account_keeps_its_ledger_and_nothing_else(owner: Person, settings: Any) -> None:
    account, stranger = account_of(owner), person(credits=5)
    stranger.say("Another sentence.")
    entries = list(LedgerEntry.objects.filter(account=account).values_list("pk", "amount_millicredits"))
    assert objects_of(account, settings) != []
    request_erasure(account, requested_by="admin@example.com", reason="The owner asked for it.")
    assert owner.get("/v1/voices/").status_code in {401, 403}
    assert continue_erasures() == 1
    account.refresh_from_db()
    assert (account.name, account.status) == (f"Erased account {account.pk}", AccountStatus.CLOSED)
    assert objects_of(account, settings) == []
    assert list(LedgerEntry.objects.filter(account=account).values_list("pk", "amount_millicredits")) == entries
    left = {owned.label for owned in owned_models() if owned.rows(account).exists()}
    assert left == {"billing.Balance", "billing.LedgerEntry", "jobs.Job", "privacy.Erasure"}
    job = Job.objects.get(account=account)
    assert (job.state, "text" in job.params, job.result, job.webhook_url) == (JobState.COMPLETED, False, None, "")
    assert not User.objects.filter(email="ada@example.com").exists()
    assert (Sample.objects.count(), Consent.objects.count()) == (0, 0)
    assert stranger.get("/v1/account/").status_code == 200
    assert Job.objects.filter(account=stranger.account, params__text="Another sentence.").count() == 1
    erasure = Erasure.objects.get()
    assert (erasure.requested_by, erasure.finished_at is not None) == ("admin@example.com", True)
    assert continue_erasures() == 0


def test_erasure_waits_for_jobs_that_still_run_and_then_finishes(owner: Person) -> None:
    owner.say("One more sentence.")
    running = Job.objects.exclude(state=JobState.COMPLETED).get()
    Job.objects.filter(pk=running.pk).update(state=JobState.RUNNING)
    request_erasure(account_of(owner), requested_by="admin")
    assert (continue_erasures(), Erasure.objects.get().finished_at) == (0, None)
    running.refresh_from_db()
    assert running.cancel_requested_at is not None
    Job.objects.filter(pk=running.pk).update(state=JobState.CANCELLED, finished_at=timezone.now())
    assert continue_erasures() == 1


def test_erasure_continues_after_the_store_was_away(owner: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> None:
        raise StorageAwayError("the store does not answer")

    request_erasure(account_of(owner), requested_by="admin")
    with monkeypatch.context() as patched:
        patched.setattr(type(get_storage()), "delete_prefix", refuse)
        assert continue_erasures() == 0
    assert ApiKey.objects.filter(account=owner.account, revoked_at=None).count() == 0
    assert continue_erasures() == 1


def test_account_of_a_member_of_staff_is_not_erased(owner: Person) -> None:
    User.objects.filter(email="ada@example.com").update(is_staff=True)
    with pytest.raises(ConflictError, match="may enter the admin"):
        request_erasure(account_of(owner), requested_by="admin")
    assert account_of(owner).status == AccountStatus.ACTIVE


def test_person_in_two_accounts_stays_when_one_is_erased(owner: Person) -> None:
    other = account_of(person())
    Membership.objects.create(account=other, user=User.objects.get(email="ada@example.com"), role=Role.DEVELOPER)
    request_erasure(account_of(owner), requested_by="admin")
    assert continue_erasures() == 1
    assert [one.account_id for one in User.objects.get(email="ada@example.com").memberships.all()] == [other.pk]


def test_every_table_of_an_account_is_erased_or_kept_by_declaration() -> None:
    assert {owned.label for owned in owned_models() if not owned.is_deleted} == KEPT_MODELS


def test_export_of_support_leaves_money_out(owner: Person) -> None:
    call_command("ensure_roles")
    support = User.objects.create(email="support@example.com", is_staff=True)
    support.groups.add(Group.objects.get(name="support"))
    client, account = Client(), account_of(owner)
    client.force_login(support)
    client.post(f"/admin/accounts/account/{account.pk}/export_data/", {"reason": "asked"})
    left_out = "payments, billing.LedgerEntry, conversations, webhooks.Delivery"
    assert AuditEntry.objects.get(action="export_data").message == f"Data exported: asked; left out: {left_out}"
    whole, without = (set(archive_of(account, without=out).namelist()) for out in ((), ("payments", "billing.LedgerEntry")))
    assert whole - without == {"rows/billing.ledgerentry.jsonl"}


def test_admin_exports_and_erases_an_account(owner: Person) -> None:
    admin = User.objects.create(email="root@example.com", is_staff=True, is_superuser=True)
    client, account = Client(), account_of(owner)
    client.force_login(admin)
    export = f"/admin/accounts/account/{account.pk}/export_data/"
    assert (client.get(export).status_code, AuditEntry.objects.exclude(action="load_defaults").count()) == (200, 0)
    assert not isinstance(client.get(export), Deferred)
    assert not isinstance(client.post(export, {"reason": ""}), Deferred)
    assert isinstance(client.post(export, {"reason": "The owner asked for it."}), Deferred)
    assert "The owner asked for it." in AuditEntry.objects.exclude(action="load_defaults").get().message
    page = f"/admin/accounts/account/{account.pk}/erase/"
    assert client.get(page).status_code == 200
    assert Balance.objects.filter(account=account).exists()
    assert client.post(page, {"reason": "The owner asked for it."}).status_code == 302
    assert Erasure.objects.get().requested_by == "root@example.com"
    assert client.get("/admin/privacy/erasure/").status_code == 200
