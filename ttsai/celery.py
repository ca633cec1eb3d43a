"""Celery app of the platform: its workers consume `platform.control` (dispatching, reaping) and `platform` (everything else); beat sends
periodic tasks.
"""

import os
from functools import partial
from typing import Any

from celery import Celery
from celery.schedules import crontab, schedule
from celery.signals import import_modules, task_prerun
from structlog.contextvars import bind_contextvars, clear_contextvars

from apps.core.periods import DISPATCH_SECONDS, MAIL_SECONDS, REAP_SECONDS, STRIPE_SECONDS, WEBHOOK_SECONDS
from ttsai import worker_exit  # noqa: F401 - connects its signal
from ttsai.beat_clock import steady_now
from ttsai.required_secrets import exit_without_secrets
from workers.contract import names
from workers.valkey import TRANSPORT

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ttsai.settings")
# Django's system checks query the database (django-unfold's do): worker and beat must start while it is away. `make check` runs them.
os.environ.setdefault("CELERY_SKIP_CHECKS", "1")

every, at = partial(schedule, nowfun=steady_now), partial(crontab, nowfun=steady_now)


@import_modules.connect
def check_secrets(**_: Any) -> None:
    """Exit a worker or beat without valid secrets. Connected before the app exists, since Celery's Django fixup queries the database at
    this signal.
    """
    exit_without_secrets()


def _frequent(period_seconds: float, *, queue: str = names.PLATFORM_QUEUE) -> dict[str, Any]:
    """Options of a task that repeats within seconds: it expires, so that a platform that was away does not come back to a heap of them."""
    return {"expires": 2 * period_seconds, "queue": queue}


@task_prerun.connect
def begin_log_ids(task: Any, **_: Any) -> None:
    """Give the log lines of a task its name, and no id of the task that the thread ran before."""
    clear_contextvars()
    bind_contextvars(task=task.name)


app = Celery("ttsai")
app.set_default()  # what `current_app` means in every thread: without it, other threads than this one get an app with Celery's defaults
app.conf.update(
    broker_url=os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0"),
    broker_transport=TRANSPORT,
    task_ignore_result=True,
    task_default_queue=names.PLATFORM_QUEUE,
    task_create_missing_queues=True,
    task_acks_late=False,  # a message is a hint: the row in Postgres is the truth (DESIGN.md)
    result_backend=None,
    result_backend_thread_safe=True,
    worker_consumer="workers.consumer:ReconnectingConsumer",
    worker_prefetch_multiplier=1,
    worker_hijack_root_logger=False,
    worker_send_task_events=False,
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    broker_transport_options={
        "socket_timeout": 5,
        "socket_connect_timeout": 3,
        "socket_keepalive": True,
        "health_check_interval": 10,
        "queue_order_strategy": "priority",
    },
    timezone="UTC",
    beat_scheduler="celery.beat:Scheduler",  # no file of its own: beat must not die of a full disk
    beat_schedule={
        "dispatch": {
            "task": "platform.dispatch",
            "schedule": every(DISPATCH_SECONDS),
            "options": _frequent(DISPATCH_SECONDS, queue=names.CONTROL_QUEUE),
        },
        "reap": {"task": "platform.reap", "schedule": every(REAP_SECONDS), "options": _frequent(REAP_SECONDS, queue=names.CONTROL_QUEUE)},
        "send due webhooks": {
            "task": "platform.send_due_webhooks",
            "schedule": every(WEBHOOK_SECONDS),
            "options": _frequent(WEBHOOK_SECONDS),
        },
        "expire results": {"task": "platform.expire_results", "schedule": at(minute="7")},
        "expire batches": {"task": "platform.expire_batches", "schedule": at(minute="12")},
        "expire generations": {"task": "platform.expire_generations", "schedule": at(minute="14")},
        "forget expired turns": {"task": "platform.forget_expired_turns", "schedule": at(minute="17")},
        "expire uploads": {"task": "platform.expire_uploads", "schedule": at(minute="*/10")},
        "sweep cache": {"task": "platform.sweep_cache", "schedule": at(minute="*")},
        "sweep voices": {"task": "platform.sweep_voices", "schedule": at(minute="*/10")},
        "delete taken down voices": {"task": "platform.delete_taken_down_voices", "schedule": at(minute="34")},
        "continue erasures": {"task": "platform.continue_erasures", "schedule": at(minute="*/10")},
        "probe status": {"task": "platform.probe_status", "schedule": at(minute="*"), "options": {"expires": 55}},
        "forget status": {"task": "platform.forget_status", "schedule": at(hour="3", minute="17")},
        "make exports": {"task": "platform.make_exports", "schedule": at(minute="*/10")},
        "forget old rows": {"task": "platform.forget_old_rows", "schedule": at(minute="17")},
        "forget deliveries": {"task": "platform.forget_deliveries", "schedule": at(minute="22")},
        "forget workers": {"task": "platform.forget_workers", "schedule": at(hour="2", minute="27")},
        "send due mail": {"task": "platform.send_due_mail", "schedule": every(MAIL_SECONDS), "options": _frequent(MAIL_SECONDS)},
        "forget mails": {"task": "platform.forget_mails", "schedule": at(hour="1", minute="7")},
        "forget sign-ups": {"task": "platform.forget_sign_ups", "schedule": at(hour="1", minute="12")},
        "forget invitations": {"task": "platform.forget_invitations", "schedule": at(hour="1", minute="17")},
        "forget anonymous use": {"task": "platform.forget_anonymous_use", "schedule": at(hour="0", minute="37")},
        "reconcile ledger": {"task": "platform.reconcile_ledger", "schedule": at(hour="3", minute="47")},
        "process Stripe events": {
            "task": "platform.process_stripe_events",
            "schedule": every(STRIPE_SECONDS),
            "options": _frequent(STRIPE_SECONDS),
        },
        "top up balances": {"task": "platform.top_up_balances", "schedule": at(minute="*")},
        "end payment grace": {"task": "platform.end_payment_grace", "schedule": at(minute="*/10")},
        "reconcile payments": {"task": "platform.reconcile_payments", "schedule": at(hour="4", minute="7")},
    },
)
app.autodiscover_tasks()
