"""Speech requests whose text is a file."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Protocol

from django.http.response import HttpResponseBase
from rest_framework.request import Request

from apps.accounts.callers import get_caller
from apps.core.deferred import ASGIApp, Deferred, Exchange
from apps.jobs.recordings import request_idempotency
from apps.jobs.requests import request_id_of
from apps.speech.services import SpeechOrder, request_speech
from apps.uploads.services import SentText, order_text, read_text_async


class SpeechAnswer(Protocol):
    """Response to an accepted text."""

    def __call__(self, submission: Any, *, is_kept: bool) -> HttpResponseBase:
        """is_kept: the job continues after the client disconnects."""


def has_file(body: Mapping[str, Any]) -> bool:
    """True if the text of a valid body is a file."""
    return body.get("file") is not None or bool(body.get("upload_id"))


def speak_file(request: Request, body: Mapping[str, Any], *, order: SpeechOrder, endpoint: str, answer: SpeechAnswer) -> Deferred:
    """Read the file of the request, then accept its text and answer. Raises ApplicationError for one that is refused by its name."""
    caller = get_caller(request)
    source = order_text(caller, file=body.get("file"), upload_id=body.get("upload_id"))

    def accept(sent: SentText) -> HttpResponseBase:
        idempotency = request_idempotency(request, endpoint=endpoint, body=body, sha256=sent.sha256, is_waiting=order.is_streamed)
        whole = replace(order, text=sent.file.text, text_param=source.param, file=sent.file)
        submission = request_speech(caller, order=whole, idempotency=idempotency, request_id=request_id_of(request))
        return answer(submission, is_kept="HTTP_IDEMPOTENCY_KEY" in request.META)

    async def resolve(exchange: Exchange) -> HttpResponseBase | ASGIApp:
        sent = await read_text_async(exchange, source)
        answered = await exchange.run(accept, sent)
        return await answered.resolve(exchange) if isinstance(answered, Deferred) else answered

    return Deferred(resolve)
