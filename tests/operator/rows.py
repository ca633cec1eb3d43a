"""Rows for every table in the admin, staff users, and paths of pages."""

from datetime import date
from typing import Any

from django.contrib.auth.models import Group, Permission
from django.db.models import Model
from django.urls import reverse
from django.utils import timezone

from apps.abuse_reports.models import AbuseReport
from apps.accounts.models import Account, AnonymousUse, User
from apps.announcements.models import Announcement
from apps.audit.models import AuditEntry
from apps.batches.models import Batch
from apps.billing.models import ServicePrice, TierPrice
from apps.cache.models import CacheEntry
from apps.catalog.models import Engine, StandIn, Voice, Worker, WorkerQueue
from apps.conversations.models import Conversation
from apps.core.notices import record_notice
from apps.jobs.models import Job, Part
from apps.payments.models import AutoTopUp, CreditDebt, CreditPack, Difference, Payment, PlanOffer, StripeEvent, Subscription
from apps.privacy.models import Erasure
from apps.status.models import Incident
from apps.voices.models import BlockedVoice, Takedown
from apps.webhooks.services import create_endpoint, record_event
from tests.factories import AccountFactory, MembershipFactory, UserFactory, make_key
from tests.routes.voices import make_voice


def make_one_of_everything() -> None:
    """Make at least one row of each registered table."""
    account = AccountFactory(credits=5)
    MembershipFactory(account=account)
    make_key(account)
    AnonymousUse.objects.create(block="2001:db8:1:2::/64", day=date(2026, 11, 21), characters=5)
    TierPrice.objects.get_or_create(tier="standard", defaults={"millicredits_per_1k_characters": 2000})
    ServicePrice.objects.get_or_create(service="transcription", defaults={"unit": "minute", "millicredits": 2000})
    Group.objects.create(name="Auditors")
    worker = Worker.objects.create(name="box/cpu", boot="b1", device="cpu", engines=["kokoro"], loaded=["kokoro"])
    WorkerQueue.objects.create(worker=worker, queue="kokoro", slots=2)
    spec = {"id": "kokoro", "name": "Kokoro", "version": "1"}
    engine = Engine.objects.create(id="kokoro", name="Kokoro", kind="tts", version="1", queue="kokoro", spec=spec, tier="standard")
    Voice.objects.create(engine=engine, voice_id="af_bella", name="Bella", language="en-us", gender="female")
    spoken = make_job(account, state="completed", charged_millicredits=40, result={"key": "a/b"})
    batch = Batch.objects.create(account=account, total=2, ended_count=1, failed_count=1)
    batch.items.create(index=0, job=spoken)
    refused = make_job(account, state="failed", part_count=0, error_code="unknown_voice", error_message="<b>No such voice</b>")
    batch.items.create(index=1, job=refused)
    StandIn.objects.create(model_id="chatterbox", tier="premium", candidates=["kokoro"], note="<b>No cloning</b>")
    CacheEntry.objects.create(
        scope=f"account:{account.pk}", key="a" * 64, engine_id="kokoro", engine_version="1", voices=["af"], outputs=[]
    )
    conversation = Conversation.objects.create(account=account, system_prompt="A private manner of speaking.")
    conversation.turns.create(job=spoken, user_text="A private question?", ai_text="A private answer.")
    own = make_voice(account)
    own.enrolment.consents.create(statement="<b>I agree</b>", given_by="Ada", recorded_by="test")
    BlockedVoice.objects.create(name="<b>A president</b>", embedding=[0.0625] * 256)
    create_endpoint(account, url="https://example.com/hook", events=["job.failed"])
    record_event(account.pk, event="job.failed", data={"error": "<b>It failed</b>"}, url="https://example.com/own")
    record_notice(account.pk, event="credits.low", data={"credits_remaining": 5.0})
    make_job(account, state="failed", error_code="internal_error", error_message="<b>It failed</b>")
    make_job(None, state="queued")
    Announcement.objects.create(text="<b>Planned maintenance</b>", account=account)
    Incident.objects.create(title="<b>Voices are silent</b>", components=["speech"])
    AbuseReport.objects.create(
        subject=own.voice_id, voice=own, job=spoken, reason="my_voice", description="<b>Not agreed</b>", block="192.0.2.1"
    )
    Takedown.objects.create(
        account=account, voice_id="voice_gone", reason="<b>A report</b>", decided_by="root@example.com", appeal_ends_at=timezone.now()
    )
    AuditEntry.objects.create(
        actor="root@example.com", action="suspend", object_name="<b>x</b>", message="<b>why</b>", account_id=account.pk
    )
    Erasure.objects.create(account=account, requested_by="root@example.com", reason="<b>Asked for</b>")
    make_payments(account)


def make_payments(account: Account) -> None:
    """One row of each table of payments."""
    now = timezone.now()
    pack = CreditPack.objects.create(slug="small", name="Small", millicredits=500_000, price_minor=500)
    PlanOffer.objects.create(plan=account.plan, monthly_price_minor=900, monthly_millicredits=1000)
    payment = Payment.objects.create(
        account=account, kind="pack", reference="pi_1", stripe_payment_intent="pi_1", description="500 credits", amount_minor=500, currency="usd",
        granted_millicredits=500_000, refunded_minor=100, reversed_millicredits=1000, paid_at=now,
    )  # fmt: skip
    CreditDebt.objects.create(account=account, payment=payment, owed_millicredits=1000)
    Subscription.objects.create(
        account=account, stripe_id="sub_1", status="past_due", plan=account.plan, stripe_price="price_1", started_at=now
    )
    AutoTopUp.objects.create(account=account, threshold_millicredits=10_000, pack=pack, monthly_cap_minor=500)
    StripeEvent.objects.create(stripe_id="evt_1", type="invoice.paid", payload={"id": "evt_1"}, state="failed", error="KeyError: 'x'")
    Difference.objects.create(kind="ledger", account=account, object_id="pi_1", message="Payment pi_1 differs.")


def make_job(account: Account | None, **fields: Any) -> Job:
    """Job with one part, in a state that no worker acts on."""
    tenant = f"account:{account.pk}" if account else "address:203.0.113.7"
    job = Job.objects.create(
        account=account,
        tenant=tenant,
        kind="speech",
        engine_id="kokoro",
        queue="kokoro",
        lane="normal",
        params={"text": "word " * 2000},
        units=34,
        reserved_millicredits=68,
        concurrency_limit=2,
        **fields,
    )
    state = "queued" if job.state == "queued" else "done"
    Part.objects.create(
        job=job, index=0, kind="speak", state=state, work={"text": "word"}, tenant=tenant, queue="kokoro", lane="normal", units=34
    )
    return job


def staff(*permissions: str) -> User:
    """Staff user with these permissions only."""
    user = UserFactory(is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    return user


def page(model: type[Model], kind: str, *args: Any) -> str:
    """Path of an admin page of a table."""
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{kind}", args=args)
