"""Reports: received from anybody, dismissed by an operator."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from apps.abuse_reports.models import AbuseReport, ReportState
from apps.core.addresses import address_block
from apps.core.errors import ConflictError, InvalidRequestError, TooManyRequestsError
from apps.core.limits import count_request
from apps.jobs.kinds import voice_of
from apps.jobs.models import Job
from apps.voices.models import Voice

REPORTS_PER_MINUTE: Final = 5


def report_abuse(*, subject: str, reason: str, description: str, email: str, address: str) -> AbuseReport:
    """Store a report. 400 for an unknown voice or result, 429 for too many reports from one address."""
    block = address_block(address)
    _check_limit(block)
    voice, job = find_subject(subject)
    if voice is None and job is None:
        raise InvalidRequestError(
            f"There is no voice and no result {subject[:100]!r}. Copy the id from the page or file name.", param="subject"
        )
    return AbuseReport.objects.create(
        subject=subject[:100], voice=voice, job=job, reason=reason, description=description, reporter_email=email, block=block
    )


def find_subject(subject: str) -> tuple[Voice | None, Job | None]:
    """Voice of an account by its id, or a job by its uuid with the own voice that it used."""
    subject = subject.strip()
    try:
        uuid = UUID(subject)
    except ValueError:
        return Voice.objects.filter(voice_id=subject).first(), None
    job = Job.objects.filter(uuid=uuid, is_internal=False).first()
    if job is None:
        return None, None
    voice = None if job.account is None else Voice.objects.filter(account=job.account, voice_id=voice_of(job)).first()
    return voice, job


def dismiss_report(report: AbuseReport, *, reason: str, resolved_by: str) -> AbuseReport:
    """Close a report without a consequence. 409 if it is closed already."""
    return resolve(report, state=ReportState.DISMISSED, resolution=reason, resolved_by=resolved_by)


def resolve(report: AbuseReport, *, state: ReportState, resolution: str, resolved_by: str, **changes: object) -> AbuseReport:
    """Close a report once."""
    with transaction.atomic():
        locked = AbuseReport.objects.select_for_update().get(pk=report.pk)
        if locked.state != ReportState.OPEN:
            raise ConflictError(
                f"The report is closed: {ReportState(locked.state).label.lower()} by {locked.resolved_by}.", code="report_closed"
            )
        locked.state, locked.resolution, locked.resolved_by = state, resolution[:300], resolved_by[:200]
        locked.resolved_at = timezone.now()
        for name, value in changes.items():
            setattr(locked, name, value)
        locked.save()
    return locked


def _check_limit(block: str) -> None:
    if not count_request(f"abuse-reports:{block}", limit=REPORTS_PER_MINUTE).is_allowed:
        raise TooManyRequestsError("Too many reports from this address. Try again in a minute.")
    since = timezone.now() - timedelta(days=1)
    if AbuseReport.objects.filter(block=block, created_at__gt=since).count() >= settings.TTSAI_ABUSE_REPORTS_PER_DAY:
        raise TooManyRequestsError("This address has sent its reports of the day. Write to the operator by email.")
