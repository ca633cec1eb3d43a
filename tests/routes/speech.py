"""Rows of apps/speech/urls.py and download_urls.py."""

from apps.accounts.models import Account
from apps.jobs.dispatch import dispatch
from tests.factories_jobs import work_off
from tests.routes.jobs import job_of
from tests.routes.table import Owned, row


def a_job_to_poll(account: Account) -> Owned:
    return Owned(query={"uuid": job_of(account).uuid.hex})


def a_file(account: Account) -> Owned:
    job = job_of(account)
    dispatch(job.queue)
    work_off(job.queue)
    return Owned(path={"uuid": job.uuid.hex, "name": "output.mp3"})


ROWS = [
    row("tts/", "POST", scope="tts:generate", owns=None, key="optional", body={"text": "Hello."}),
    row("tts/stream/", "POST", scope="tts:generate", owns=None, key="optional", body={"text": "Hello."}),
    # A uuid is an unguessable capability: whoever holds it polls and downloads.
    row("speech/results/", "GET", scope=None, owns=a_job_to_poll, key="optional", stranger=200),
    row("/static/downloads/<uuid>/<name>/", "GET", scope=None, owns=a_file, key="ignored", stranger=200),
]
