"""Pages of webhooks."""

from typing import Any

from django.test import Client

from apps.accounts.models import Account, Role
from apps.teams import access
from apps.webhooks.models import Delivery, DeliveryState, Endpoint, SigningSecret
from apps.webhooks.services.outbox import record_event
from tests.account_pages.conftest import MemberOf
from tests.account_pages.test_keys import secret_in

HOOKS = "/dashboard/webhooks/"
URL = "https://example.com/hook"


def delivered(account: Account, endpoint: Endpoint, **fields: Any) -> Delivery:
    (delivery,) = record_event(account.pk, event="test", data={"message": "Ada's message <b>"}, endpoint=endpoint)
    for name, value in fields.items():
        setattr(delivery, name, value)
    delivery.save()
    return delivery


def test_endpoint_is_added_changed_and_deleted(browser: Client, account: Account) -> None:
    assert "No endpoints yet" in browser.get(HOOKS).content.decode()
    refused = browser.post(f"{HOOKS}new/", {"url": "http://127.0.0.1/x", "events": ["job.completed"]})
    assert refused.status_code == 422
    assert "127.0.0.1" in refused.content.decode()
    secret = secret_in(browser.post(f"{HOOKS}new/", {"url": URL, "events": ["job.completed"]}).content.decode())
    endpoint = Endpoint.objects.get()
    assert (endpoint.account, endpoint.url, endpoint.events, endpoint.secret) == (account, URL, ["job.completed"], secret)
    page = f"{HOOKS}{endpoint.uuid}/"
    assert secret not in browser.get(page).content.decode()
    assert browser.post(page, {"url": URL, "description": "Production"}).headers["Location"] == page
    endpoint.refresh_from_db()
    assert (endpoint.events, endpoint.description) == ([], "Production")
    rotated = secret_in(browser.post(f"{page}rotate/", {"overlap_seconds": "3600"}).content.decode())
    endpoint.refresh_from_db()
    assert (endpoint.secret, endpoint.previous_secret) == (rotated, secret)
    assert browser.post(f"{page}delete/").headers["Location"] == HOOKS
    assert not Endpoint.objects.exists()


def test_disabled_endpoint_tells_its_reason_and_takes_no_test_event(browser: Client, account: Account) -> None:
    endpoint = Endpoint.objects.create(account=account, url=URL)
    page = f"{HOOKS}{endpoint.uuid}/"
    browser.post(f"{page}switch/", {"enabled": "0"})
    shown = browser.get(page).content.decode()
    assert "its owner switched it off" in shown
    assert "Send a test event" not in shown
    assert browser.post(f"{page}test/").status_code == 409
    browser.post(f"{page}switch/", {"enabled": "1"})
    tested = browser.post(f"{page}test/")
    assert tested.headers["Location"] == f"{HOOKS}deliveries/{Delivery.objects.get().uuid}/"


def test_delivery_shows_body_attempts_and_is_sent_again(browser: Client, account: Account) -> None:
    endpoint = Endpoint.objects.create(account=account, url=URL)
    attempts = [
        {"at": "2026-11-30T10:00:00+00:00", "status": 500, "answer": "<b>oops</b>", "error": "status 500"},
        {"at": "2026-11-30T10:00:05+00:00", "status": None, "answer": "", "error": "no route to host"},
    ]
    delivery = delivered(account, endpoint, state=DeliveryState.FAILED, attempts=attempts, attempt_count=2, next_attempt_at=None)
    page = f"{HOOKS}deliveries/{delivery.uuid}/"
    shown = browser.get(page).content.decode()
    for text in ("Attempt 2", "no route to host", "&lt;b&gt;oops&lt;/b&gt;", "Ada&#x27;s message &lt;b&gt;", f"webhook-id: {delivery}"):
        assert text in shown, text
    assert "hx-get" not in shown
    assert browser.post(f"{page}replay/").headers["Location"] == page
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempt_count) == (DeliveryState.PENDING, 0)
    assert "hx-get" in browser.get(f"{page}state/").content.decode()


def test_list_of_deliveries_has_pages(browser: Client, account: Account) -> None:
    endpoint = Endpoint.objects.create(account=account, url=URL)
    for _ in range(26):
        delivered(account, endpoint)
    shown = browser.get(f"{HOOKS}{endpoint.uuid}/").content.decode()
    assert (shown.count("/dashboard/webhooks/deliveries/"), "?page=2" in shown) == (25, True)
    assert browser.get(f"{HOOKS}{endpoint.uuid}/", {"page": "2"}).content.decode().count("/dashboard/webhooks/deliveries/") == 1
    assert browser.get(HOOKS).content.decode().count("/dashboard/webhooks/deliveries/") == 10


def test_default_secret_is_made_and_shown_once(browser: Client, account: Account) -> None:
    secret = secret_in(browser.post(f"{HOOKS}secret/", {"overlap_seconds": "0"}).content.decode())
    assert SigningSecret.objects.get(account=account).secret == secret


def test_page_of_an_endpoint_offers_a_viewer_no_deletion(account: Account, browser_of: MemberOf) -> None:
    endpoint = Endpoint.objects.create(account=account, url=URL)
    page = browser_of(Role.VIEWER, account).get(f"{HOOKS}{endpoint.uuid}/")
    assert (page.status_code, "delete" in page.content.decode().lower()) == (200, False)


def test_tests_and_replays_of_an_endpoint_are_limited_by_page_and_api_together(browser: Client, account: Account) -> None:
    endpoint, other = (Endpoint.objects.create(account=account, url=URL) for _ in range(2))
    replay = f"{HOOKS}deliveries/{delivered(account, endpoint).uuid}/replay/"
    test = f"{HOOKS}{endpoint.uuid}/test/"
    assert [browser.post(path).status_code for path in [test, replay] * 5] == [302] * 10
    refused = browser.post(test, headers={"HX-Request": "true"})
    assert (refused.status_code, refused.headers["Retry-After"].isdigit()) == (429, True)
    assert browser.post(replay).status_code == 429
    assert browser.post(f"/web/v1/webhooks/{endpoint.uuid}/test/").status_code == 429
    assert browser.post(f"{HOOKS}{other.uuid}/test/").status_code == 302


def test_forms_of_a_person_are_limited_and_pages_are_not(browser: Client, monkeypatch: Any) -> None:
    monkeypatch.setattr(access, "FORMS_PER_MINUTE", 2)
    pages = ("/dashboard/team/rename/", "/dashboard/settings/", "/dashboard/team/rename/", f"{HOOKS}new/")
    answers = [browser.post(path, {"name": "Studio"}) for path in pages]
    assert [answer.status_code for answer in answers[:3]] == [302, 302, 429]
    assert [answers[number].status_code for number in (2, 3)] == [429, 429]
    assert "Try again in" in answers[2].content.decode()
    assert browser.get(HOOKS).status_code == 200
