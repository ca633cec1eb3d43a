"""Contents of customers in the admin: a word in every text of one customer is looked for on all pages, as each role."""

import io
import json
import logging
import zipfile
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from django.contrib.auth.models import Group
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from apps.accounts.models import Account
from apps.audit.models import AuditEntry
from apps.batches.models import Batch
from apps.conversations.models import Conversation
from apps.core.deferred import Deferred
from apps.core.models import Notice
from apps.jobs.models import Job, Part
from apps.operator.admin.accounts import CONVERSATIONS_IN_EXPORTS
from apps.operator.roles import FINANCE, OPERATIONS, ROLES, SUPPORT, OperatorRole
from apps.operator.services.roles import ensure_roles
from apps.privacy.services.archives import export_chunks
from apps.voices.models import Enrolment, Sample, Voice
from apps.webhooks.models import Delivery
from apps.webhooks.services import record_event
from tests.factories import AccountFactory
from tests.operator.rows import make_job, page
from tests.operator.test_pages import MODELS, choices_of, open_list
from tests.operator.test_roles import client_of
from tests.routes.voices import make_voice

pytestmark = pytest.mark.django_db

CANARY = "zanzibar"
IN_CONVERSATION = "timbuktu"
READERS = {"jobs.Job", "jobs.Part", "batches.Batch", "voices.Voice", "webhooks.Delivery"}
"""Tables whose pages show contents to support."""


@pytest.fixture
def customer() -> Account:
    """Account with the canary in each kind of content."""
    account: Account = AccountFactory(credits=5)
    contents = {"outputs": [], "file": f"{CANARY}.mp3"}
    job = make_job(account, state="failed", error_code="unknown_voice", error_message=f"Unknown voice '{CANARY}'.", result=contents)
    fill_with_canary(job, CANARY)
    Batch.objects.create(account=account, total=1, ended_count=1, failed_count=1).items.create(index=0, job=job)
    turn = make_job(account, state="completed", result={"outputs": [], "file": IN_CONVERSATION})
    Job.objects.filter(pk=turn.pk).update(kind="voice-chat")
    fill_with_canary(turn, IN_CONVERSATION)
    conversation = Conversation.objects.create(account=account, system_prompt=IN_CONVERSATION)
    conversation.turns.create(job=turn, user_text=IN_CONVERSATION, ai_text=IN_CONVERSATION)
    own = make_voice(account)
    Enrolment.objects.update(error_code="no_speech", error_message=f"No speech in {CANARY}.wav")
    Sample.objects.create(enrolment=own.enrolment, file_name=f"{CANARY}.wav", sha256="a" * 64, bytes=5, audio_seconds=3.0)
    own.enrolment.consents.create(statement=f"I, {CANARY}, agree.", given_by="Ada", recorded_by="test")
    record_event(account.pk, event="job.failed", data={"uuid": job.uuid.hex, "error": CANARY}, url="https://example.com/own")
    record_event(account.pk, event="job.completed", data={"uuid": turn.uuid.hex, "url": IN_CONVERSATION}, url="https://example.com/own")
    for event, word in (("job.failed", CANARY), ("job.completed", IN_CONVERSATION)):
        Delivery.objects.filter(event=event).update(attempts=[{"at": "2026-11-01", "status": 500, "answer": word, "error": "status 500"}])
    Notice.objects.create(account_id=account.pk, event="key.revoked", data={"name": CANARY})
    return account


def fill_with_canary(job: Job, word: str) -> None:
    Job.objects.filter(pk=job.pk).update(params={"text": word, "source": f"{word}.wav", "warnings": [word], "voice": "af_bella"})
    Part.objects.filter(job=job).update(work={"text": word}, manifest={"outputs": [{"name": word}]})


def pages_of(client: Client) -> Iterator[tuple[str, str]]:
    """Table and path of all pages that the client opens: lists with each filter, rows with their history, the start page and the live fragments."""
    request = client.get("/admin/").wsgi_request
    yield from (("", path) for path in ("/admin/", reverse("admin:live"), f"/admin/search/?s={CANARY}"))
    for model in MODELS:
        label, at = model._meta.label, page(model, "changelist")
        if client.get(at).status_code != 200:
            continue
        listed = open_list(model, "", request=request)
        yield from ((label, at + query) for query in ["", *(choices_of(listed) if listed is not None and label in READERS else [])])
        for key in model._default_manager.values_list("pk", flat=True):
            yield from ((label, page(model, kind, quote(str(key), safe=""))) for kind in ("change", "history"))


def tables_that_show(*words: str, client: Client) -> list[set[str]]:
    """Tables on whose pages each of the words appears."""
    found: list[set[str]] = [set() for _ in words]
    opened = 0
    for label, path in pages_of(client):
        answer = client.get(path)
        assert answer.status_code in {200, 403, 404}, path
        opened += answer.status_code == 200
        content = answer.content.decode()
        for word, tables in zip(words, found, strict=True):
            if word in content:
                tables.add(label)
    assert opened > 20
    return found


@pytest.mark.parametrize(
    ("role", "expected"), [(SUPPORT, READERS), (OPERATIONS, set()), (FINANCE, set())], ids=lambda value: getattr(value, "name", "")
)
def test_texts_of_a_customer_appear_only_on_pages_of_the_role_with_the_permission(
    customer: Account, role: OperatorRole, expected: set[str]
) -> None:
    client = client_of(role)
    assert tables_that_show(CANARY, IN_CONVERSATION, client=client) == [expected, set()]


def test_superuser_sees_texts_of_conversations_on_pages_of_their_jobs(customer: Account, client: Client) -> None:
    (tables,) = tables_that_show(IN_CONVERSATION, client=client)
    assert {"jobs.Job", "jobs.Part", "webhooks.Delivery"} <= tables
    assert "conversations.Conversation" not in tables


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
@pytest.mark.parametrize(
    ("model", "query"),
    [
        (Job, f"params__icontains={CANARY}"),
        (Job, f"error_message__contains={CANARY}"),
        (Part, f"work__icontains={CANARY}"),
        (Delivery, f"body__contains={CANARY}"),
        (Voice, f"enrolment__error_message__contains={CANARY}"),
    ],
)
def test_address_of_a_list_cannot_ask_for_rows_with_a_word(customer: Account, role: OperatorRole, model: type[Model], query: str) -> None:
    assert client_of(role).get(f"{page(model, 'changelist')}?{query}").status_code in {400, 403}


@pytest.mark.parametrize("role", [SUPPORT, OPERATIONS], ids=lambda role: role.name)
def test_refused_filter_is_one_line_of_the_log_and_an_entry_of_the_audit(role: OperatorRole, caplog: pytest.LogCaptureFixture) -> None:
    path = page(Job, "changelist")
    assert client_of(role).get(f"{path}?params__text__startswith={CANARY}").status_code == 400
    (record,) = [one for one in caplog.records if one.levelno >= logging.WARNING]
    assert (record.name, record.levelname, record.exc_info) == ("django.security.DisallowedModelAdminLookup", "WARNING", None)
    assert record.getMessage() == f"'Filtering by params__text__startswith not allowed': {path}"
    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.action, entry.outcome) == (f"{role.name}@example.com", "filter", "denied")
    assert (path in entry.message, CANARY in entry.message) == (True, False)


def test_each_view_of_a_text_is_audited_and_views_without_texts_are_not(customer: Account) -> None:
    job, turn = Job.objects.get(kind="speech"), Job.objects.get(kind="voice-chat")
    support, operations = client_of(SUPPORT), client_of(OPERATIONS)
    for client in (support, operations):
        for row in (job, turn):
            assert client.get(page(Job, "change", row.pk)).status_code == 200
    seen = AuditEntry.objects.filter(action="view_texts").values_list("actor", "object_type", "object_id", "account_id")
    assert list(seen) == [("support@example.com", "jobs.job", str(job.pk), customer.pk)]


def test_operations_read_settings_and_error_codes_of_jobs_without_texts(customer: Account) -> None:
    shown = client_of(OPERATIONS).get(page(Job, "change", Job.objects.get(kind="speech").pk)).content.decode()
    assert ("af_bella" in shown, "unknown_voice" in shown, CANARY in shown) == (True, True, False)


def test_export_by_support_leaves_conversations_out_and_needs_the_permission(customer: Account) -> None:
    client, path = client_of(SUPPORT), f"/admin/accounts/account/{customer.pk}/export_data/"
    assert isinstance(client.post(path, {"reason": "asked"}), Deferred)
    left_out = AuditEntry.objects.get(action="export_data").message.partition("left out: ")[2].split(", ")
    assert {*CONVERSATIONS_IN_EXPORTS} < {*left_out}
    archive = zipfile.ZipFile(io.BytesIO(b"".join(export_chunks(customer, without=left_out))))
    text = "\n".join(archive.read(name).decode(errors="replace") for name in archive.namelist())
    assert (CANARY in text, IN_CONVERSATION in text) == (True, False)
    Group.objects.get(name="support").permissions.remove(*Group.objects.get(name="support").permissions.filter(codename="view_texts"))
    assert client.post(path, {"reason": "asked"}).status_code == 403


def test_groups_of_an_existing_installation_get_the_permission_at_the_next_start() -> None:
    for role in ROLES:
        Group.objects.create(name=role.name)
    ensure_roles()
    holders = Group.objects.filter(permissions__codename="view_texts", permissions__content_type__app_label="operator")
    assert [group.name for group in holders] == ["support"]


def test_delivery_with_an_unreadable_body_opens_for_support(customer: Account) -> None:
    Delivery.objects.filter(event="job.failed").update(body=json.dumps(["no object"]))
    delivery = Delivery.objects.filter(event="job.failed").first()
    assert delivery is not None
    assert client_of(SUPPORT).get(page(Delivery, "change", delivery.pk)).status_code == 200


def test_messages_of_last_failures_are_whole_words_for_superusers_and_hidden_from_roles(customer: Account, client: Client) -> None:
    Job.objects.filter(state="failed").update(error_message="extraordinary " * 30)
    shown = client.get("/admin/").context["failures"]
    assert shown["headers"][-1] == "Message"
    assert {word.rstrip("…") for word in shown["rows"][0][-1].split()} == {"extraordinary"}
    hidden = client_of(SUPPORT).get("/admin/").context["failures"]
    assert ("Message" in hidden["headers"], "extraordinary" in str(hidden["rows"])) == (False, False)
