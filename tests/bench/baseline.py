"""Bare Starlette handler that replays a recorded request: the same statements, Lua calls and messages."""

import json
import os
import uuid
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import psycopg
import redis
from anyio.to_thread import run_sync
from celery import Celery
from psycopg.types.json import Json
from psycopg_pool import ConnectionPool
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

RECORDING = json.loads(Path(os.environ["BENCH_RECORDING"]).read_text())
LUA = Path(os.environ["BENCH_LUA"]).read_text()

pool = ConnectionPool(os.environ["DATABASE_URL"], min_size=1, max_size=16, kwargs={"autocommit": True}, open=True)
valkey = redis.Redis.from_url(os.environ["REDIS_URL"])
count = valkey.register_script(LUA)
celery = Celery("baseline", broker=os.environ["REDIS_URL"])
celery.conf.update(task_ignore_result=True, result_backend=None, result_backend_thread_safe=True)


class Replay:
    """Statements of one request with new ids: UUIDs are drawn anew, generated ids follow Postgres's."""

    def __init__(self) -> None:
        self.uuids: dict[str, uuid.UUID] = {}
        self.ids: dict[int, int] = {}

    def run(self) -> None:
        """Run all statements, grouped in their transactions, then send the message."""
        with pool.connection() as connection:
            for number, statements in _transactions():
                with connection.transaction() if number else nullcontext():
                    for statement in statements:
                        self._execute(connection, statement)
        for message in RECORDING["messages"]:
            arguments = json.loads(self._renamed(json.dumps(message["args"])))
            with celery.producer_pool.acquire(block=True) as producer:
                celery.send_task(message["name"], args=arguments, queue=message["queue"], producer=producer, ignore_result=True)

    def _execute(self, connection: psycopg.Connection[Any], statement: dict[str, Any]) -> None:
        parameters = self._fresh(statement["params"])
        cursor = connection.execute(statement["sql"], parameters)
        if not statement["is_read"]:
            return
        rows = cursor.fetchall()
        if statement["sql"].startswith("INSERT") and rows and isinstance(rows[0][0], int) and statement.get("made") is not None:
            self.ids[statement["made"]] = rows[0][0]

    def _fresh(self, value: Any) -> Any:
        if isinstance(value, dict):
            if "$uuid" in value:
                return self.uuids.setdefault(value["$uuid"], uuid.uuid4())
            if "$json" in value:
                return Json(value["$json"])
            return {name: self._fresh(item) for name, item in value.items()}
        if isinstance(value, list):
            return [self._fresh(item) for item in value]
        return self.ids.get(value, value) if type(value) is int else value

    def _renamed(self, text: str) -> str:
        for old, new in self.uuids.items():
            text = text.replace(old, new.hex)
        return text


def _transactions() -> list[tuple[int, list[dict[str, Any]]]]:
    groups: list[tuple[int, list[dict[str, Any]]]] = []
    for statement in RECORDING["statements"]:
        number = statement["transaction"]
        if not groups or groups[-1][0] != number or number == 0:
            groups.append((number, []))
        groups[-1][1].append(statement)
    return groups


def _handle(body: dict[str, Any]) -> dict[str, Any]:
    count(keys=["limit:baseline"], args=[1_000_000, 1])
    replay = Replay()
    replay.run()
    job = next(iter(replay.uuids.values()), uuid.uuid4())
    return {"uuid": job.hex, "job_id": str(job), "status": "queued", "credits_used": 0.038, "credits_remaining": len(body)}


async def speech(request: Request) -> JSONResponse:
    """POST /v1/tts/ without a framework."""
    return JSONResponse(await run_sync(_handle, await request.json()))


app = Starlette(routes=[Route("/v1/tts/", speech, methods=["POST"])])
