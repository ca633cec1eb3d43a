"""Answer with an account's export."""

from typing import cast

from django.utils import timezone
from starlette.responses import StreamingResponse

from apps.accounts.models import Account
from apps.core.deferred import ASGIApp, Deferred, Exchange
from apps.core.streamed_files import made_chunks
from apps.privacy.services.archives import export_chunks


def export_response(account: Account) -> Deferred:
    """Response with the archive, sent while it is made."""

    async def resolve(exchange: Exchange) -> ASGIApp:
        name = f"account-{account.pk}-{timezone.now():%Y-%m-%d}.zip"
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
        return cast(
            "ASGIApp", StreamingResponse(made_chunks(exchange, export_chunks(account)), media_type="application/zip", headers=headers)
        )

    return Deferred(resolve)
