"""webhook_url in request bodies: refused at admission if it cannot be called."""

from typing import Any

import pytest

from apps.jobs.models import Job
from apps.webhooks.models import SigningSecret
from tests.speech.people import Person, anonymous, person
from tests.webhooks.receivers import Receiver

pytestmark = pytest.mark.usefixtures("working_platform")


@pytest.fixture
def owner() -> Person:
    return person()


def error_of(answer: Any) -> tuple[int, str, str]:
    error = answer.json()["error"]
    return answer.status_code, error["code"], error["param"]


@pytest.mark.parametrize(
    "url", ["https://example.com/hook?a=b#c", "http://8.8.8.8:9000/", "https://grüße.example/hören", "http://nowhere.invalid/"]
)
def test_an_address_is_kept_with_the_job(owner: Person, url: str) -> None:
    answer = owner.say(webhook_url=url)
    assert answer.status_code == 200, answer.content
    job = Job.objects.get(uuid=answer.json()["uuid"])
    assert (job.webhook_url, job.has_webhooks, job.public_base) == (url, True, "http://testserver")


@pytest.mark.parametrize("nothing", [{}, {"webhook_url": None}, {"webhook_url": ""}])
def test_job_without_a_webhook_url_sends_no_event(owner: Person, nothing: dict[str, Any]) -> None:
    assert Job.objects.get(uuid=owner.say(**nothing).json()["uuid"]).webhook_url == ""
    assert anonymous().say(**nothing).status_code == 200


@pytest.mark.parametrize(
    ("url", "code", "words"),
    [
        ("ftp://example.com/", "invalid_url", "must begin with http:// or https://"),
        ("example.com/hook", "invalid_url", "must begin with http:// or https://"),
        ("https://me:secret@example.com/", "invalid_url", "must not contain a user name"),
        ("https://example.com/a b", "invalid_url", "spaces"),
        ("https://example.com:0/", "invalid_url", "no valid port"),
        ("https://example.com:x/", "invalid_url", "is malformed"),
        ("https://" + "x" * 3000, "invalid_url", "longer than 2048"),
        ("https://ä..example/", "invalid_url", "is malformed"),
        ("http://127.0.0.1/", "invalid_url", "may not be reached"),
        ("http://127.1/", "invalid_url", "may not be reached"),
        ("http://0x7f000001/", "invalid_url", "may not be reached"),
        ("http://localhost/", "invalid_url", "may not be reached"),
        ("http://api.localhost./", "invalid_url", "may not be reached"),
        ("http://169.254.169.254/latest/meta-data/", "invalid_url", "may not be reached"),
        ("http://[::ffff:10.0.0.1]/", "invalid_url", "may not be reached"),
        (7, "invalid_request", "valid string"),
        (["https://example.com/"], "invalid_request", "valid string"),
        (True, "invalid_request", "valid string"),
    ],
)
def test_webhook_url_that_cannot_be_called_is_a_400_and_queues_nothing(owner: Person, url: Any, code: str, words: str) -> None:
    answer = owner.say(webhook_url=url)
    assert error_of(answer) == (400, code, "webhook_url")
    assert words in answer.json()["error"]["message"]
    assert Job.objects.count() == 0
    assert owner.millicredits == 1_000_000


def test_the_operator_s_own_addresses_are_taken(owner: Person, receiver: Receiver) -> None:
    assert owner.say(webhook_url=receiver.url).status_code == 200
    assert error_of(owner.say(webhook_url="http://127.0.0.1:1/")) == (400, "invalid_url", "webhook_url")


def test_webhook_url_without_a_key_is_refused() -> None:
    answer = anonymous().say(webhook_url="https://example.com/hook")
    assert error_of(answer) == (403, "webhook_needs_key", "webhook_url")
    assert "API key" in answer.json()["error"]["message"]
    assert Job.objects.count() == 0


def test_the_default_secret_is_shown_once(owner: Person) -> None:
    owner.say(webhook_url="https://example.com/hook")
    assert SigningSecret.objects.count() == 0
    secret = owner.post("/v1/webhooks/secret/", {}).json()["secret"]
    assert SigningSecret.objects.get(account=owner.account).secret == secret
    shown = owner.get("/v1/webhooks/secret/").json()
    assert (shown["hint"], set(shown)) == (f"{secret[:10]}…", {"hint", "previous_secret_until"})


def test_repeat_with_an_idempotency_key_is_one_job_or_a_409(owner: Person) -> None:
    first = owner.post("/v1/tts/", {"text": "Hello.", "webhook_url": "https://example.com/a"}, Idempotency_Key="k")
    again = owner.post("/v1/tts/", {"text": "Hello.", "webhook_url": "https://example.com/a"}, Idempotency_Key="k")
    assert again.json()["uuid"] == first.json()["uuid"]
    other = owner.post("/v1/tts/", {"text": "Hello.", "webhook_url": "https://example.com/b"}, Idempotency_Key="k")
    assert other.status_code == 409


def test_a_host_that_may_not_be_used_leaves_no_base(owner: Person, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["speech.example.com"]
    settings.TTSAI_LOCAL_URL = "http://127.0.0.1:8000"
    assert Job.objects.get(uuid=owner.say().json()["uuid"]).public_base == ""
