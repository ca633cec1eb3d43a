"""Answers with an account's export."""

from collections.abc import Container
from typing import Any, cast

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from starlette.responses import StreamingResponse

from apps.accounts.models import Account
from apps.core.deferred import ASGIApp, Deferred, Exchange
from apps.core.storage import get_storage
from apps.core.streamed_files import file_chunks, made_chunks
from apps.privacy.models import Export
from apps.privacy.services.archives import export_chunks
from apps.privacy.services.exports import CONTENT_TYPE


def export_response(account: Account, *, without: Container[str] = ()) -> Deferred:
    """Response with the archive, sent while it is made. without: apps and models whose rows are left out."""

    async def resolve(exchange: Exchange) -> ASGIApp:
        return cast(
            "ASGIApp",
            StreamingResponse(
                made_chunks(exchange, export_chunks(account, without=without)), media_type=CONTENT_TYPE, headers=_headers(account)
            ),
        )

    return Deferred(resolve)


def kept_export_response(export: Export) -> HttpResponseBase:
    """Response with a kept archive: from the folder of objects, or a redirect to the store that is valid for a while."""
    headers = _headers(export.account)
    name = headers["Content-Disposition"].partition('"')[2].rstrip('"')
    address = get_storage().public_url(export.key, file_name=name, content_type=CONTENT_TYPE)
    if address is not None:
        return HttpResponse(status=302, headers={"Location": address, "Cache-Control": "no-store"})

    async def resolve(exchange: Exchange) -> ASGIApp:
        file: Any = await exchange.run(get_storage().open_stream, export.key)
        sized = {**headers, "Content-Length": str(export.bytes)}
        return cast("ASGIApp", StreamingResponse(file_chunks(exchange, file), media_type=CONTENT_TYPE, headers=sized))

    return Deferred(resolve)


def _headers(account: Account) -> dict[str, str]:
    name = f"account-{account.pk}-{timezone.now():%Y-%m-%d}.zip"
    return {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
