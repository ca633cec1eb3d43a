"""Endpoints: made, changed, their secrets rotated."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import Account
from apps.core.errors import ApplicationError, InvalidRequestError
from apps.core.outbound import AddressRefusedError, check_url
from apps.webhooks.events import EVENTS
from apps.webhooks.models import Endpoint, SigningSecret, new_secret

MOST_ENDPOINTS = 20


def create_endpoint(account: Account, *, url: str, events: list[str], description: str = "") -> Endpoint:
    """A new endpoint; its secret is shown in the answer and never again."""
    _check(url, events)
    with transaction.atomic():
        Account.objects.select_for_update().get(pk=account.pk)
        if Endpoint.objects.filter(account=account).count() >= MOST_ENDPOINTS:
            raise InvalidRequestError(f"an account has {MOST_ENDPOINTS} webhook endpoints at most", code="too_many_endpoints")
        return Endpoint.objects.create(account=account, url=url, events=events, description=description)


def change_endpoint(
    endpoint: Endpoint,
    *,
    url: str | None = None,
    events: list[str] | None = None,
    description: str | None = None,
    is_enabled: bool | None = None,
) -> Endpoint:
    """Changes what is given; enabling it again forgets its failures."""
    _check(url if url is not None else endpoint.url, events if events is not None else endpoint.events)
    if url is not None:
        endpoint.url = url
    if events is not None:
        endpoint.events = events
    if description is not None:
        endpoint.description = description
    if is_enabled is not None:
        endpoint.is_enabled = is_enabled
        endpoint.disabled_reason = "" if is_enabled else endpoint.disabled_reason
        endpoint.failing_since = None if is_enabled else endpoint.failing_since
    endpoint.save()
    return endpoint


def rotate_secret(holder: Endpoint | SigningSecret, *, overlap_seconds: int) -> str:
    """A new secret; the old one signs beside it until the overlap is over. Returns the new one."""
    holder.previous_secret = holder.secret if overlap_seconds else ""
    holder.previous_secret_until = timezone.now() + timedelta(seconds=overlap_seconds) if overlap_seconds else None
    holder.secret = new_secret()
    holder.save(update_fields=["secret", "previous_secret", "previous_secret_until"])
    return holder.secret


def signing_secret(account_id: int) -> SigningSecret:
    """The account's default secret, made at the first use."""
    return SigningSecret.objects.get_or_create(account_id=account_id)[0]


def check_webhook_url(url: str, *, param: str = "webhook_url") -> None:
    """The form of an address for webhooks; where it leads is checked when it is called. Raises InvalidRequestError."""
    try:
        check_url(url)
    except AddressRefusedError as refused:
        raise InvalidRequestError(str(refused), code="invalid_url", param=param) from None


def _check(url: str, events: list[str]) -> None:
    check_webhook_url(url, param="url")
    unknown = [event for event in events if event not in EVENTS]
    if unknown:
        raise ApplicationError(f"unknown event {unknown[0]!r}; there are {', '.join(EVENTS)}", code="unknown_event", param="events")
