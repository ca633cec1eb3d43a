"""The platform's Celery app: its own worker reads the queue `platform`; beat is the safety net of the dispatcher and the reaper."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ttsai.settings")

app = Celery("ttsai")
app.conf.update(
    broker_url=os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0"),
    task_ignore_result=True,
    task_default_queue="platform",
    task_create_missing_queues=True,
    task_acks_late=False,  # a message is a hint: the row in Postgres is the truth (DESIGN.md)
    result_backend=None,
    result_backend_thread_safe=True,
    worker_prefetch_multiplier=1,
    worker_hijack_root_logger=False,
    worker_send_task_events=False,
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    broker_transport_options={
        "socket_timeout": 10,
        "socket_connect_timeout": 5,
        "socket_keepalive": True,
        "health_check_interval": 10,
        "queue_order_strategy": "priority",
    },
    timezone="UTC",
)
app.autodiscover_tasks()
