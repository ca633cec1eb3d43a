"""Webhook events of Stripe: verified and stored at once, processed by the platform's worker, as often as it takes."""

import json
import logging
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from apps.core.errors import ApplicationError, ConflictError, InvalidRequestError, UnavailableError
from apps.core.platform_tasks import send_platform_task
from apps.payments.client import id_of
from apps.payments.models import EventState, StripeEvent, Subscription
from apps.payments.services.notices import notify_about_money
from apps.payments.services.syncing import account_of, subscription_of, sync_charge, sync_checkout, sync_invoice, sync_subscription
from apps.payments.services.top_ups import sync_top_up

logger = logging.getLogger(__name__)

PROCESS_EVENT: Final = "platform.process_stripe_event"
CLAIM: Final = timedelta(minutes=3)
"""Time for which one worker has an event; afterwards another one may take it."""
ATTEMPTS: Final = 12
KEPT: Final = timedelta(days=90)
"""Age at which processed events are deleted: Stripe repeats an event for three days."""


def receive_event(body: bytes, *, signature: str) -> bool:
    """Verify and store an event; False if it was there. 400 invalid_signature, 409 payments_off."""
    _verify(body, signature=signature)
    try:
        event = json.loads(body)
        event_id, kind, object_id = str(event["id"]), str(event["type"]), str(event["data"]["object"].get("id") or "")
    except (ValueError, KeyError, TypeError, AttributeError):
        raise InvalidRequestError("The body is not an event of Stripe.") from None
    if b"\\u0000" in body:
        raise InvalidRequestError("The event contains a NUL character, which the database cannot store.")
    with transaction.atomic():
        _, is_new = StripeEvent.objects.get_or_create(
            stripe_id=event_id[:100], defaults={"type": kind[:100], "object_id": object_id[:100], "payload": event}
        )
        if is_new:
            transaction.on_commit(partial(send_platform_task, PROCESS_EVENT, event_id[:100]))
    return is_new


def process_event(stripe_id: str) -> bool:
    """Process a stored event if it is due and no other worker has it; True if it is done. Errors are stored, and the event is tried again."""
    now = timezone.now()
    due = StripeEvent.objects.filter(stripe_id=stripe_id, state=EventState.PENDING, next_attempt_at__lte=now)
    if not due.update(next_attempt_at=now + CLAIM, attempt_count=F("attempt_count") + 1):
        return False
    event = StripeEvent.objects.get(stripe_id=stripe_id)
    try:
        is_ours = _handle(event)
    except UnavailableError as error:
        _retry(event, error.message, is_last=False)
    except ApplicationError as error:
        _retry(event, error.message)
    except Exception as error:
        logger.exception("event %s (%s) of Stripe failed", event.stripe_id, event.type)
        _retry(event, f"{type(error).__name__}: {error}")
    else:
        _finish(event, EventState.PROCESSED if is_ours else EventState.IGNORED)
        return True
    return False


def list_due_events(*, limit: int = 200) -> list[str]:
    """Events whose message was lost or whose last attempt failed, oldest first."""
    due = StripeEvent.objects.filter(state=EventState.PENDING, next_attempt_at__lte=timezone.now())
    return list(due.order_by("pk").values_list("stripe_id", flat=True)[:limit])


def replay_event(event: StripeEvent) -> None:
    """Process an event anew, whatever became of it: all handlers are idempotent."""
    with transaction.atomic():
        StripeEvent.objects.filter(pk=event.pk).update(
            state=EventState.PENDING, attempt_count=0, error="", next_attempt_at=timezone.now(), processed_at=None
        )
        transaction.on_commit(partial(send_platform_task, PROCESS_EVENT, event.stripe_id))


def forget_events() -> int:
    """Delete old events that were processed; failed ones stay until they are replayed."""
    old = StripeEvent.objects.filter(received_at__lt=timezone.now() - KEPT).exclude(state__in=(EventState.PENDING, EventState.FAILED))
    return old.delete()[0]


def _verify(body: bytes, *, signature: str) -> None:
    """Raise 400 unless one of the secrets signed this body within the tolerance."""
    if not settings.TTSAI_STRIPE_WEBHOOK_SECRETS:
        raise ConflictError("This server takes no events of Stripe: TTSAI_STRIPE_WEBHOOK_SECRETS is not set.", code="payments_off")
    from stripe import SignatureVerificationError, WebhookSignature

    if not signature.isascii():  # the package compares it as ASCII, and raises a TypeError otherwise
        raise _invalid_signature()
    for secret in settings.TTSAI_STRIPE_WEBHOOK_SECRETS:
        try:
            if WebhookSignature.verify_header(body, signature, secret, settings.TTSAI_STRIPE_TOLERANCE_SECONDS):
                return
        except (SignatureVerificationError, UnicodeDecodeError):
            continue
    raise _invalid_signature()


def _invalid_signature() -> InvalidRequestError:
    return InvalidRequestError("The signature is not valid for this body, or too old.", code="invalid_signature")


def _handle(event: StripeEvent) -> bool:
    """Bring the event's object up to date; False for events of other types, and of customers of other programs."""
    found = event.payload["data"]["object"]
    handler = next((handler for start, handler in HANDLERS.items() if event.type.startswith(start)), None)
    account_id = account_of(found["customer"]) if found.get("customer") else None
    if handler is None or (account_id is None and "customer" in found):
        return False
    return bool(handler(found, account_id))


def _sync_failed_invoice(found: dict[str, Any], account_id: int | None) -> bool:
    """Store the subscription of an invoice that was not paid, and tell the account while it still is not."""
    if sync_invoice(found["id"], account_id=account_id):
        return True
    row = Subscription.objects.select_related("account").filter(stripe_id=subscription_of(found)).first()
    if row is None:
        return False
    if row.status == "past_due":
        text = (
            "The payment of your subscription failed. Your plan stays for "
            f"{settings.TTSAI_PAYMENT_GRACE_DAYS} days. Check the card on the billing page."
        )
        notify_about_money(row.account, subject="Payment failed", text=text)
    return True


Handler = Callable[[dict[str, Any], int | None], Any]
HANDLERS: Final[dict[str, Handler]] = {
    "checkout.session.": lambda found, account_id: sync_checkout(found["id"], account_id=account_id),
    "invoice.payment_failed": _sync_failed_invoice,
    "invoice.paid": lambda found, account_id: sync_invoice(found["id"], account_id=account_id),
    "customer.subscription.": lambda found, account_id: sync_subscription(found["id"], account_id=account_id),
    "subscription_schedule.": lambda found, account_id: (
        bool(found.get("subscription")) and sync_subscription(id_of(found["subscription"]), account_id=account_id)
    ),
    "charge.dispute.": lambda found, _: sync_charge(id_of(found["charge"])),
    "charge.refund.": lambda found, _: sync_charge(id_of(found["charge"])),
    "charge.refunded": lambda found, account_id: sync_charge(found["id"], account_id=account_id),
    "refund.": lambda found, _: bool(found.get("charge")) and sync_charge(id_of(found["charge"])),
    "payment_intent.": lambda found, _: (found.get("metadata") or {}).get("kind") == "top_up" and sync_top_up(found["id"]),
}
"""Handlers by the start of the event's type. Only ids are taken from the event: the object is read again at Stripe."""


def _finish(event: StripeEvent, state: EventState) -> None:
    StripeEvent.objects.filter(pk=event.pk).update(state=state, error="", processed_at=timezone.now())


def _retry(event: StripeEvent, error: str, *, is_last: bool = True) -> None:
    """Try again after 10 s, 20 s, … up to an hour. After the last attempt the event waits for an operator; while Stripe is away it does not."""
    has_failed = is_last and event.attempt_count >= ATTEMPTS
    delay = timedelta(seconds=min(3600, 10 * 2 ** min(event.attempt_count - 1, 9)))
    StripeEvent.objects.filter(pk=event.pk).update(
        state=EventState.FAILED if has_failed else EventState.PENDING, error=error[:500], next_attempt_at=timezone.now() + delay
    )
