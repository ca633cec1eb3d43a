"""Mails: nothing is lost while the mail server is away, nothing is sent twice, and what was sent is blanked."""

import smtplib
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from django.core.mail.backends.base import BaseEmailBackend
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.utils import timezone

from apps.mail.links import at_link_base, link_base
from apps.mail.models import MailState, OutgoingMail
from apps.mail.services import MailContent, forget_mails, send_due_mail, write_mail
from tests.fresh_state import fresh_state
from tests.identity.people import sign_up

pytestmark = pytest.mark.django_db

CONTENT = MailContent(
    subject="Hello\nthere",
    paragraphs=["One <b>.", "Two."],
    code="ABCD-EFGH",
    link=("Go", "http://a.example.com/?a=1&b=2"),
    facts=[("Time", "now")],
)
SENT: list[str] = []
FAILURES: list[Exception] = []


class Server(BaseEmailBackend):
    """Mail server that fails as FAILURES say, then takes everything."""

    def send_messages(self, email_messages: Any) -> int:
        if FAILURES:
            raise FAILURES.pop(0)
        SENT.extend(message.to[0] for message in email_messages)
        return len(email_messages)


@pytest.fixture(autouse=True)
def _server(settings: Any, tmp_path: Path) -> None:
    SENT.clear()
    FAILURES.clear()
    settings.TTSAI_MAIL_FOLDER = str(tmp_path / "mail")
    settings.EMAIL_BACKEND = "tests.mail.test_mail.Server"


def mail(to: str = "ann@example.com", **more: Any) -> OutgoingMail:
    return write_mail("test", to=to, content=CONTENT, **more)


def states() -> list[str]:
    return [one.state for one in OutgoingMail.objects.order_by("id")]


def make_due() -> None:
    OutgoingMail.objects.update(next_attempt_at=timezone.now())


def test_mail_is_a_private_file_of_text_and_html_without_a_mail_server(settings: Any) -> None:
    settings.EMAIL_BACKEND = "apps.mail.folder.FolderBackend"
    mail()
    assert send_due_mail() == 1
    [file] = Path(settings.TTSAI_MAIL_FOLDER).iterdir()
    assert (file.suffix, file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (".eml", 0o600, 0o700)
    message = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert (message["To"], message["Subject"], message["From"]) == ("ann@example.com", "Hello there", settings.DEFAULT_FROM_EMAIL)
    text, html = (message.get_body((kind,)).get_content() for kind in ("plain", "html"))  # type: ignore[union-attr]
    assert text.startswith("One <b>.\n\nTwo.\n\n    ABCD-EFGH\n\nGo: http://a.example.com/?a=1&b=2\n\nTime: now\n")
    assert ("One &lt;b&gt;." in html, 'href="http://a.example.com/?a=1&amp;b=2"' in html) == (True, True)


def test_sent_mail_is_blanked_and_never_sent_again() -> None:
    mail()
    assert (send_due_mail(), send_due_mail()) == (1, 0)
    row = OutgoingMail.objects.get()
    assert (row.state, row.text, row.html, row.attempts, SENT) == (MailState.SENT, "", "", 1, ["ann@example.com"])


def test_mails_wait_for_a_server_that_is_away_and_the_round_ends() -> None:
    mail("a@example.com")
    mail("b@example.com")
    FAILURES.append(ConnectionRefusedError(111, "Connection refused"))
    assert (send_due_mail(), states()) == (0, ["waiting", "waiting"])
    first = OutgoingMail.objects.order_by("id")[0]
    assert (first.attempts, first.error, first.text != "") == (1, "ConnectionRefusedError: [Errno 111] Connection refused", True)
    assert 5 < (first.next_attempt_at - timezone.now()).total_seconds() <= 10
    make_due()
    assert (send_due_mail(), sorted(SENT)) == (2, ["a@example.com", "b@example.com"])


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (smtplib.SMTPRecipientsRefused({"a@example.com": (550, b"no such user")}), "failed"),
        (smtplib.SMTPRecipientsRefused({"a@example.com": (450, b"busy")}), "waiting"),
        (smtplib.SMTPDataError(554, b"spam"), "failed"),
        (smtplib.SMTPDataError(451, b"later"), "waiting"),
    ],
)
def test_refusal_of_one_mail_does_not_hold_up_the_next(error: Exception, state: str) -> None:
    mail("a@example.com")
    mail("b@example.com")
    FAILURES.append(error)
    assert (send_due_mail(), states(), SENT) == (1, [state, "sent"], ["b@example.com"])


UNDELIVERABLE = f"a@{'é' * 60}.com"
"""Address that looks right, and whose domain is longer on the wire than a domain may be."""


@pytest.mark.parametrize("error", [UnicodeError("label too long"), ValueError("a newline"), KeyError("a bug")])
def test_mail_whose_sending_raises_an_error_does_not_hold_up_the_next(error: Exception) -> None:
    mail("a@example.com")
    mail("b@example.com")
    FAILURES.append(error)
    assert (send_due_mail(), states(), SENT) == (1, ["waiting", "sent"], ["b@example.com"])
    assert (send_due_mail(), OutgoingMail.objects.order_by("id")[0].attempts) == (0, 1)


def test_all_mails_that_wait_are_delayed_while_the_mail_server_is_away() -> None:
    delayed = OutgoingMail.objects.order_by("id").values_list("is_delayed", flat=True)
    for address in ("a@example.com", "b@example.com"):
        mail(address)
    assert list(delayed.all()) == [False, False]
    FAILURES.append(ConnectionRefusedError("refused"))
    send_due_mail()
    mail("c@example.com")
    assert list(delayed.all()) == [True, True, True]
    FAILURES.append(smtplib.SMTPDataError(451, "try again"))
    send_due_mail()
    assert (states(), list(delayed.all())) == (["waiting", "waiting", "sent"], [False, False, False])


@pytest.mark.parametrize("backend", ["django.core.mail.backends.locmem.EmailBackend", "apps.mail.folder.FolderBackend"])
def test_address_that_cannot_be_encoded_fails_and_other_mails_are_sent(settings: Any, backend: str) -> None:
    settings.EMAIL_BACKEND = backend
    assert (mail(UNDELIVERABLE).state, mail().state, send_due_mail()) == ("failed", "waiting", 1)
    OutgoingMail.objects.filter(to=UNDELIVERABLE).update(state="waiting", text="of an older version")
    mail()
    assert (send_due_mail(), states()) == (1, ["failed", "sent", "sent"])
    assert OutgoingMail.objects.order_by("id")[0].text == ""


def test_mail_server_that_answers_with_a_nul_is_stored_as_an_error() -> None:
    mail()
    FAILURES.append(smtplib.SMTPDataError(554, "no\0thing"))
    assert (send_due_mail(), states()) == (0, ["failed"])


@pytest.mark.parametrize("address", [UNDELIVERABLE, "a@[127.0.0.1]"])
@pytest.mark.parametrize("page", ["/account/signup/", "/account/password/reset/"])
def test_page_refuses_an_address_that_no_mail_can_be_sent_to(settings: Any, tmp_path: Path, page: str, address: str) -> None:
    with fresh_state(settings, tmp_path):
        answer = Client().post(page, {"email": address, "password1": "a sentence that nobody guesses"})
    assert "No mail can be sent to this address" in answer.content.decode()
    assert OutgoingMail.objects.count() == 0


def test_worker_that_was_killed_while_sending_sends_again_later(monkeypatch: Any) -> None:
    class Killed(BaseException):
        pass

    mail()
    monkeypatch.setattr(Server, "send_messages", lambda *_: (_ for _ in ()).throw(Killed))
    with pytest.raises(Killed):
        send_due_mail()
    monkeypatch.undo()
    assert (send_due_mail(), states()) == (0, ["waiting"])
    make_due()
    assert (send_due_mail(), states()) == (1, ["sent"])


def test_expired_mail_is_given_up_without_being_sent() -> None:
    mail(lifetime=timedelta(seconds=-1))
    assert (send_due_mail(), states(), SENT) == (0, ["failed"], [])
    assert OutgoingMail.objects.get().text == ""


def test_old_mails_are_forgotten_but_not_those_that_wait() -> None:
    mail("a@example.com")
    send_due_mail()
    mail("b@example.com")
    OutgoingMail.objects.update(created_at=timezone.now() - timedelta(days=8))
    assert (forget_mails(), OutgoingMail.objects.get().to) == (1, "b@example.com")


def test_sign_up_page_reports_an_absent_mail_server_and_offers_another_code(settings: Any, tmp_path: Path) -> None:

    with fresh_state(settings, tmp_path):
        client = Client()
        sign_up(client, "new@example.com")
        assert "On its way" in client.get("/account/confirm-email/").content.decode()
        FAILURES.append(TimeoutError("timed out"))
        send_due_mail()
        page = client.get("/account/confirm-email/").content.decode()
        assert ("does not answer at the moment" in page, "Send another code" in page) == (True, True)
        another = Client()
        sign_up(another, "another@example.com")
        assert "does not answer at the moment" in another.get("/account/mail-state/").content.decode()
        make_due()
        send_due_mail()
        assert "Sent." in client.get("/account/mail-state/").content.decode()
        assert "Sent." in another.get("/account/mail-state/").content.decode()
        assert "Sent." not in Client().get("/account/mail-state/").content.decode()


@pytest.mark.parametrize(
    ("host", "base"),
    [
        ("evil.example.com", "http://127.0.0.1:8000"),
        ("8.8.8.8", "http://127.0.0.1:8000"),
        ("192.168.1.5:8000", "http://192.168.1.5:8000"),
        ("[::1]:9000", "http://[::1]:9000"),
        ("localhost:8000", "http://localhost:8000"),
    ],
)
def test_links_lead_to_known_hosts_only(settings: Any, host: str, base: str) -> None:
    settings.TTSAI_LOCAL_URL, settings.TTSAI_PUBLIC_URL, settings.ALLOWED_HOSTS = "http://127.0.0.1:8000", "", ["*"]
    request: HttpRequest = RequestFactory().get("/", HTTP_HOST=host)
    assert (link_base(request), at_link_base(request, f"http://{host}/a/?b=c")) == (base, f"{base}/a/?b=c")
    settings.TTSAI_PUBLIC_URL = "https://speech.example.com/"
    assert link_base(request) == "https://speech.example.com"


def test_host_that_the_operator_listed_is_linked_to(settings: Any) -> None:
    settings.TTSAI_PUBLIC_URL, settings.ALLOWED_HOSTS = "", ["speech.example.com"]
    assert link_base(RequestFactory().get("/", HTTP_HOST="speech.example.com")) == "http://speech.example.com"
    assert link_base(RequestFactory().get("/", HTTP_HOST="evil.example.com")) == settings.TTSAI_LOCAL_URL
