"""Rows of apps/webhooks/urls.py."""

from apps.accounts.models import Account
from apps.webhooks.models import Delivery, DeliveryState, Endpoint
from apps.webhooks.services import create_endpoint
from apps.webhooks.services.endpoints import signing_secret
from tests.routes.table import Owned, row

ADDRESS = "https://hooks.example.com/tts"


def endpoint_of(account: Account) -> Endpoint:
    return create_endpoint(account, url=ADDRESS, events=[])


def an_endpoint(account: Account) -> Owned:
    return Owned(path={"uuid": str(endpoint_of(account).uuid)})


def a_listed_endpoint(account: Account) -> Owned:
    return Owned(shown=str(endpoint_of(account).uuid))


def a_secret(account: Account) -> Owned:
    return Owned(shown=signing_secret(account.pk).secret[:10])


def delivery_of(account: Account) -> Delivery:
    return Delivery.objects.create(
        account=account, endpoint=endpoint_of(account), url=ADDRESS, event="job.completed", body="{}", state=DeliveryState.FAILED
    )


def a_delivery(account: Account) -> Owned:
    return Owned(path={"uuid": str(delivery_of(account).uuid)})


def a_listed_delivery(account: Account) -> Owned:
    return Owned(shown=str(delivery_of(account).uuid))


ROWS = [
    row("webhooks/", "GET", scope="webhooks:read", owns=a_listed_endpoint),
    row("webhooks/", "POST", scope="webhooks:write", owns=None, body={"url": ADDRESS}),
    row("webhooks/events/", "GET", scope="webhooks:read", owns=None),
    row("webhooks/secret/", "GET", scope="webhooks:read", owns=a_secret),
    row("webhooks/secret/", "POST", scope="webhooks:write", owns=None, body={}),
    row("webhooks/deliveries/", "GET", scope="webhooks:read", owns=a_listed_delivery),
    row("webhooks/deliveries/<uuid>/replay/", "POST", scope="webhooks:write", owns=a_delivery),
    row("webhooks/<uuid>/", "GET", scope="webhooks:read", owns=an_endpoint),
    row("webhooks/<uuid>/", "PATCH", scope="webhooks:write", owns=an_endpoint, body={"description": "new"}),
    row("webhooks/<uuid>/", "DELETE", scope="webhooks:write", owns=an_endpoint),
    row("webhooks/<uuid>/rotate/", "POST", scope="webhooks:write", owns=an_endpoint, body={}),
    row("webhooks/<uuid>/test/", "POST", scope="webhooks:write", owns=an_endpoint),
]
