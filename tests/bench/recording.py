"""Records the Postgres and Valkey calls of one accepted POST /v1/tts/, for a bare handler to replay."""

import itertools
import json
import os
import sys
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

PATH = "/v1/tts/"
NUMBERS = itertools.count()


def body() -> dict[str, str]:
    """Request body, each a different one: identical concurrent requests would be one job."""
    return {"model": "silence", "text": f"The first train leaves before sunrise, at {next(NUMBERS):06}.", "format": "wav"}


@dataclass
class Recording:
    """Statements in order, each with its transaction (0: none), and the published messages."""

    statements: list[dict[str, Any]] = field(default_factory=list)
    messages: list[dict[str, Any]] = field(default_factory=list)
    _transactions: dict[int, int] = field(default_factory=dict)

    def on_statement(self, execute: Any, sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        """Execute wrapper for Django."""
        blocks = context["connection"].atomic_blocks
        number = self._transactions.setdefault(id(blocks[0]), len(self._transactions) + 1) if blocks else 0
        result = execute(sql, params, many, context)
        self.statements.append({"sql": sql, "params": params, "transaction": number, "is_read": context["cursor"].description is not None})
        return result


def record(key: str) -> Recording:
    """Record one request through Django's test client, after two that warm the caches."""
    import django

    django.setup()
    from celery import current_app
    from django.db import connection
    from django.test import Client

    client = Client(headers={"Authorization": f"Bearer {key}"})
    recording = Recording()
    send_task = current_app.send_task

    def keep_message(name: str, **options: Any) -> Any:
        recording.messages.append({"name": name, "args": options["args"], "queue": options["queue"]})
        return send_task(name, **options)

    for is_recorded in (False, False, True):
        with ExitStack() as stack:
            if is_recorded:
                stack.enter_context(connection.execute_wrapper(recording.on_statement))
                stack.enter_context(mock.patch.object(current_app, "send_task", keep_message))
            answer = client.post(PATH, data=json.dumps(body()), content_type="application/json")
        if answer.status_code != 200:
            raise RuntimeError(f"POST {PATH} answered {answer.status_code}: {answer.content[:300]!r}")
    return recording


def main() -> None:
    """Print the recording as JSON; runs in its own process, beside the platform and on its database."""
    recording = record(os.environ["BENCH_KEY"])
    sys.stdout.write(json.dumps({"statements": recording.statements, "messages": recording.messages}, default=_plain))


def _plain(value: Any) -> Any:
    """Encode what JSON does not have: UUIDs keep their kind, psycopg's JSON wrapper gives its content."""
    import uuid

    if isinstance(value, uuid.UUID):
        return {"$uuid": value.hex}
    if hasattr(value, "obj"):
        return {"$json": value.obj}
    return str(value)


if __name__ == "__main__":
    main()
