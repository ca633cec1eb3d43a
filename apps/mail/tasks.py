"""Celery tasks of the app."""

from celery import shared_task

from apps.mail.services import SEND_DUE_MAIL, forget_mails, send_due_mail


@shared_task(name=SEND_DUE_MAIL, ignore_result=True)
def send_mail_that_is_due() -> None:
    """Every few seconds, and directly after the commit that queued a mail."""
    send_due_mail()


@shared_task(name="platform.forget_mails", ignore_result=True)
def forget_old_mails() -> None:
    forget_mails()
