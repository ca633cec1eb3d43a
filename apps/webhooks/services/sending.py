"""One attempt of a delivery: signed, sent through apps/core/outbound, recorded."""

import json
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.module_loading import import_string
from standardwebhooks import Webhook

from apps.core.fair_share import FairShare
from apps.core.outbound import AddressRefusedError, OutboundError, send
from apps.webhooks.models import Delivery, DeliveryState, Endpoint, SigningSecret
from apps.webhooks.services.disabling import disable_endpoint
from apps.webhooks.services.endpoints import signing_secret

ANSWER_SECONDS = 10.0
KEPT_ANSWER_BYTES = 2048
PAUSES_SECONDS = (5, 30, 120, 600, 1800, 3600, 3 * 3600, 6 * 3600, 12 * 3600)
"""Pauses before the second to the tenth attempt, a little over a day in total."""
JITTER = 0.2
CLAIM_SECONDS = 25
"""Lease of a claimed delivery, after which another process may send it. An attempt takes at most ANSWER_SECONDS, DNS queries included; the
rest allows for a slow database.
"""
LOOKED_AT_FOR_EACH = 25
"""Due deliveries examined per delivery that may be claimed, to find accounts without deliveries in flight."""
KEPT_ATTEMPTS = 20
"""Attempts kept for a replayed delivery: the latest ones."""
DISABLE_AFTER = timedelta(days=3)
GONE = 410


@dataclass(frozen=True, slots=True)
class Outcome:
    status: int | None
    answer: str
    error: str

    @property
    def is_success(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


def claim_due(share: FairShare[int], *, most: int) -> list[Delivery]:
    """Claim due deliveries for this process, oldest first; no other process takes them while the claim lasts.

    At most `most`, and per account no more than its share of what is in flight, so that an account with a slow receiver and a thousand
    events delays only itself. The share is read, not changed.
    """
    now, trial = timezone.now(), share.copy()
    full = [account for account in trial.held if not trial.may_begin(account)]
    due = Delivery.objects.filter(state=DeliveryState.PENDING, next_attempt_at__lte=now).exclude(account_id__in=full)
    chosen: list[UUID] = []
    for uuid, account in due.order_by("next_attempt_at").values_list("uuid", "account_id")[: most * LOOKED_AT_FOR_EACH]:
        if len(chosen) < most and trial.may_begin(account):
            trial.begin(account)
            chosen.append(uuid)
    return _claim(chosen, now=now) if chosen else []


def _claim(uuids: list[UUID], *, now: datetime) -> list[Delivery]:
    claimed_until = now + timedelta(seconds=CLAIM_SECONDS)
    with transaction.atomic():
        still_due = Delivery.objects.filter(pk__in=uuids, state=DeliveryState.PENDING, next_attempt_at__lte=now)
        rows = list(still_due.select_for_update(skip_locked=True, of=("self",)).select_related("endpoint"))
        Delivery.objects.filter(pk__in=[row.pk for row in rows]).update(next_attempt_at=claimed_until, attempt_count=F("attempt_count") + 1)
    for row in rows:
        row.attempt_count += 1
        row.next_attempt_at = claimed_until
    return rows


@dataclass(frozen=True, slots=True)
class Attempt:
    """Signed delivery with all that its request needs, so that sending it does not use the database."""

    delivery: Delivery
    url: str
    headers: Mapping[str, str]
    body: str


def prepare_attempt(delivery: Delivery) -> Attempt:
    """Write the text of a claimed delivery and sign it."""
    body = _text_of(delivery)
    headers = signed_headers(delivery, body=body, secrets=_secrets(delivery), at=datetime.now(UTC))
    return Attempt(delivery, url=_address(delivery), headers=headers, body=body)


async def post(attempt: Attempt) -> Outcome:
    """Send a signed delivery through apps/core/outbound, without the database and without holding a thread."""
    delivery = attempt.delivery
    try:
        answer = await send(
            delivery.method,
            attempt.url,
            tenant=f"account:{delivery.account_id}",
            headers=attempt.headers,
            body=attempt.body.encode(),
            seconds=ANSWER_SECONDS,
            kept_bytes=KEPT_ANSWER_BYTES,
        )
    except (AddressRefusedError, OutboundError) as error:
        return Outcome(status=None, answer="", error=str(error))
    text = answer.body.decode("utf-8", "replace").replace("\x00", "")
    return Outcome(status=answer.status, answer=text, error="" if 200 <= answer.status < 300 else f"status {answer.status}")


def record_outcome(claimed: Delivery, outcome: Outcome) -> None:
    """Record the attempt. Its consequences apply only while the claim is still ours: a replay may have started meanwhile."""
    now = timezone.now()
    with transaction.atomic():
        # The endpoint before its delivery, as everywhere: else two attempts at one endpoint could wait for each other.
        endpoint = Endpoint.objects.select_for_update().filter(pk=claimed.endpoint_id).first() if claimed.endpoint_id else None
        delivery = Delivery.objects.select_for_update().filter(pk=claimed.pk).first()
        if delivery is None:  # removed with its endpoint
            return
        attempt = {"at": now.isoformat(), "status": outcome.status, "answer": outcome.answer, "error": outcome.error}
        delivery.attempts = [*delivery.attempts[1 - KEPT_ATTEMPTS :], attempt]
        delivery.url = _address(claimed)  # of an endpoint that moved, the new one
        if delivery.next_attempt_at == claimed.next_attempt_at:
            _schedule_retry(delivery, outcome, now=now)
        delivery.save(update_fields=["url", "state", "attempts", "ended_at", "next_attempt_at"])
        if endpoint is not None:
            _disable_failing_endpoint(endpoint, outcome, now=now)


def signed_headers(delivery: Delivery, *, secrets: list[str], at: datetime, body: str | None = None) -> dict[str, str]:
    """The three headers of the Standard Webhooks rules, with one signature per valid secret. body: the delivery's own when None."""
    text = delivery.body if body is None else body
    message_id = f"msg_{delivery.uuid.hex}"
    signatures = [Webhook(secret).sign(message_id, at, text) for secret in secrets]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signatures),
        "content-type": "application/json",
        "user-agent": "ttsai-webhooks/1",
    }


def _text_of(delivery: Delivery) -> str:
    """Text to send. That of a callback is written for each attempt, so that transcripts of hours are stored once."""
    path = settings.TTSAI_DELIVERY_BODIES.get(delivery.event)
    if path is None:
        return delivery.body
    write: Callable[[Mapping[str, Any]], str] = import_string(path)
    return write(json.loads(delivery.body))


def _secrets(delivery: Delivery) -> list[str]:
    holder: Endpoint | SigningSecret = delivery.endpoint or signing_secret(delivery.account_id)
    secrets = [holder.secret]
    if holder.previous_secret and holder.previous_secret_until and holder.previous_secret_until > timezone.now():
        secrets.append(holder.previous_secret)
    return secrets


def _address(delivery: Delivery) -> str:
    return delivery.endpoint.url if delivery.endpoint else delivery.url


def _schedule_retry(delivery: Delivery, outcome: Outcome, *, now: datetime) -> None:
    is_last = outcome.status == GONE or delivery.attempt_count > len(PAUSES_SECONDS)
    if outcome.is_success or is_last:
        delivery.state = DeliveryState.DELIVERED if outcome.is_success else DeliveryState.FAILED
        delivery.ended_at, delivery.next_attempt_at = now, None
    else:
        pause = PAUSES_SECONDS[delivery.attempt_count - 1] * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 - spreads retries
        delivery.next_attempt_at = now + timedelta(seconds=pause)


def _disable_failing_endpoint(endpoint: Endpoint, outcome: Outcome, *, now: datetime) -> None:
    """Disable an endpoint that answers 410 or has failed for days."""
    if outcome.is_success:
        endpoint.failing_since = None
        endpoint.save(update_fields=["failing_since"])
        return
    endpoint.failing_since = endpoint.failing_since or now
    endpoint.save(update_fields=["failing_since"])
    if not endpoint.is_enabled:
        return
    if outcome.status == GONE:
        disable_endpoint(endpoint, reason="it answered 410 Gone")
    elif now - endpoint.failing_since > DISABLE_AFTER:
        disable_endpoint(endpoint, reason=f"it has failed since {endpoint.failing_since:%Y-%m-%d %H:%M} UTC")
