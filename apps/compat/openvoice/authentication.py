"""Keys as everywhere; without one, the account that the operator set stands for the caller."""

from django.conf import settings
from django.http import HttpRequest
from rest_framework.request import Request

from apps.accounts.authentication import KeyAuthentication, check_active
from apps.accounts.callers import Caller, CallerUser
from apps.accounts.models import Account
from apps.core.addresses import client_address
from apps.core.dialects import dialect_of
from apps.core.links import find_public_base


class OpenVoiceAuthentication(KeyAuthentication):
    """Lets requests without a key act for TTSAI_OPENVOICE_ACCOUNT, if that is set."""

    def authenticate(self, request: Request) -> tuple[CallerUser, Caller]:
        http_request: HttpRequest = request._request  # noqa: SLF001 - DRF has no other name for it
        account = None
        if settings.TTSAI_OPENVOICE_ACCOUNT and dialect_of(http_request.path).find_secret(http_request.META) is None:
            account = Account.objects.select_related("plan").filter(pk=settings.TTSAI_OPENVOICE_ACCOUNT).first()
        if account is None:
            return super().authenticate(request)
        check_active(account)
        plan = account.plan
        caller = Caller(
            account=account,
            key=None,
            plan=plan,
            tenant=f"account:{account.pk}",
            address=client_address(http_request),
            requests_per_minute=plan.requests_per_minute,
            concurrent_jobs=plan.concurrent_jobs,
            public_base=find_public_base(http_request),
        )
        http_request.caller = caller  # type: ignore[attr-defined]  # for RequestMiddleware, which shows the limits
        return CallerUser(caller), caller
