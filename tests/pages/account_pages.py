"""Rows of apps/account_pages/urls.py."""

from datetime import timedelta

from django.utils import timezone

from apps.accounts.models import Account, ApiKey
from apps.accounts.roles import Permission
from apps.core.storage import get_storage
from apps.privacy.models import Export, ExportState
from apps.webhooks.models import Delivery, Endpoint
from apps.webhooks.services.outbox import record_event
from tests.factories import make_key
from tests.pages.table import Owned, file, fragment, page, post

ACCOUNT = Permission.ACCOUNT
URL = "https://quillon.example.org/hook"


def a_key(account: Account) -> Owned:
    key = make_key(account)[0]
    ApiKey.objects.filter(pk=key.pk).update(name="Quillon's laptop")
    return Owned(path={"key_id": str(key.pk)}, hidden=("Quillon&#x27;s laptop", key.prefix))


def a_listed_key(account: Account) -> Owned:
    return Owned(shown=a_key(account).hidden)


def an_endpoint(account: Account) -> Owned:
    return Owned(path={"uuid": str(Endpoint.objects.create(account=account, url=URL).uuid)}, hidden=(URL,))


def a_listed_endpoint(account: Account) -> Owned:
    an_endpoint(account)
    return Owned(shown=(URL,))


def a_delivery(account: Account) -> Owned:
    endpoint = Endpoint.objects.create(account=account, url=URL)
    delivery: Delivery = record_event(account.pk, event="test", data={"message": "Quillon's message"}, endpoint=endpoint)[0]
    return Owned(path={"uuid": str(delivery.uuid)}, hidden=(URL, "Quillon&#x27;s message"))


def an_export(account: Account) -> Owned:
    """Export whose archive is in the store."""
    key = f"platform/quillon-{account.pk}.zip"
    get_storage().put_bytes(key, b"quillon", content_type="application/zip")
    later = timezone.now() + timedelta(days=1)
    export = Export.objects.create(account=account, state=ExportState.READY, key=key, bytes=7, expires_at=later)
    return Owned(path={"uuid": str(export.uuid)})


def a_named_account(account: Account) -> Owned:
    return Owned(body={"confirmation": account.name})


ROWS = [
    page("dashboard/keys/", owns=a_listed_key),
    page("dashboard/keys/new/"),
    post("dashboard/keys/new/", body={"name": "Laptop", "access": "all"}, status=200),
    page("dashboard/keys/<key_id>/", owns=a_key),
    post("dashboard/keys/<key_id>/", owns=a_key, body={"name": "Laptop"}),
    page("dashboard/keys/<key_id>/access/", owns=a_key),
    post("dashboard/keys/<key_id>/access/", owns=a_key, body={"access": "all"}),
    post("dashboard/keys/<key_id>/rotate/", owns=a_key, body={"overlap_seconds": "3600"}, status=200),
    post("dashboard/keys/<key_id>/revoke/", owns=a_key),
    page("dashboard/webhooks/", owns=a_listed_endpoint),
    page("dashboard/webhooks/new/"),
    post("dashboard/webhooks/new/", body={"url": "https://example.com/hook"}, status=200),
    post("dashboard/webhooks/secret/", body={"overlap_seconds": "0"}, status=200),
    page("dashboard/webhooks/<uuid>/", owns=an_endpoint),
    post("dashboard/webhooks/<uuid>/", owns=an_endpoint, body={"url": "https://example.com/hook"}),
    post("dashboard/webhooks/<uuid>/switch/", owns=an_endpoint, body={"enabled": "0"}),
    post("dashboard/webhooks/<uuid>/test/", owns=an_endpoint),
    post("dashboard/webhooks/<uuid>/rotate/", owns=an_endpoint, body={"overlap_seconds": "0"}, status=200),
    post("dashboard/webhooks/<uuid>/delete/", owns=an_endpoint),
    page("dashboard/webhooks/deliveries/<uuid>/", owns=a_delivery),
    fragment("dashboard/webhooks/deliveries/<uuid>/state/", owns=a_delivery),
    post("dashboard/webhooks/deliveries/<uuid>/replay/", owns=a_delivery),
    page("dashboard/settings/"),
    post("dashboard/settings/", body={"name": "New name"}, permission=ACCOUNT),
    page("dashboard/settings/export/", permission=ACCOUNT),
    post("dashboard/settings/export/", permission=ACCOUNT),
    fragment("dashboard/settings/export/state/", permission=ACCOUNT),
    # Not even another owner has it: it holds the login of who asked for it, who gets it in tests/account_pages/test_settings.py.
    file("dashboard/settings/export/<uuid>/", owns=an_export, permission=ACCOUNT, status=404),
    file("dashboard/settings/delete/", permission=ACCOUNT, status=302),  # to the page that asks for the password again
    post("dashboard/settings/delete/", owns=a_named_account, permission=ACCOUNT),
]
