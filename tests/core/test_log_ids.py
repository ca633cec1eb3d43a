"""Ids that the log lines of a request carry."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.test import Client, RequestFactory
from structlog.contextvars import bound_contextvars, clear_contextvars, get_contextvars

from apps.accounts import authentication
from apps.core.deferred import Deferred
from apps.core.middleware import RequestMiddleware
from tests.factories import bearer, make_key
from ttsai.web.threads import DjangoThreads


@pytest.fixture(autouse=True)
def _no_ids_of_earlier_tests() -> None:
    clear_contextvars()


@pytest.mark.django_db
def test_log_lines_of_an_authenticated_request_carry_request_account_and_key(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[dict[str, Any]] = []
    caller_of_key: Callable[..., Any] = authentication.caller_of_key

    def see(*args: Any, **kwargs: Any) -> Any:
        seen.append(get_contextvars())
        return caller_of_key(*args, **kwargs)

    monkeypatch.setattr(authentication, "caller_of_key", see)
    key, secret = make_key()
    response = Client().get("/v1/keys/", headers=bearer(secret))
    assert seen == [{"request": response["X-Request-Id"], "account": key.account_id, "key": key.pk}]
    assert get_contextvars() == {}


@pytest.mark.django_db
def test_a_deferred_response_keeps_the_ids_and_the_thread_loses_them() -> None:
    def defer(request: HttpRequest) -> HttpResponseBase:
        return Deferred(lambda exchange: asyncio.sleep(0, HttpResponse()))

    response = RequestMiddleware(defer)(RequestFactory().get("/docs/", headers={"X-Request-Id": "req-1"}))  # type: ignore[arg-type]
    assert isinstance(response, Deferred)
    assert response.log_ids == {"request": "req-1"}
    assert get_contextvars() == {}


def test_work_on_a_django_thread_logs_the_ids_of_its_caller() -> None:
    async def call() -> list[dict[str, Any]]:
        threads = DjangoThreads(threads=1, waiting=1)
        with bound_contextvars(request="req-1"):
            inside = await threads.in_thread(get_contextvars)
        outside = await threads.in_thread(get_contextvars)
        await asyncio.to_thread(threads.close)
        return [inside, outside]

    assert asyncio.run(call()) == [{"request": "req-1"}, {}]
