"""Create and change endpoints, rotate their secrets."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import Account
from apps.core.errors import ApplicationError, InvalidRequestError
from apps.core.outbound import AddressRefusedError
from apps.core.outbound.admission import check_given_url
from apps.webhooks.events import EVENTS
from apps.webhooks.models import Endpoint, SigningSecret, new_secret
from apps.webhooks.services.disabling import fail_pending_deliveries

MOST_ENDPOINTS = 20


def create_endpoint(account: Account, *, url: str, events: list[str], description: str = "") -> Endpoint:
    """Create an endpoint; its secret is shown only in the response."""
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
    """Change the given settings. Disabling gives up pending deliveries; enabling resets the failures."""
    with transaction.atomic():
        endpoint = Endpoint.objects.select_for_update().get(pk=endpoint.pk)
        _check(endpoint.url if url is None else url, endpoint.events if events is None else events)
        endpoint.url = endpoint.url if url is None else url
        endpoint.events = endpoint.events if events is None else events
        endpoint.description = endpoint.description if description is None else description
        if is_enabled is not None and is_enabled != endpoint.is_enabled:
            endpoint.is_enabled = is_enabled
            endpoint.disabled_at = None if is_enabled else timezone.now()
            endpoint.disabled_reason = "" if is_enabled else "its owner switched it off"
            endpoint.failing_since = None if is_enabled else endpoint.failing_since
        endpoint.save()
        if not endpoint.is_enabled:
            fail_pending_deliveries(endpoint)
    return endpoint


def rotate_secret(holder: Endpoint | SigningSecret, *, overlap_seconds: int) -> str:
    """Rotate a secret and return the new one; the old one signs too until the overlap ends."""
    with transaction.atomic():
        Account.objects.select_for_update().get(pk=holder.account_id)  # two rotations at once follow each other
        holder.refresh_from_db(fields=["secret"])
        holder.previous_secret = holder.secret if overlap_seconds else ""
        holder.previous_secret_until = timezone.now() + timedelta(seconds=overlap_seconds) if overlap_seconds else None
        holder.secret = new_secret()
        holder.save(update_fields=["secret", "previous_secret", "previous_secret_until"])
    return holder.secret


def signing_secret(account_id: int) -> SigningSecret:
    """The account's default secret, created at first use."""
    return SigningSecret.objects.get_or_create(account_id=account_id)[0]


def check_webhook_url(url: str, *, param: str = "webhook_url") -> None:
    """Check a webhook URL syntactically; the host is resolved and checked at each delivery. Raises InvalidRequestError."""
    try:
        check_given_url(url)
    except AddressRefusedError as refused:
        raise InvalidRequestError(str(refused), code="invalid_url", param=param) from None


def _check(url: str, events: list[str]) -> None:
    check_webhook_url(url, param="url")
    unknown = [event for event in events if event not in EVENTS]
    if unknown:
        raise ApplicationError(f"unknown event {unknown[0][:50]!r}; available: {', '.join(EVENTS)}", code="unknown_event", param="events")
