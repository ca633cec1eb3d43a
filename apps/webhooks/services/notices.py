"""Turns notices left by apps below (apps/core/notices.py) into deliveries."""

from django.db import transaction

from apps.core.models import Notice
from apps.webhooks.events import EVENTS
from apps.webhooks.services.outbox import record_event

MOST_AT_ONCE = 200


def deliver_notices() -> int:
    """Turn pending notices into deliveries, each in the transaction that removes it; returns their number.

    An event unknown to this version stays for the version that left it: both may run side by side during a deploy.
    """
    with transaction.atomic():
        waiting = Notice.objects.filter(event__in=EVENTS).order_by("id").select_for_update(skip_locked=True)[:MOST_AT_ONCE]
        notices = list(waiting)
        for notice in notices:
            record_event(notice.account_id, event=notice.event, data=notice.data, occurred_at=notice.created_at)
        Notice.objects.filter(pk__in=[notice.pk for notice in notices]).delete()
    return len(notices)
