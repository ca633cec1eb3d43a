"""Notices that apps below left (apps/core/notices.py) become deliveries."""

from django.db import transaction

from apps.core.models import Notice
from apps.webhooks.events import EVENTS
from apps.webhooks.services.outbox import record_event

MOST_AT_ONCE = 200


def take_notices() -> int:
    """Turn what waits into deliveries, each in the transaction that removes it; how many were taken.

    An event that this version does not know waits for the one that left it: both may run side by side during a deploy.
    """
    with transaction.atomic():
        waiting = Notice.objects.filter(event__in=EVENTS).order_by("id").select_for_update(skip_locked=True)[:MOST_AT_ONCE]
        notices = list(waiting)
        for notice in notices:
            record_event(notice.account_id, event=notice.event, data=notice.data, occurred_at=notice.created_at)
        Notice.objects.filter(pk__in=[notice.pk for notice in notices]).delete()
    return len(notices)
