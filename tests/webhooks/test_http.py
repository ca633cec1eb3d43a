"""/v1/webhooks/ as the owner, a colleague, an outsider, an anonymous caller and a key without the scope."""

import json
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from standardwebhooks import Webhook

from apps.accounts.models import Account
from apps.core.fair_share import FairShare
from apps.webhooks.events import EVENTS, EXAMPLES
from apps.webhooks.models import Delivery, Endpoint
from apps.webhooks.services import record_event
from apps.webhooks.services.endpoints import MOST_ENDPOINTS
from apps.webhooks.services.sending import claim_due
from tests.factories import AccountFactory, MembershipFactory, bearer, make_key
from tests.webhooks.receivers import Receiver
from tests.webhooks.sending import attempt_delivery

pytestmark = pytest.mark.django_db

URL = "https://example.com/hooks/tts"


@dataclass
class Somebody:
    """A client that sends requests, with a key or without one."""

    headers: dict[str, str] = field(default_factory=dict)

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        return Client().generic(method, f"/v1/webhooks/{path}", _json(body), "application/json", headers=self.headers)

    def make(self, **options: Any) -> dict[str, Any]:
        answer = self.ask("POST", "", {"url": URL, **options})
        assert answer.status_code == 200, answer.content
        return dict(answer.json())


def _json(body: Any) -> bytes:
    return b"" if body is None else json.dumps(body).encode()


def with_key_of(account: Account, **limits: Any) -> Somebody:
    return Somebody(bearer(make_key(account, **limits)[1]))


@pytest.fixture
def account() -> Account:
    return AccountFactory()


@pytest.fixture
def owner(account: Account) -> Somebody:
    MembershipFactory(account=account, role="owner")
    return with_key_of(account)


@pytest.fixture
def colleague(account: Account) -> Somebody:
    MembershipFactory(account=account, role="member")
    return with_key_of(account)


@pytest.fixture
def outsider() -> Somebody:
    return with_key_of(AccountFactory())


def error_of(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


@pytest.fixture
def delivery(owner: Somebody, account: Account) -> Delivery:
    owner.make()
    return record_event(account.pk, event="job.completed", data={"uuid": "1"})[0]


ROUTES = [
    ("GET", ""),
    ("POST", ""),
    ("GET", "events/"),
    ("GET", "secret/"),
    ("POST", "secret/"),
    ("GET", "deliveries/"),
    ("POST", "deliveries/{delivery}/replay/"),
    ("GET", "{endpoint}/"),
    ("PATCH", "{endpoint}/"),
    ("POST", "{endpoint}/rotate/"),
    ("POST", "{endpoint}/test/"),
    ("DELETE", "{endpoint}/"),
]
BODIES = {("POST", ""): {"url": URL}}


@pytest.mark.parametrize(("method", "path"), ROUTES, ids=str)
class TestEveryRoute:
    def filled(self, path: str, delivery: Delivery) -> str:
        return path.format(delivery=delivery.uuid, endpoint=delivery.endpoint_id)

    def test_a_colleague_of_the_same_account_has_access(self, method: str, path: str, delivery: Delivery, colleague: Somebody) -> None:
        answer = colleague.ask(method, self.filled(path, delivery), BODIES.get((method, path), {}))
        assert answer.status_code == 200, answer.content
        assert answer["Cache-Control"] == "no-store"

    def test_an_outsider_sees_and_changes_nothing(self, method: str, path: str, delivery: Delivery, outsider: Somebody) -> None:
        before = (list(Endpoint.objects.filter(account=delivery.account).values()), list(Delivery.objects.values()))
        answer = outsider.ask(method, self.filled(path, delivery), BODIES.get((method, path), {}))
        assert answer.status_code == (404 if "{" in path else 200)
        assert (list(Endpoint.objects.filter(account=delivery.account).values()), list(Delivery.objects.values())) == before
        for secret in (str(delivery.uuid), delivery.endpoint.secret if delivery.endpoint else "", str(delivery.endpoint_id)):
            assert secret not in answer.content.decode()


class TestEndpoints:
    def test_a_new_endpoint_shows_its_secret_and_never_again(self, owner: Somebody) -> None:
        made = owner.make(events=["job.completed", "credits.low"], description="production")
        secret = made.pop("secret")
        Webhook(secret)  # the library takes it
        assert made == {
            "id": made["id"],
            "url": URL,
            "description": "production",
            "events": ["job.completed", "credits.low"],
            "is_enabled": True,
            "disabled_reason": "",
            "disabled_at": None,
            "failing_since": None,
            "created_at": made["created_at"],
        }
        for path in ("", f"{made['id']}/", "deliveries/"):
            assert secret not in owner.ask("GET", path).content.decode()
        assert owner.ask("GET", "").json() == {"endpoints": [made], "total": 1}

    def test_an_endpoint_is_changed_in_part(self, owner: Somebody) -> None:
        made = owner.make(events=["job.completed"], description="old")
        changed = owner.ask("PATCH", f"{made['id']}/", {"description": "new", "is_enabled": False}).json()
        assert (changed["url"], changed["events"], changed["description"]) == (URL, ["job.completed"], "new")
        assert (changed["is_enabled"], changed["disabled_reason"]) == (False, "its owner switched it off")
        again = owner.ask("PATCH", f"{made['id']}/", {"is_enabled": True, "events": []}).json()
        assert (again["is_enabled"], again["disabled_reason"], again["disabled_at"], again["events"]) == (True, "", None, [])

    def test_a_removed_endpoint_is_gone_with_its_deliveries(self, owner: Somebody, delivery: Delivery) -> None:
        assert owner.ask("DELETE", f"{delivery.endpoint_id}/").json()["id"] == str(delivery.endpoint_id)
        assert owner.ask("GET", f"{delivery.endpoint_id}/").status_code == 404
        assert Delivery.objects.count() == 0

    @pytest.mark.parametrize(
        ("body", "code", "param"),
        [
            ({}, "missing_field", "url"),
            ({"url": None}, "missing_field", "url"),
            ({"url": ""}, "missing_field", "url"),
            ({"url": 7}, "invalid_request", "url"),
            ({"url": ["https://example.com"]}, "invalid_request", "url"),
            ({"url": "example.com/hook"}, "invalid_url", "url"),
            ({"url": "ftp://example.com/hook"}, "invalid_url", "url"),
            ({"url": "https://user:password@example.com/"}, "invalid_url", "url"),
            ({"url": "http://127.0.0.1/"}, "invalid_url", "url"),
            ({"url": "http://[::ffff:10.0.0.1]/"}, "invalid_url", "url"),
            ({"url": "http://2130706433/"}, "invalid_url", "url"),
            ({"url": "http://localhost:8000/"}, "invalid_url", "url"),
            ({"url": "https://ä..example/"}, "invalid_url", "url"),
            ({"url": "https://example.com/" + "x" * 2048}, "invalid_request", "url"),
            ({"url": URL, "events": ["job.exploded"]}, "unknown_event", "events"),
            ({"url": URL, "events": "job.completed"}, "invalid_request", "events"),
            ({"url": URL, "events": [1]}, "invalid_request", "events[0]"),
            ({"url": URL, "events": ["test"] * 51}, "invalid_request", "events"),
            ({"url": URL, "description": "x" * 201}, "invalid_request", "description"),
            ([], "invalid_request", None),
            ("url", "invalid_request", None),
        ],
    )
    def test_a_wrong_endpoint_is_explained(self, owner: Somebody, body: Any, code: str, param: str | None) -> None:
        answer = owner.ask("POST", "", body)
        assert (*error_of(answer), (answer.json()["error"]["param"] or "").partition(".")[0] or None) == (400, code, param)
        assert Endpoint.objects.count() == 0

    @pytest.mark.parametrize(
        "body", [{"url": "http://10.0.0.1/"}, {"url": None}, {"events": ["x"]}, {"is_enabled": "perhaps"}, {"is_enabled": None}]
    )
    def test_a_wrong_change_is_explained_and_changes_nothing(self, owner: Somebody, body: Any) -> None:
        made = owner.make()
        assert owner.ask("PATCH", f"{made['id']}/", body).status_code == 400
        assert owner.ask("GET", f"{made['id']}/").json() == {name: value for name, value in made.items() if name != "secret"}

    def test_an_account_has_a_bounded_number_of_endpoints(self, owner: Somebody, account: Account) -> None:
        Endpoint.objects.bulk_create(Endpoint(account=account, url=URL) for _ in range(MOST_ENDPOINTS))
        assert error_of(owner.ask("POST", "", {"url": URL})) == (400, "too_many_endpoints")

    @pytest.mark.parametrize("path", ["not-a-uuid/", f"{UUID(int=1)}/", f"deliveries/{UUID(int=2)}/replay/", f"{UUID(int=0)}/test/"])
    def test_an_unknown_endpoint_or_delivery_is_a_404(self, owner: Somebody, path: str) -> None:
        method = "POST" if path.count("/") > 1 else "GET"
        assert owner.ask(method, path).status_code == 404


class TestSecrets:
    def test_a_rotated_secret_signs_from_now_on(self, owner: Somebody, account: Account, receiver: Receiver) -> None:
        made = owner.make(url=receiver.url)
        answer = owner.ask("POST", f"{made['id']}/rotate/", {"overlap_seconds": 3600})
        new = answer.json()["secret"]
        record_event(account.pk, event="credits.low", data={})
        attempt_delivery(claim_due(FairShare(usual=64, most=64), most=1)[0])
        for secret in (made["secret"], new):
            assert receiver.verified(secret)[0]["type"] == "credits.low"

    def test_rotation_without_overlap_ends_the_old_secret_at_once(self, owner: Somebody, account: Account, receiver: Receiver) -> None:
        made = owner.make(url=receiver.url)
        new = owner.ask("POST", f"{made['id']}/rotate/", {"overlap_seconds": 0}).json()["secret"]
        record_event(account.pk, event="credits.low", data={})
        attempt_delivery(claim_due(FairShare(usual=64, most=64), most=1)[0])
        (headers, _) = receiver.received[0]
        assert len(headers["webhook-signature"].split()) == 1
        assert receiver.verified(new)[0]["type"] == "credits.low"

    def test_default_secret_is_shown_once_and_recognised_by_its_prefix(self, owner: Somebody, colleague: Somebody) -> None:
        first = owner.ask("POST", "secret/", {}).json()["secret"]
        assert owner.ask("GET", "secret/").json()["hint"] == colleague.ask("GET", "secret/").json()["hint"] == f"{first[:10]}…"
        new = colleague.ask("POST", "secret/", {}).json()["secret"]
        shown = owner.ask("GET", "secret/").content.decode()
        assert new[:10] in shown
        assert new not in shown
        assert first not in shown

    @pytest.mark.parametrize("seconds", [-1, 7 * 24 * 3600 + 1, "soon", None])
    def test_a_wrong_overlap_is_explained(self, owner: Somebody, seconds: Any) -> None:
        made = owner.make()
        for path in (f"{made['id']}/rotate/", "secret/"):
            answer = owner.ask("POST", path, {"overlap_seconds": seconds})
            assert (answer.status_code, answer.json()["error"]["param"]) == (400, "overlap_seconds")


class TestDeliveries:
    """Deliveries with every response; replay."""

    def test_test_event_is_delivered_and_its_delivery_reported(self, owner: Somebody, receiver: Receiver) -> None:
        made = owner.make(url=receiver.url, events=["job.completed"])
        queued = owner.ask("POST", f"{made['id']}/test/").json()
        assert (queued["event"], queued["state"], queued["attempts"]) == ("test", "pending", [])
        attempt_delivery(claim_due(FairShare(usual=64, most=64), most=1)[0])
        (reported,) = owner.ask("GET", "deliveries/").json()["deliveries"]
        assert (reported["id"], reported["state"], reported["next_attempt_at"]) == (queued["id"], "delivered", None)
        assert [(attempt["status"], attempt["answer"], attempt["error"]) for attempt in reported["attempts"]] == [(200, "heard", "")]
        assert reported["body"] == receiver.verified(made["secret"])[0]
        assert reported["body"]["data"] == EXAMPLES["test"]
        assert receiver.message_ids == [reported["message_id"]]

    def test_a_replay_sends_the_same_id_and_body(self, owner: Somebody, receiver: Receiver, account: Account) -> None:
        made = owner.make(url=receiver.url)
        record_event(account.pk, event="job.completed", data={"uuid": "1"})
        attempt_delivery(claim_due(FairShare(usual=64, most=64), most=1)[0])
        (reported,) = owner.ask("GET", "deliveries/").json()["deliveries"]
        again = owner.ask("POST", f"deliveries/{reported['id']}/replay/").json()
        assert (again["id"], again["state"], len(again["attempts"])) == (reported["id"], "pending", 1)
        attempt_delivery(claim_due(FairShare(usual=64, most=64), most=1)[0])
        assert receiver.message_ids == [reported["message_id"]] * 2
        assert receiver.received[0][1] == receiver.received[1][1]
        assert len(receiver.verified(made["secret"])) == 2

    def test_a_disabled_endpoint_receives_no_test_and_no_replay(self, owner: Somebody) -> None:
        made = owner.make(events=["job.completed"])
        queued = owner.ask("POST", f"{made['id']}/test/").json()
        owner.ask("PATCH", f"{made['id']}/", {"is_enabled": False})
        for path in (f"{made['id']}/test/", f"deliveries/{queued['id']}/replay/"):
            assert error_of(owner.ask("POST", path)) == (409, "endpoint_disabled")
        (reported,) = owner.ask("GET", "deliveries/").json()["deliveries"]
        assert (reported["state"], reported["next_attempt_at"]) == ("failed", None)
        owner.ask("PATCH", f"{made['id']}/", {"is_enabled": True})
        assert owner.ask("POST", f"deliveries/{queued['id']}/replay/").json()["state"] == "pending"

    def test_deliveries_are_paged_newest_first_and_by_endpoint(self, owner: Somebody, account: Account) -> None:
        first, second = owner.make(events=["job.completed"]), owner.make(events=["job.failed"])
        for number in range(3):
            record_event(account.pk, event="job.completed", data={"number": number})
        record_event(account.pk, event="job.failed", data={"number": 3})
        page = owner.ask("GET", "deliveries/?page_size=2").json()
        assert ([one["body"]["data"]["number"] for one in page["deliveries"]], page["total"], page["page"]) == ([3, 2], 4, 1)
        rest = owner.ask("GET", "deliveries/?page_size=2&page=2").json()
        assert [one["body"]["data"]["number"] for one in rest["deliveries"]] == [1, 0]
        assert owner.ask("GET", f"deliveries/?endpoint_id={second['id']}").json()["total"] == 1
        assert owner.ask("GET", f"deliveries/?endpoint_id={first['id']}").json()["total"] == 3
        assert owner.ask("GET", "deliveries/?page=99").json()["deliveries"] == []

    @pytest.mark.parametrize("query", ["page=0", "page=x", "page_size=101", "page_size=0", "endpoint_id=7", "page=99999999999999999999"])
    def test_a_wrong_query_is_explained(self, owner: Somebody, query: str) -> None:
        assert owner.ask("GET", f"deliveries/?{query}").status_code == 400

    def test_the_deliveries_of_another_account_s_endpoint_are_404(self, delivery: Delivery, outsider: Somebody) -> None:
        assert outsider.ask("GET", f"deliveries/?endpoint_id={delivery.endpoint_id}").status_code == 404

    def test_an_endpoint_that_answers_410_is_shown_as_disabled(self, owner: Somebody, receiver: Receiver) -> None:
        receiver.status = 410
        made = owner.make(url=receiver.url)
        owner.ask("POST", f"{made['id']}/test/")
        attempt_delivery(claim_due(FairShare(usual=64, most=64), most=1)[0])
        reported = owner.ask("GET", f"{made['id']}/").json()
        assert (reported["is_enabled"], reported["disabled_reason"]) == (False, "it answered 410 Gone")
        assert reported["disabled_at"] is not None


def test_the_events_are_listed_with_examples(owner: Somebody) -> None:
    events = owner.ask("GET", "events/").json()["events"]
    assert {event["name"] for event in events} == set(EVENTS) == set(EXAMPLES)
    assert all(event["example"]["type"] == event["name"] and event["example"]["data"] == EXAMPLES[event["name"]] for event in events)
