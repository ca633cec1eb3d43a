"""Write operations: put a mail into the outbox, send what is due, forget old ones."""

import contextlib
import logging
import smtplib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils import timezone

from apps.core.platform_tasks import send_platform_task
from apps.mail.addresses import is_deliverable
from apps.mail.models import MailState, OutgoingMail

logger = logging.getLogger(__name__)

SEND_DUE_MAIL: Final = "platform.send_due_mail"
DAY: Final = timedelta(days=1)
RETRY_SECONDS: Final = (10, 30, 60, 300, 900, 3600, 14400)
"""Waiting times after each failed attempt; the last one repeats until the mail expires."""
CLAIM_SECONDS: Final = 120
"""Time for which a mail that is being sent is left alone: a killed worker's mail is sent again after it."""
MAILS_OF_A_ROUND: Final = 100
ABOUT_ONE_MAIL: Final = (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError, smtplib.SMTPSenderRefused)
"""Errors of the mail server after which it may take the next mail all the same."""
KEPT_DAYS: Final = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class MailContent:
    """Content of a mail in the product's design, as text and as HTML."""

    subject: str
    paragraphs: Sequence[str]
    code: str = ""
    link: tuple[str, str] | None = None
    """Title and URL of a button."""
    facts: Sequence[tuple[str, str]] = ()
    """Names and values below the text: time, address, browser."""


def write_mail(kind: str, *, to: str, content: MailContent, lifetime: timedelta = DAY) -> OutgoingMail:
    """Render a mail and put it into the outbox, in the caller's transaction."""
    values = {"content": content, "product_name": settings.TTSAI_PRODUCT_NAME, "to": to}
    text, html = (render_to_string(f"mail/message.{form}", values).strip() for form in ("txt", "html"))
    return queue_mail(kind=kind, to=to, subject=" ".join(content.subject.split()), text=text, html=html, lifetime=lifetime)


def queue_mail(*, kind: str, to: str, subject: str, text: str, html: str = "", lifetime: timedelta = DAY) -> OutgoingMail:
    """Put a mail into the outbox, in the caller's transaction; the platform's worker sends it after the commit.

    A mail to an address that no mail can be sent to is given up at once, without its content.
    """
    mail = OutgoingMail(kind=kind[:100], to=to, subject=subject[:300], text=text, html=html, expires_at=timezone.now() + lifetime)
    if not is_deliverable(to):
        mail.state, mail.error, mail.text, mail.html = MailState.FAILED, "No mail can be sent to this address.", "", ""
    else:
        mail.is_delayed = _waiting().filter(is_delayed=True).exists()
    mail.save()
    transaction.on_commit(lambda: send_platform_task(SEND_DUE_MAIL))
    return mail


def send_due_mail() -> int:
    """Send what is due; returns the number of mails that the mail server took. A server that is away ends the round."""
    sent = 0
    for _ in range(MAILS_OF_A_ROUND):
        mail = _claim_next()
        if mail is None:
            break
        error = _send(mail)
        sent += mail.state == MailState.SENT
        if isinstance(error, OSError) and not isinstance(error, ABOUT_ONE_MAIL):
            _waiting().update(is_delayed=True)  # also those that were not tried: their pages say why they wait
            break  # nobody answers, or nobody is let in: the others wait for the next round
        if mail.state == MailState.SENT or error is not None:
            _waiting().filter(is_delayed=True).update(is_delayed=False)  # the mail server answered
    return sent


def _waiting() -> QuerySet[OutgoingMail]:
    return OutgoingMail.objects.filter(state=MailState.WAITING)


def _claim_next() -> OutgoingMail | None:
    now = timezone.now()
    with transaction.atomic():
        due = OutgoingMail.objects.filter(state=MailState.WAITING, next_attempt_at__lte=now).order_by("next_attempt_at", "pk")
        mail = due.select_for_update(skip_locked=True).first()
        if mail is not None and mail.expires_at <= now:
            _finish(mail, state=MailState.FAILED, error=mail.error or "It expired before it could be sent.")
        elif mail is not None:
            mail.attempts += 1
            mail.next_attempt_at = now + timedelta(seconds=CLAIM_SECONDS)
            mail.save(update_fields=["attempts", "next_attempt_at"])
    return mail


def _send(mail: OutgoingMail) -> Exception | None:
    if mail.state != MailState.WAITING:
        return None
    try:
        message = EmailMultiAlternatives(mail.subject, mail.text, settings.DEFAULT_FROM_EMAIL, [mail.to])
        message.extra_headers["Auto-Submitted"] = "auto-generated"
        if mail.html:
            message.attach_alternative(mail.html, "text/html")
        message.connection = get_connection()
        try:
            message.send()
        finally:  # Django closes it after a mail that was taken, not after a login that was refused
            with contextlib.suppress(OSError):
                message.connection.close()
    except OSError as error:  # smtplib's errors are among them
        logger.warning("mail %s was not sent: %s", mail.pk, type(error).__name__)
        _postpone(mail, error)
        return error
    except Exception as error:  # whatever is wrong with one mail must not stop the others
        logger.exception("mail %s was not sent", mail.pk)
        _postpone(mail, error)
        return error
    _finish(mail, state=MailState.SENT)
    return None


def _postpone(mail: OutgoingMail, error: Exception) -> None:
    if _is_refused_for_good(error) or not is_deliverable(mail.to):
        _finish(mail, state=MailState.FAILED, error=str(error))
        return
    wait = RETRY_SECONDS[min(mail.attempts, len(RETRY_SECONDS)) - 1]
    mail.next_attempt_at, mail.error = timezone.now() + timedelta(seconds=wait), _storable_error(f"{type(error).__name__}: {error}")
    mail.save(update_fields=["next_attempt_at", "error"])


def _is_refused_for_good(error: Exception) -> bool:
    """True if the mail server refused this address or mail with a 5xx, which another attempt would repeat."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _ in error.recipients.values())
    return isinstance(error, smtplib.SMTPDataError | smtplib.SMTPSenderRefused) and error.smtp_code >= 500


def _finish(mail: OutgoingMail, *, state: MailState, error: str = "") -> None:
    mail.state, mail.error, mail.text, mail.html = state, _storable_error(error), "", ""
    mail.sent_at = timezone.now() if state == MailState.SENT else None
    mail.save(update_fields=["state", "error", "text", "html", "sent_at"])


def _storable_error(error: str) -> str:
    """An error as it is stored: a mail server may say anything, and the database takes no NUL."""
    return error.replace("\0", "")[:300]


def forget_mails(*, days: int = KEPT_DAYS) -> int:
    """Delete the rows of old mails, which name addresses; returns their number."""
    deleted, _ = OutgoingMail.objects.exclude(state=MailState.WAITING).filter(created_at__lt=timezone.now() - timedelta(days=days)).delete()
    return deleted
