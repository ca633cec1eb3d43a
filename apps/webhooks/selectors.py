"""Reads of the app, always scoped to an account."""

from uuid import UUID

from django.db.models import QuerySet

from apps.accounts.models import Account
from apps.core.errors import NotFoundError
from apps.webhooks.models import Delivery, Endpoint


def list_endpoints(account: Account) -> QuerySet[Endpoint]:
    return Endpoint.objects.filter(account=account).order_by("created_at", "uuid")


def get_endpoint(account: Account, *, uuid: UUID) -> Endpoint:
    endpoint = Endpoint.objects.filter(account=account, uuid=uuid).first()
    if endpoint is None:
        raise NotFoundError("There is no such webhook endpoint.")
    return endpoint


def list_deliveries(account: Account, *, endpoint: Endpoint | None = None) -> QuerySet[Delivery]:
    deliveries = Delivery.objects.filter(account=account).order_by("-created_at", "uuid")
    return deliveries.filter(endpoint=endpoint) if endpoint else deliveries


def get_delivery(account: Account, *, uuid: UUID) -> Delivery:
    delivery = Delivery.objects.filter(account=account, uuid=uuid).select_related("endpoint").first()
    if delivery is None:
        raise NotFoundError("There is no such delivery.")
    return delivery
