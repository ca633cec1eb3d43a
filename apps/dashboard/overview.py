"""Content of the overview: balance, plan, limits, this month's use, recent jobs and the first steps of a new account."""

from dataclasses import dataclass
from typing import Any

from apps.accounts.callers import Caller
from apps.accounts.models import ApiKey
from apps.accounts.roles import Permission
from apps.billing.selectors import available_millicredits
from apps.dashboard.job_rows import JobRow, job_rows
from apps.dashboard.periods import today
from apps.jobs.models import ACTIVE_STATES, Job, JobState
from apps.jobs.selectors import list_own_jobs
from apps.jobs.usage import Period, read_usage
from apps.voices.selectors import count_named_voices
from apps.webhooks.selectors import list_endpoints

RECENT_JOBS = 5
STEPS = (
    ("key", "Make an API key", "Programs send it with each request.", "/dashboard/keys/", "API keys"),
    ("request", "Send a first request", "Run this line with your key in place of $TTSAI_API_KEY.", "", ""),
    ("audio", "Hear your first audio", "Speak a sentence in the playground, or play a job below.", "/", "Open the playground"),
    ("webhook", "Add a webhook", "Your server is notified when a job ends, so that it need not poll.", "/dashboard/webhooks/", "Webhooks"),
)
FIRST_REQUEST = """curl {base}/v1/audio/speech \\
  -H "Authorization: Bearer $TTSAI_API_KEY" -H "Content-Type: application/json" \\
  -d '{{"model": "kokoro", "voice": "af_bella", "input": "Hello!"}}' -o hello.mp3"""


@dataclass(frozen=True, slots=True)
class Step:
    """First step of a new account."""

    title: str
    text: str
    url: str
    action: str
    is_done: bool
    command: str = ""


@dataclass(frozen=True, slots=True)
class Overview:
    """Content of the page. What the person's role may not see is None."""

    available_millicredits: int
    month: dict[str, Any]
    """Usage of this month by day, as GET /v1/usage/ has it."""
    jobs: list[JobRow] | None
    running: int
    voices: int
    steps: list[Step]
    """Empty once all are done."""


def read_overview(caller: Caller, *, base: str) -> Overview:
    """The account's overview. base: URL of the server, for the first request."""
    account, last = caller.required_account, today()
    sees_jobs = caller.may(Permission.READ)
    return Overview(
        available_millicredits=available_millicredits(account.pk),
        month=read_usage(account.pk, period=Period(last.replace(day=1), last), group_by="day"),
        jobs=job_rows(list_own_jobs(caller, limit=RECENT_JOBS).jobs) if sees_jobs else None,
        running=Job.objects.filter(account=account, is_internal=False, state__in=ACTIVE_STATES).count(),
        voices=count_named_voices(caller),
        steps=_steps(caller, base=base) if caller.may(Permission.CHANGE) else [],
    )


def _steps(caller: Caller, *, base: str) -> list[Step]:
    account = caller.required_account
    jobs = Job.objects.filter(account=account, is_internal=False)
    done = {
        "key": ApiKey.objects.filter(account=account, revoked_at=None).exists(),
        "request": jobs.filter(api_key__isnull=False).exists(),
        "audio": jobs.filter(state=JobState.COMPLETED).exists(),
        "webhook": list_endpoints(account).exists(),
    }
    if all(done.values()):
        return []
    commands = {"request": FIRST_REQUEST.format(base=base)}
    return [Step(title, text, url, action, done[name], commands.get(name, "")) for name, title, text, url, action in STEPS]
