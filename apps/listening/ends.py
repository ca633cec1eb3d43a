"""Handling of ended jobs that heard a recording."""

import logging
from functools import partial

from django.db import transaction

from apps.core.storage import StorageAwayError
from apps.jobs.models import Job
from apps.uploads.services import release_source

logger = logging.getLogger(__name__)


def release_recording(job: Job) -> None:
    """One of TTSAI_JOB_END_OBSERVERS. What came with the request goes once the end is committed."""
    key = job.params.get("source")
    if key:
        transaction.on_commit(partial(_release, key))


def _release(key: str) -> None:
    try:
        release_source(key)
    except StorageAwayError as error:
        logger.warning("a recording is swept up later: %s", error.message)
