"""Actions of operators are done once, audited with before and after, and pages of the admin need few queries."""

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from apps.accounts.models import Account, Plan
from apps.audit.models import AuditEntry
from apps.catalog.models import Engine
from apps.jobs.models import Job, Part
from apps.voices.models import Takedown, Voice
from tests.factories import AccountFactory, MembershipFactory, PlanFactory, make_key
from tests.operator.rows import make_job, make_one_of_everything, page
from tests.operator.test_pages import FEW_QUERIES

pytestmark = pytest.mark.django_db


def test_suspending_is_audited_with_both_states_and_the_reason(client: Client) -> None:
    account = AccountFactory()
    client.post(
        f"/admin/accounts/account/{account.pk}/suspend/", {"reason": "unpaid"}, REMOTE_ADDR="192.0.2.7", headers={"X-Request-Id": "req-1"}
    )
    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.action, entry.outcome, entry.message) == ("operator@example.com", "suspend", "done", "Suspended: unpaid")
    assert (entry.before, entry.after) == (
        {"status": "active", "status_reason": ""},
        {"status": "suspended", "status_reason": "unpaid"},
    )
    assert (entry.account_id, entry.address, entry.request_id) == (account.pk, "192.0.2.7", "req-1")


def test_forms_of_the_admin_are_audited_with_the_fields_that_changed(client: Client) -> None:
    account = AccountFactory(name="Old")
    body = {"name": "New", "memberships-TOTAL_FORMS": "0", "memberships-INITIAL_FORMS": "0"}
    assert client.post(page(Account, "change", account.pk), body).status_code == 302
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.before, entry.after, entry.message) == ("change", {"name": "Old"}, {"name": "New"}, "changed Name")


def test_an_error_of_an_action_is_audited_as_failed(client: Client) -> None:
    job = make_job(AccountFactory(), state="completed")
    assert "The job is over" in client.post(f"/admin/jobs/job/{job.pk}/requeue/").content.decode()
    entries = AuditEntry.objects.order_by("pk").values_list("action", "outcome", "object_id")
    assert list(entries) == [("requeue", "requested", str(job.pk)), ("requeue", "failed", str(job.pk))]


@pytest.mark.parametrize(
    ("action", "service"),
    [
        ("jobs/job/{job}/cancel", "apps.operator.admin.jobs.cancel_job"),
        ("jobs/job/{job}/requeue", "apps.operator.admin.jobs.requeue_job"),
        ("voices/voice/{voice}/take_down", "apps.operator.admin.abuse_reports.take_voice_down"),
        ("accounts/account/{account}/delete_voices", "apps.operator.admin.accounts.remove_account_voices"),
    ],
)
def test_an_action_that_a_crash_interrupts_is_in_the_log_as_requested(
    client: Client, monkeypatch: pytest.MonkeyPatch, action: str, service: str
) -> None:
    make_one_of_everything()
    voice, job = Voice.objects.get(), Job.objects.get(state="queued")

    def crash(*_: object, **__: object) -> None:
        raise SystemExit

    monkeypatch.setattr(service, crash)
    before = set(AuditEntry.objects.values_list("pk", flat=True))
    with pytest.raises(SystemExit):
        client.post(f"/admin/{action.format(job=job.pk, voice=voice.pk, account=voice.account_id)}/", {"reason": "a report"})
    entry = AuditEntry.objects.exclude(pk__in=before).get()
    assert (entry.action, entry.outcome, entry.message.partition(":")[0]) == (action.rpartition("/")[2], "requested", "Requested")


def test_an_action_with_its_own_transactions_is_logged_before_and_after_it(client: Client) -> None:
    job = make_job(None, state="queued")
    client.post(f"/admin/jobs/job/{job.pk}/cancel/", headers={"X-Request-Id": "req-2"})
    entries = AuditEntry.objects.order_by("pk").values_list("action", "outcome", "request_id")
    assert list(entries) == [("cancel", "requested", "req-2"), ("cancel", "done", "req-2")]


def test_a_plan_is_changed_with_a_reason_and_only_by_the_action(client: Client) -> None:
    account, plan = AccountFactory(), PlanFactory()
    path = f"/admin/accounts/account/{account.pk}/change_plan/"
    assert client.post(path, {"plan": plan.pk, "reason": ""}).status_code == 200
    assert client.post(path, {"plan": plan.pk, "reason": "promised"}).status_code == 302
    account.refresh_from_db()
    assert account.plan == plan
    assert AuditEntry.objects.get().message == f"Plan: {plan.name}: promised"


def test_a_model_is_switched_off_for_a_plan_and_on_again(client: Client) -> None:
    make_one_of_everything()
    plan, other = Plan.objects.earliest("pk"), PlanFactory(excluded_models=["kokoro", "piper"])
    path = "/admin/catalog/engine/kokoro/set_plans/"
    assert client.post(path, {"plans": [plan.pk]}).status_code == 302
    plan.refresh_from_db()
    other.refresh_from_db()
    assert (plan.excluded_models, other.excluded_models) == (["kokoro"], ["piper"])
    assert (plan.includes_model("kokoro"), plan.includes_model("piper")) == (False, True)
    assert client.post(path, {"plans": []}).status_code == 302
    plan.refresh_from_db()
    assert plan.excluded_models == []
    assert Engine.objects.get().is_enabled


def test_a_requeued_job_is_given_to_other_workers_and_keeps_the_lost_attempt(client: Client) -> None:
    job = make_job(AccountFactory(), state="running")
    token = "9f0c4d1e-6b7a-4c1f-8a52-d3b7c6e1f004"
    Part.objects.filter(job=job).update(
        state="running", worker="box/cpu", boot="b1", token=token, attempts=1, admitted_at="2026-11-30T10:00:00Z"
    )
    assert client.post(f"/admin/jobs/job/{job.pk}/requeue/").status_code == 302
    part = Part.objects.get(job=job)
    assert (part.state, part.token, part.worker, part.attempts) == ("queued", None, "", 0)
    (attempt,) = part.earlier_attempts
    assert (attempt["worker"], attempt["error_code"]) == ("box/cpu", "requeued")
    shown = client.get(page(Job, "change", job.pk)).content.decode()
    assert "box/cpu: requeued" in shown
    assert 'class="op-span-lost"' in shown


def test_a_voice_is_taken_down_from_its_page_and_the_takedown_lifted(client: Client) -> None:
    make_one_of_everything()
    voice = Voice.objects.get()
    path = f"/admin/voices/voice/{voice.pk}/take_down/"
    assert "The owners read the reason" in client.get(path).content.decode()
    assert client.post(path, {"reason": "a report"}).status_code == 302
    takedown = Takedown.objects.get(voice_id=voice.voice_id)
    assert (takedown.decided_by, takedown.is_open) == ("operator@example.com", True)
    assert "is taken down already" in client.post(path, {"reason": "again"}).content.decode()
    assert client.post(f"/admin/voices/takedown/{takedown.pk}/lift/", {"reason": "an appeal"}).status_code == 302
    voice.enrolment.refresh_from_db()
    assert voice.enrolment.is_taken_down is False


@pytest.mark.parametrize("term", ["member@example.com", "prefix", "job", "name"])
def test_accounts_are_found_by_member_key_prefix_job_and_name(client: Client, term: str) -> None:
    account = MembershipFactory(user__email="member@example.com", account__name="Searched Ltd").account
    key, _ = make_key(account)
    job = make_job(account, state="completed")
    AccountFactory(name="Other")
    sought = {"prefix": key.prefix, "job": job.uuid.hex, "name": "searched"}.get(term, term)
    listed = client.get(page(Account, "changelist"), {"q": sought}).context_data["cl"].result_list
    assert list(listed) == [account]


def test_an_accounts_page_shows_its_jobs_keys_entries_and_webhooks(client: Client) -> None:
    make_one_of_everything()
    account = Account.objects.earliest("pk")
    overview = client.get(page(Account, "change", account.pk)).context["overview"]
    assert [table.title for table in overview.tables] == [
        "Jobs",
        "API keys",
        "Ledger",
        "Webhooks",
        "Webhook deliveries",
        "Actions of operators",
    ]
    assert (overview.balance, overview.activity.jobs, overview.activity.completed) == (5000, 3, 1)
    assert all(table.rows for table in overview.tables)


def test_the_start_page_and_the_live_page_need_few_queries(client: Client, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    make_one_of_everything()
    with django_assert_max_num_queries(FEW_QUERIES):
        start = client.get("/admin/")
    assert [chart["title"] for chart in start.context["charts"]] == [
        "Revenue in USD, 14 days, net of refunds",
        "Credits, 14 days",
        "Completed jobs, 14 days",
        "Failed jobs, 24 hours",
        "Seconds in the queue and computing, 24 hours",
    ]
    with django_assert_max_num_queries(8):
        live = client.get(reverse("admin:live"), headers={"HX-Request": "true"})
    state = live.context["state"]
    assert [(worker.row.name, worker.state, worker.slots) for worker in state.workers] == [("box/cpu", "live", 2)]
    assert [(queue.name, queue.waiting, queue.slots) for queue in state.queues] == [("kokoro", 1, 2)]
    assert "<html" not in live.content.decode()
