"""One attempt of one delivery: signed, sent through the outbound guard, its outcome recorded."""

import logging
import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from standardwebhooks import Webhook

from apps.core.outbound import AddressRefusedError, OutboundError, send
from apps.webhooks.models import Delivery, DeliveryState, Endpoint, SigningSecret
from apps.webhooks.services.endpoints import signing_secret
from apps.webhooks.services.outbox import record_event

logger = logging.getLogger(__name__)

ANSWER_SECONDS = 10.0
KEPT_ANSWER_BYTES = 2048
PAUSES_SECONDS = (5, 30, 120, 600, 1800, 3600, 3 * 3600, 6 * 3600, 12 * 3600)
"""Before the second, third, … tenth attempt: a little more than a day in all."""
JITTER = 0.2
CLAIM_SECONDS = 60
"""A claimed delivery is due again after this long, should the process that claimed it die."""
DISABLE_AFTER = timedelta(days=3)
GONE = 410


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one attempt came to."""

    status: int | None
    answer: str
    error: str

    @property
    def is_success(self) -> bool:
        """Any 2xx."""
        return self.status is not None and 200 <= self.status < 300


def claim_due(*, most: int) -> list[Delivery]:
    """Deliveries that are due, taken for this process: no other takes them while the claim lasts."""
    now = timezone.now()
    with transaction.atomic():
        due = Delivery.objects.filter(state=DeliveryState.PENDING, next_attempt_at__lte=now).order_by("next_attempt_at")
        rows = list(due.select_for_update(skip_locked=True, of=("self",)).select_related("endpoint")[:most])
        Delivery.objects.filter(pk__in=[row.pk for row in rows]).update(
            next_attempt_at=now + timedelta(seconds=CLAIM_SECONDS), attempt_count=F("attempt_count") + 1
        )
    for row in rows:
        row.attempt_count += 1
    return rows


def attempt_delivery(delivery: Delivery) -> Outcome:
    """Sends a claimed delivery and records how it went."""
    outcome = _post(delivery)
    _record(delivery, outcome)
    return outcome


def signed_headers(delivery: Delivery, *, secrets: list[str], at: datetime) -> dict[str, str]:
    """The three headers of the Standard Webhooks rules; one signature for each secret in force."""
    message_id = f"msg_{delivery.uuid.hex}"
    signatures = [Webhook(secret).sign(message_id, at, delivery.body) for secret in secrets]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signatures),
        "content-type": "application/json",
        "user-agent": "ttsai-webhooks/1",
    }


def _secrets(delivery: Delivery) -> list[str]:
    holder: Endpoint | SigningSecret = delivery.endpoint or signing_secret(delivery.account_id)
    secrets = [holder.secret]
    if holder.previous_secret and holder.previous_secret_until and holder.previous_secret_until > timezone.now():
        secrets.append(holder.previous_secret)
    return secrets


def _post(delivery: Delivery) -> Outcome:
    headers = signed_headers(delivery, secrets=_secrets(delivery), at=datetime.now(UTC))
    url = delivery.endpoint.url if delivery.endpoint else delivery.url
    try:
        answer = send("POST", url, headers=headers, body=delivery.body.encode(), seconds=ANSWER_SECONDS, kept_bytes=KEPT_ANSWER_BYTES)
    except (AddressRefusedError, OutboundError) as error:
        return Outcome(status=None, answer="", error=str(error))
    text = answer.body.decode("utf-8", "replace").replace("\x00", "")
    return Outcome(status=answer.status, answer=text, error="" if 200 <= answer.status < 300 else f"status {answer.status}")


def _record(delivery: Delivery, outcome: Outcome) -> None:
    now = timezone.now()
    attempt = {"at": now.isoformat(), "status": outcome.status, "answer": outcome.answer, "error": outcome.error}
    delivery.attempts = [*delivery.attempts[-19:], attempt]
    is_last = outcome.status == GONE or delivery.attempt_count > len(PAUSES_SECONDS)
    if outcome.is_success or is_last:
        delivery.state = DeliveryState.DELIVERED if outcome.is_success else DeliveryState.FAILED
        delivery.ended_at, delivery.next_attempt_at = now, None
    else:
        pause = PAUSES_SECONDS[delivery.attempt_count - 1] * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 - spreads retries
        delivery.next_attempt_at = now + timedelta(seconds=pause)
    with transaction.atomic():
        delivery.save(update_fields=["state", "attempts", "ended_at", "next_attempt_at"])
        if delivery.endpoint_id:
            _judge_endpoint(delivery, outcome, now=now)


def _judge_endpoint(delivery: Delivery, outcome: Outcome, *, now: datetime) -> None:
    """An endpoint that answers 410, or has failed for days, is switched off with a notice to the account's other endpoints."""
    endpoint = Endpoint.objects.select_for_update().get(deliveries=delivery)
    if outcome.is_success:
        if endpoint.failing_since:
            Endpoint.objects.filter(pk=endpoint.pk).update(failing_since=None)
        return
    failing_since = endpoint.failing_since or now
    reason = ""
    if outcome.status == GONE:
        reason = "it answered 410 Gone"
    elif now - failing_since > DISABLE_AFTER:
        reason = f"it has failed since {failing_since:%Y-%m-%d %H:%M} UTC"
    Endpoint.objects.filter(pk=endpoint.pk).update(
        failing_since=failing_since, is_enabled=endpoint.is_enabled and not reason, disabled_reason=reason or endpoint.disabled_reason
    )
    if reason and endpoint.is_enabled:
        logger.warning("webhook endpoint %s is switched off: %s", endpoint.pk, reason)
        data = {"endpoint_id": str(endpoint.pk), "url": endpoint.url, "reason": reason}
        record_event(endpoint.account_id, event="endpoint.disabled", data=data)
        Delivery.objects.filter(endpoint=endpoint, state=DeliveryState.PENDING).update(
            state=DeliveryState.FAILED, ended_at=now, next_attempt_at=None
        )
