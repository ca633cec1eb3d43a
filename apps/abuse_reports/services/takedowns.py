"""Takedown of a voice: stopped at once, its owner notified, every open report about it closed."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from django.db import transaction

from apps.abuse_reports.models import AbuseReport, ReportState
from apps.abuse_reports.services.reports import resolve
from apps.accounts.models import Role, User
from apps.announcements.models import Level
from apps.announcements.services import announce_to_account
from apps.mail.services import MailContent, write_mail
from apps.voices.models import Takedown, Voice
from apps.voices.services.takedowns import lift, take_down

MAIL_LIFETIME: Final = timedelta(days=7)
"""Time in which an email to an owner is tried again."""


def take_voice_down(voice: Voice, *, reason: str, decided_by: str) -> Takedown:
    """Take a voice down, close its open reports, and tell the owners by email and in the dashboard. 409 if it is down already."""
    with transaction.atomic():
        takedown = take_down(voice, reason=reason, decided_by=decided_by)
        for report in AbuseReport.objects.filter(voice__enrolment_id=voice.enrolment_id, state=ReportState.OPEN):
            resolve(report, state=ReportState.TAKEN_DOWN, resolution=reason, resolved_by=decided_by, takedown=takedown)
        text = (
            f"The voice {takedown} was taken down after a report: {takedown.reason[:200]} "
            f"It is deleted on {takedown.appeal_ends_at:%-d %b %Y} unless you appeal."
        )
        announce_to_account(voice.account, text=text, level=Level.PROBLEM, ends_at=takedown.appeal_ends_at)
        _email_owners(takedown, subject=f"Your voice {takedown} was taken down", paragraphs=(text, "To appeal, answer this message."))
    return takedown


def lift_takedown(takedown: Takedown) -> None:
    """Let the voice speak again and tell the owners. 409 if the takedown is over."""
    with transaction.atomic():
        lift(takedown)
        text = f"The takedown of the voice {takedown} was lifted: it speaks again."
        announce_to_account(takedown.account, text=text, level=Level.INFO, ends_at=takedown.appeal_ends_at)
        _email_owners(takedown, subject=f"Your voice {takedown} speaks again", paragraphs=(text,))


def _email_owners(takedown: Takedown, *, subject: str, paragraphs: Sequence[str]) -> None:
    """Put an email to each owner into the outbox."""
    owners = User.objects.filter(memberships__account=takedown.account_id, memberships__role=Role.OWNER, is_active=True)
    for address in owners.values_list("email", flat=True):
        write_mail("takedown", to=address, content=MailContent(subject=subject, paragraphs=paragraphs), lifetime=MAIL_LIFETIME)
