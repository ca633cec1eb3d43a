"""Webhooks in the operator's admin: listing, replay, enabling; secrets are never shown."""

import pytest
from django.test import Client

from apps.accounts.models import Account
from apps.batches.models import Batch
from apps.billing.models import Balance
from apps.webhooks.models import Delivery, DeliveryState, Endpoint
from apps.webhooks.services import create_endpoint, record_event, signing_secret
from tests.factories import AccountFactory
from tests.operator.rows import page, staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def endpoint() -> Endpoint:
    return create_endpoint(AccountFactory(), url="https://example.com/hook", events=[])


@pytest.fixture
def delivery(endpoint: Endpoint) -> Delivery:
    (delivery,) = record_event(endpoint.account_id, event="job.failed", data={"error": "<script>alert(1)</script>"})
    Delivery.objects.update(state=DeliveryState.FAILED, attempt_count=10, next_attempt_at=None, attempts=[{"answer": "<b>no</b>"}])
    return delivery


def test_no_page_shows_a_secret_or_runs_what_a_receiver_answered(client: Client, endpoint: Endpoint, delivery: Delivery) -> None:
    default = signing_secret(endpoint.account_id).secret
    for path in (
        page(Endpoint, "changelist"),
        page(Endpoint, "change", endpoint.pk),
        page(Endpoint, "history", endpoint.pk),
        page(Delivery, "changelist"),
        page(Delivery, "change", delivery.pk),
    ):
        text = client.get(path).content.decode()
        assert endpoint.secret not in text
        assert default not in text
        assert "<script>alert" not in text
        assert "<b>no</b>" not in text


def test_a_delivery_is_replayed_after_asking(client: Client, delivery: Delivery) -> None:
    path = f"/admin/webhooks/delivery/{delivery.pk}/replay/"
    assert client.get(path).status_code == 200
    delivery.refresh_from_db()
    assert delivery.state == DeliveryState.FAILED
    assert client.post(path).status_code == 302
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempt_count, len(delivery.attempts)) == (DeliveryState.PENDING, 0, 1)


def test_an_endpoint_is_switched_off_with_a_reason_and_on_again(client: Client, endpoint: Endpoint) -> None:
    other = create_endpoint(endpoint.account, url="https://example.com/other", events=["endpoint.disabled"])
    path = f"/admin/webhooks/endpoint/{endpoint.pk}"
    assert client.post(f"{path}/switch_off/", {"reason": ""}).status_code == 200
    assert client.post(f"{path}/switch_off/", {"reason": "it floods us"}).status_code == 302
    endpoint.refresh_from_db()
    assert (endpoint.is_enabled, endpoint.disabled_reason) == (False, "the operator switched it off: it floods us")
    assert list(other.deliveries.values_list("event", flat=True)) == ["endpoint.disabled"]
    assert client.post(f"{path}/switch_on/").status_code == 302
    endpoint.refresh_from_db()
    assert (endpoint.is_enabled, endpoint.disabled_reason, endpoint.disabled_at) == (True, "", None)


def test_changing_webhooks_requires_the_change_permission(endpoint: Endpoint, delivery: Delivery) -> None:
    reader = Client()
    reader.force_login(staff("view_endpoint", "view_delivery", "view_balance"))
    assert reader.get(page(Endpoint, "change", endpoint.pk)).status_code == 200
    assert reader.post(f"/admin/webhooks/endpoint/{endpoint.pk}/switch_off/", {"reason": "x"}).status_code == 403
    assert reader.post(f"/admin/webhooks/delivery/{delivery.pk}/replay/").status_code == 403
    endpoint.refresh_from_db()
    delivery.refresh_from_db()
    assert (endpoint.is_enabled, delivery.state) == (True, DeliveryState.FAILED)


class TestSecretsOfReceivers:
    """A query of a URL and an endpoint's description, with a word that may be a secret."""

    SECRET = "canary"

    @pytest.fixture
    def rows(self) -> Endpoint:
        account = AccountFactory(name="Ada Ltd")
        url = f"https://hooks.example.com/in?token={self.SECRET}#{self.SECRET}"
        endpoint = create_endpoint(account, url=url, events=[], description=f"the key is {self.SECRET}")
        record_event(account.pk, event="job.failed", data={}, url=f"https://own.example.com/hook?key={self.SECRET}")
        Batch.objects.create(account=account, total=0, webhook_url=f"https://own.example.com/batch?key={self.SECRET}")
        Endpoint.objects.filter(pk=endpoint.pk).update(url=url.replace("hooks.", f"ada:{self.SECRET}@hooks."))  # of an earlier version
        return endpoint

    @pytest.mark.parametrize(
        ("permissions", "is_shown"), [((), False), (("view_texts",), True)], ids=["without the permission", "with the permission"]
    )
    def test_queries_of_urls_are_shown_with_the_permission_only(self, rows: Endpoint, permissions: tuple[str, ...], is_shown: bool) -> None:
        client = Client()
        client.force_login(staff("view_endpoint", "view_delivery", "view_batch", "view_account", *permissions))
        seen = []
        for model in (Endpoint, Delivery, Batch, Account):
            paths = [page(model, "changelist")]
            paths += [page(model, kind, key) for key in model.objects.values_list("pk", flat=True) for kind in ("change", "history")]
            texts = [client.get(path).content.decode() for path in paths]
            seen.append((any(self.SECRET in text for text in texts), "example.com/" in "".join(texts)))
        assert seen == [(is_shown, True)] * 4

    @pytest.mark.parametrize("model", [Endpoint, Delivery])
    @pytest.mark.parametrize(
        ("term", "found"),
        [
            ("hooks.example", True),
            ("HOOKS", True),
            ("Ada Ltd", True),
            ("canary", False),
            ("token", False),
            ("token=can", False),
            ("/in", False),
        ],
    )
    def test_search_without_the_permission_finds_hosts_and_accounts_alone(
        self, rows: Endpoint, model: type[Endpoint | Delivery], term: str, found: bool
    ) -> None:
        client = Client()
        client.force_login(staff("view_endpoint", "view_delivery"))
        listed = client.get(page(model, "changelist"), {"q": term}).context_data["cl"].result_list
        assert bool(list(listed)) is found

    def test_search_with_the_permission_finds_any_part_of_a_url(self, rows: Endpoint) -> None:
        client = Client()
        client.force_login(staff("view_endpoint", "view_texts"))
        assert list(client.get(page(Endpoint, "changelist"), {"q": "token=can"}).context_data["cl"].result_list) == [rows]


@pytest.mark.parametrize(("given", "kept"), [("250", 250_000), ("0", 0), ("", None)])
def test_an_account_s_threshold_is_changed(client: Client, given: str, kept: int | None) -> None:
    account = AccountFactory(credits=5)
    Balance.objects.update(low_threshold_millicredits=7, was_told_low=True)
    path = f"/admin/billing/balance/{account.pk}/change_threshold/"
    assert client.get(path).status_code == 200
    assert client.post(path, {"credits": "-1"}).status_code == 200
    assert client.post(path, {"credits": given}).status_code == 302
    balance = Balance.objects.get()
    assert (balance.low_threshold_millicredits, balance.was_told_low, balance.available_millicredits) == (kept, False, 5000)
