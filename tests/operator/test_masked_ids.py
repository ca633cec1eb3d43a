"""Ids of jobs in the admin: what an operator without the permission reads on its pages opens no result."""

import re
import uuid

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import Account
from apps.audit.models import AuditEntry
from apps.billing.models import LedgerEntry
from apps.conversations.models import Conversation
from apps.jobs.models import Job, Part, Rendition
from apps.operator.masked_ids import mask, unmask
from apps.operator.roles import FINANCE, OPERATIONS, SUPPORT, OperatorRole
from tests.factories import AnonymousPlanFactory
from tests.operator.rows import make_job, make_one_of_everything, page
from tests.operator.test_contents import pages_of
from tests.operator.test_roles import client_of

pytestmark = pytest.mark.django_db

A_UUID = re.compile(r"(?=([0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}))")
"""Also within longer runs of digits."""
OPEN_TO_ALL = ("/v1/speech/results/?uuid={}", "/v1/speech/subtitles/?uuid={}", "/static/downloads/{}/output.mp3", "/share/{}/")
"""Addresses that ask for no key."""


@pytest.fixture
def turn() -> Job:
    """Turn of a conversation, with its result in another format, among rows of every table."""
    AnonymousPlanFactory()
    make_one_of_everything()
    account = Account.objects.earliest("pk")
    turn = make_job(account, state="completed", result={"outputs": []})
    written_again = make_job(account, state="completed", result={"outputs": []}, is_internal=True)
    Job.objects.filter(pk=turn.pk).update(kind="voice-chat")
    Rendition.objects.create(source=turn, format="wav", job=written_again)
    Conversation.objects.get().turns.create(job=turn)
    LedgerEntry.objects.create(account=account, kind="charge", amount_millicredits=-1, balance_after_millicredits=1, job_uuid=turn.uuid)
    AuditEntry.objects.create(
        actor="root@example.com", action="cancel", object_type="jobs.job", object_id=str(turn.pk), message=turn.uuid.hex
    )
    return turn


def ids_on_pages(client: Client) -> set[uuid.UUID]:
    """Ids on all pages that the client opens: lists, rows, histories, searches by a real id, pages of actions, choices of forms."""
    found: set[uuid.UUID] = set()
    paths = [path for _, path in pages_of(client)]
    for job in Job.objects.all():
        for one in (job.pk, mask(job.pk)):
            paths += [f"{page(Job, 'changelist')}?q={one}", f"/admin/search/?s={one.hex}", f"/admin/jobs/job/{one}/"]
            paths += [page(Job, "change", one) + f"?_changelist_filters=q%3D{one.hex}", f"{page(Part, 'changelist')}?q={one.hex}"]
            paths += [f"/admin/jobs/job/{one}/{action}/" for action in ("cancel", "requeue")]
    paths.append("/admin/autocomplete/?app_label=accounts&model_name=membership&field_name=user&term=")
    for path in paths:
        answer = client.get(path)
        shown = answer.content.decode() + answer.headers.get("Location", "")
        found |= {uuid.UUID(one) for one in A_UUID.findall(shown)}
    return found


def opens(found: uuid.UUID) -> bool:
    """True if somebody without a key learns of the id anything but that there is no such job."""
    return {Client().get(path.format(found.hex)).status_code for path in OPEN_TO_ALL} != {404}


@pytest.mark.parametrize("role", [SUPPORT, OPERATIONS, FINANCE], ids=lambda role: role.name)
def test_no_id_on_the_pages_of_a_role_opens_what_the_role_may_not_see(turn: Job, role: OperatorRole) -> None:
    of_conversations = {turn.pk, turn.renditions.get().job_id}
    jobs = set(Job.objects.values_list("pk", flat=True))
    found = ids_on_pages(client_of(role))
    assert found & jobs == (jobs - of_conversations if role is SUPPORT else set())
    assert {mask(job) for job in of_conversations} & found != set(), "the pages show these jobs under other ids"
    assert [one for one in found - jobs if opens(one)] == []


def test_superuser_reads_the_ids_that_customers_have(turn: Job, client: Client) -> None:
    assert set(Job.objects.values_list("pk", flat=True)) <= ids_on_pages(client)
    assert opens(turn.pk)


def test_masked_id_opens_the_pages_of_its_job_and_is_searched_for(turn: Job) -> None:
    client, masked = client_of(OPERATIONS), mask(turn.pk)
    assert (unmask(masked), masked == turn.pk) == (turn.pk, False)
    for kind in ("change", "history"):
        shown = client.get(page(Job, kind, masked))
        assert shown.status_code == 200
        assert (turn.uuid.hex in shown.content.decode(), masked.hex in shown.content.decode()) == (False, True)
    for sought in (masked, turn.pk):
        listed = client.get(page(Job, "changelist"), {"q": sought.hex})
        assert list(listed.context_data["cl"].result_list) == [turn]
        assert f"{masked.hex[:8]}…" in listed.content.decode()
    assert client.get(f"/admin/jobs/job/{masked}/").headers["Location"] == page(Job, "change", masked)


def test_action_by_a_masked_id_is_done_and_leads_back_to_it(turn: Job) -> None:
    waiting = Job.objects.filter(state="queued").first()
    assert waiting is not None
    masked = mask(waiting.pk)
    answer = client_of(OPERATIONS).post(f"/admin/jobs/job/{masked}/cancel/")
    assert (answer.status_code, answer.headers["Location"]) == (302, page(Job, "change", masked))
    waiting.refresh_from_db()
    assert waiting.state == "cancelled"
    assert set(AuditEntry.objects.filter(action="cancel", outcome="done").values_list("object_id", flat=True)) >= {str(waiting.pk)}


def test_start_page_links_failed_jobs_by_masked_ids(turn: Job) -> None:
    failed = Job.objects.filter(state="failed").first()
    assert failed is not None
    shown = client_of(OPERATIONS).get(reverse("admin:index")).content.decode()
    assert (str(mask(failed.pk)) in shown, str(failed.pk) in shown, failed.uuid.hex[:8] in shown) == (True, False, False)
