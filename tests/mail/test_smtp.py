"""Mails over a real socket to a real mail server: STARTTLS and a login, refusals, a server that is away."""

import ssl
from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any, Final

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from django.utils import timezone

from apps.mail.models import OutgoingMail
from apps.mail.services import MailContent, send_due_mail, write_mail
from tests.certificates import make_certificate
from tests.servers import free_port

pytestmark = pytest.mark.django_db
USER: Final = "platform"
PASSWORD: Final = "a password of the tests"
CONTENT: Final = MailContent(subject="Hällo", paragraphs=["One <b>."], code="ABCD-EFGH")


class Mailbox:
    """Handler of the server: takes mails, and refuses what its rules name."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, Any]] = []
        self.refusals: dict[str, str] = {}
        """Reply for a recipient, `550 …` for good or `451 …` for now."""

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        if address in self.refusals:
            return self.refusals[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.taken.append((envelope.rcpt_tos[0], message_from_bytes(envelope.content, policy=policy.default)))
        assert session.ssl is not None
        assert session.authenticated
        return "250 Taken"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_certificate(tmp_path_factory.mktemp("certificate"))


def start_server(certificate: Path, mailbox: Mailbox, *, port: int = 0) -> Controller:
    """Server that wants STARTTLS and a login before any mail."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    def check(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        return AuthResult(success=(data.login, data.password) == (USER.encode(), PASSWORD.encode()), handled=False)

    controller = Controller(
        mailbox,
        hostname="127.0.0.1",
        port=port or free_port(),
        tls_context=context,
        require_starttls=True,
        auth_required=True,
        authenticator=check,
    )
    controller.start()
    return controller


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def server(certificate: Path, mailbox: Mailbox, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Controller]:
    """The server, and the platform's settings for it; its certificate is trusted."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    controller = start_server(certificate, mailbox)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", controller.port, 5
    settings.EMAIL_USE_TLS, settings.EMAIL_USE_SSL = True, False
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = USER, PASSWORD
    settings.DEFAULT_FROM_EMAIL = "Speech <no-reply@speech.example.com>"
    yield controller
    controller.stop()


def mail(to: str = "ann@example.com") -> OutgoingMail:
    return write_mail("test", to=to, content=CONTENT)


def make_due() -> None:
    OutgoingMail.objects.filter(state="waiting").update(next_attempt_at=timezone.now())


def test_a_mail_arrives_by_starttls_and_login_as_text_and_html(server: Controller, mailbox: Mailbox) -> None:
    mail()
    assert send_due_mail() == 1
    ((recipient, message),) = mailbox.taken
    assert (recipient, message["To"], message["Subject"]) == ("ann@example.com", "ann@example.com", "Hällo")
    assert (message["From"], message["Auto-Submitted"]) == ("Speech <no-reply@speech.example.com>", "auto-generated")
    assert [part.get_content_type() for part in message.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    assert "ABCD-EFGH" in message.get_body(("plain",)).get_content()
    assert "One &lt;b&gt;." in message.get_body(("html",)).get_content()
    row = OutgoingMail.objects.get()
    assert (row.state, row.text, row.html) == ("sent", "", "")


def test_a_wrong_password_keeps_the_mails_until_it_is_right_and_is_not_written_down(
    server: Controller, mailbox: Mailbox, settings: Any
) -> None:
    settings.EMAIL_HOST_PASSWORD = "a wrong password"
    mail()
    mail("bob@example.com")
    assert send_due_mail() == 0
    first, second = OutgoingMail.objects.order_by("pk")
    assert (first.state, first.attempts, second.state, second.attempts) == ("waiting", 1, "waiting", 0)
    assert first.error.startswith("SMTPAuthenticationError: (535")
    assert "a wrong password" not in first.error
    settings.EMAIL_HOST_PASSWORD = PASSWORD
    make_due()
    assert send_due_mail() == 2
    assert sorted(to for to, _ in mailbox.taken) == ["ann@example.com", "bob@example.com"]


def test_a_recipient_that_is_refused_for_good_is_given_up_and_the_next_mail_is_sent(server: Controller, mailbox: Mailbox) -> None:
    mailbox.refusals["gone@example.com"] = "550 No such mailbox"
    mail("gone@example.com")
    mail()
    assert send_due_mail() == 1
    gone, sent = OutgoingMail.objects.order_by("pk")
    assert (gone.state, gone.text, "No such mailbox" in gone.error, sent.state) == ("failed", "", True, "sent")


def test_a_recipient_that_is_refused_for_now_is_tried_again(server: Controller, mailbox: Mailbox) -> None:
    mailbox.refusals["ann@example.com"] = "451 Try again later"
    mail()
    assert send_due_mail() == 0
    row = OutgoingMail.objects.get()
    assert (row.state, row.attempts, "Try again later" in row.error) == ("waiting", 1, True)
    mailbox.refusals.clear()
    make_due()
    assert send_due_mail() == 1


def test_mails_wait_while_the_server_is_away_and_are_sent_once_when_it_is_back(
    server: Controller, mailbox: Mailbox, certificate: Path, settings: Any
) -> None:
    settings.EMAIL_PORT = port = free_port()
    mail()
    assert send_due_mail() == 0
    row = OutgoingMail.objects.get()
    assert (row.state, row.error.partition(":")[0]) == ("waiting", "ConnectionRefusedError")
    back = start_server(certificate, mailbox, port=port)
    try:
        make_due()
        assert (send_due_mail(), send_due_mail(), len(mailbox.taken)) == (1, 0, 1)
    finally:
        back.stop()


def test_a_server_with_a_certificate_that_nobody_vouches_for_gets_neither_password_nor_mail(
    server: Controller, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    mail()
    assert send_due_mail() == 0
    row = OutgoingMail.objects.get()
    assert (row.state, row.error.partition(":")[0], mailbox.taken) == ("waiting", "SSLCertVerificationError", [])
