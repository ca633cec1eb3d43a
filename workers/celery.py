"""Celery app of the worker. A message is a hint: Postgres on the platform's side is the truth, so nothing is acknowledged late."""

from collections.abc import Iterable
from typing import Any, Final

from celery import Celery, signals
from kombu import Exchange, Queue

from workers.contract import names
from workers.valkey import TRANSPORT

SOCKET_TIMEOUT_SECONDS: Final = 10
CONNECT_TIMEOUT_SECONDS: Final = 5

# Without fixups: one of them would load Django wherever DJANGO_SETTINGS_MODULE is set.
app = Celery("workers", set_as_current=False, fixups=[])
app.conf.update(
    broker_transport=TRANSPORT,
    task_serializer="json",
    accept_content=["json"],
    result_backend=None,
    task_ignore_result=True,
    task_store_errors_even_if_ignored=False,
    task_acks_late=False,
    task_create_missing_queues=True,  # the platform's queue, which is only written to
    task_default_queue=names.PLATFORM_QUEUE,
    worker_consumer="workers.consumer:ReconnectingConsumer",
    worker_pool="threads",
    worker_prefetch_multiplier=1,
    worker_disable_prefetch=True,
    worker_enable_remote_control=False,
    worker_send_task_events=False,
    worker_hijack_root_logger=False,
    worker_redirect_stdouts=False,
    worker_cancel_long_running_tasks_on_connection_loss=True,  # concerns late acknowledgement alone; False warns at every loss
    worker_enable_prefetch_count_reduction=False,
    broker_heartbeat=0,
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    broker_transport_options={
        "socket_timeout": SOCKET_TIMEOUT_SECONDS,
        "socket_connect_timeout": CONNECT_TIMEOUT_SECONDS,
        "socket_keepalive": True,
        "health_check_interval": 10,
        "queue_order_strategy": "priority",  # as listed: the live lanes first
        "priority_steps": [0],  # one Redis list a queue: urgency is the lane's
        # With acknowledgement a killed worker's messages would come back after an hour, long after the platform gave
        # the parts to others under new tokens. Without it each message costs two round trips less.
        "ack_emulation": False,
    },
)


@signals.setup_logging.connect
def _skip_celery_logging(**_: Any) -> None:
    """Receiver of this signal, which keeps Celery from changing levels and handlers: workers.log sets them."""


def configure(broker_url: str, *, queue_groups: Iterable[str]) -> None:
    """Configure the broker and the lanes of the queue groups: all live lanes before all normal ones before bulk."""
    groups = list(queue_groups)
    queues = [direct_queue(names.queue_name(group, lane)) for lane in names.LANES for group in groups]
    app.conf.update(broker_url=broker_url, task_queues=queues)


def direct_queue(name: str) -> Queue:
    """Queue of the default exchange: publishing is one LPUSH, without bindings to look up."""
    return Queue(name, Exchange("", type="direct"), routing_key=name)
