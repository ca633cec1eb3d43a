"""Outbox of messages to the platform: threads append and continue; one thread sends, with endless retries."""

import logging
import threading
import time
from collections import deque
from dataclasses import dataclass
from typing import Any, Final

from celery import Celery
from kombu.exceptions import OperationalError

from workers.celery import direct_queue
from workers.contract.names import PLATFORM_QUEUE

logger = logging.getLogger(__name__)

RETRY_SECONDS: Final = 0.5
_PLATFORM: Final[Any] = direct_queue(PLATFORM_QUEUE)
"""Typed as Any, since celery-types accepts names only; a queue object saves the route lookup."""


@dataclass(slots=True)
class _Message:
    task: str
    payload: dict[str, Any]
    expires_at: float | None
    replaces: str


class Outbox:
    """Sends Celery messages to the platform in order, retrying until the broker accepts them."""

    def __init__(self, app: Celery) -> None:
        self._app = app
        self._messages: deque[_Message] = deque()
        self._changed = threading.Condition()
        self._is_sending = False
        self._producer: Any = None
        self._thread = threading.Thread(target=self._run, name="outbox", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def send(self, task: str, *, payload: dict[str, Any], expires_seconds: float | None = None, replaces: str = "") -> None:
        """Append a message. It is dropped once expired; with `replaces` it replaces a waiting message of the same name."""
        message = _Message(task, payload, None if expires_seconds is None else time.time() + expires_seconds, replaces)
        with self._changed:
            if replaces:
                stale = [waiting for waiting in self._messages if waiting.replaces == replaces]
                for waiting in stale:
                    self._messages.remove(waiting)
            self._messages.append(message)
            self._changed.notify_all()

    def wait_until_empty(self, timeout_seconds: float) -> bool:
        """Wait until the outbox is empty; True if everything was sent in time."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._messages and not self._is_sending, timeout_seconds)

    def _run(self) -> None:
        is_away = False
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._messages)
                message = self._messages.popleft()
                self._is_sending = True
            was_sent = self._send_message(message)
            with self._changed:
                self._is_sending = False
                if not was_sent and not any(message.replaces and other.replaces == message.replaces for other in self._messages):
                    self._messages.appendleft(message)
                self._changed.notify_all()
            if was_sent == is_away:
                is_away = not was_sent
                logger.info("outbox_waiting_for_broker waiting=%d" if is_away else "outbox_resumed waiting=%d", len(self._messages))
            if not was_sent:
                time.sleep(RETRY_SECONDS)

    def _send_message(self, message: _Message) -> bool:
        remaining = None if message.expires_at is None else message.expires_at - time.time()
        if remaining is not None and remaining <= 0:
            return True
        try:
            if self._producer is None:
                self._producer = self._connect()
            self._app.send_task(
                message.task,
                args=[message.payload],
                queue=_PLATFORM,
                declare=[],
                producer=self._producer,
                expires=remaining,
                ignore_result=True,
                retry=False,
                argsrepr="",  # without it Celery writes the arguments a second time, for monitors
                kwargsrepr="",
            )
        except (OperationalError, OSError):
            self._forget_connection()
            return False
        except Exception:  # the thread must survive: a message that cannot be encoded must not block the others
            logger.exception("message_dropped task=%s", message.task)
        return True

    def _connect(self) -> Any:
        connection = self._app.connection_for_write()
        # Without this the producer connects by itself, and waits longer and longer between its attempts.
        connection.ensure_connection(max_retries=1, interval_start=0, interval_step=0, interval_max=0)
        return self._app.amqp.Producer(connection, auto_declare=False)

    def _forget_connection(self) -> None:
        producer, self._producer = self._producer, None
        if producer is not None and producer.connection is not None:
            producer.connection.collect(socket_timeout=0.1)
