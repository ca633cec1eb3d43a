"""Probe of webhook delivery: a signed message to an address of our own, sent as a customer's are, which checks the signature."""

import asyncio
import base64
import hashlib
import time
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from django.conf import settings
from django.utils.crypto import salted_hmac
from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

from apps.core.errors import InvalidRequestError
from apps.core.outbound import AddressRefusedError, OutboundError, send

PATH: Final = "/webhooks/probe/"
SECONDS: Final = 5.0
BODY: Final = '{"type":"status.probe"}'


def deliver_probe() -> int | None:
    """Deliver a message; returns the milliseconds, or None where webhooks do not reach the platform's own address, such as one of this machine.

    Raises OutboundError if it does not arrive.
    """
    base = (settings.TTSAI_STATUS_URL or settings.TTSAI_PUBLIC_URL or settings.TTSAI_LOCAL_URL).rstrip("/")
    message_id, started = f"msg_{uuid.uuid4().hex}", time.monotonic()
    headers = {"content-type": "application/json", **sign(message_id, at=datetime.now(UTC))}
    post = send("POST", f"{base}{PATH}", tenant="platform", headers=headers, body=BODY.encode(), seconds=SECONDS, kept_bytes=200)
    try:
        answer = asyncio.run(post)
    except AddressRefusedError:
        return None
    if answer.status != 200 or receipt(message_id) not in answer.body.decode("utf-8", "replace"):
        raise OutboundError(f"the probe was answered with {answer.status}")
    return round((time.monotonic() - started) * 1000)


def sign(message_id: str, *, at: datetime) -> dict[str, str]:
    """Headers of the Standard Webhooks rules for the probe's body."""
    signature = Webhook(_secret()).sign(message_id, at, BODY)
    return {"webhook-id": message_id, "webhook-timestamp": str(int(at.timestamp())), "webhook-signature": signature}


def receive_probe(body: bytes, *, headers: Mapping[str, str]) -> str:
    """Receipt for a message whose signature is right; nobody else can give it. Raises 400 otherwise."""
    given = {name: headers.get(name, "") for name in ("webhook-id", "webhook-timestamp", "webhook-signature")}
    try:
        Webhook(_secret()).verify(body, given)
    except (WebhookVerificationError, ValueError) as error:
        raise InvalidRequestError("The signature is wrong or too old.", code="invalid_signature") from error
    return receipt(given["webhook-id"])


def receipt(message_id: str) -> str:
    """Proof that a holder of the platform's secret read the message."""
    return salted_hmac("status.webhook-receipt", message_id, algorithm="sha256").hexdigest()


def _secret() -> str:
    digest = hashlib.sha256(f"status.webhooks:{settings.SECRET_KEY}".encode()).digest()
    return f"whsec_{base64.b64encode(digest).decode()}"
