"""Rows of apps/subtitles/urls.py."""

import json

from apps.accounts.models import Account
from apps.jobs.dispatch import dispatch
from apps.jobs.services.finish import finish_part
from tests.factories_jobs import outcome_of, part_of, started, store_output
from tests.routes.jobs import job_of
from tests.routes.table import Owned, row


def a_job_with_timings(account: Account) -> Owned:
    job = job_of(account)
    dispatch(job.queue)
    part = started(part_of(job))
    words = [{"word": "Hello.", "start": 0.0, "end": 0.5, "start_character": 0, "end_character": 6}]
    finish_part(outcome_of(part, manifest=store_output(part, others={"timings": json.dumps(words).encode()})))
    return Owned(query={"uuid": job.uuid.hex})


ROWS = [
    # A uuid is an unguessable capability, as for results and downloads.
    row("speech/subtitles/", "GET", scope=None, owns=a_job_with_timings, key="optional", stranger=200),
]
