"""Answer with an account's export."""

import contextlib
from collections.abc import AsyncIterator
from typing import cast

from django.utils import timezone
from starlette.responses import StreamingResponse

from apps.accounts.models import Account
from apps.core.deferred import ASGIApp, Deferred, Exchange
from apps.privacy.services.archives import export_chunks


def export_response(account: Account) -> Deferred:
    """Response with the archive, sent while it is made."""

    async def resolve(exchange: Exchange) -> ASGIApp:
        name = f"account-{account.pk}-{timezone.now():%Y-%m-%d}.zip"
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
        return cast("ASGIApp", StreamingResponse(_sent(exchange, account), media_type="application/zip", headers=headers))

    return Deferred(resolve)


async def _sent(exchange: Exchange, account: Account) -> AsyncIterator[bytes]:
    chunks = export_chunks(account)
    try:
        while chunk := await exchange.run(next, chunks, b""):
            yield chunk
    finally:
        with contextlib.suppress(ValueError, AttributeError):  # a thread still makes the next chunk for a client that left
            chunks.close()  # type: ignore[attr-defined]  # a generator
