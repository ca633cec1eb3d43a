"""Observer of ended jobs with a recording."""

import logging
from functools import partial

from django.db import transaction

from apps.core.storage import StorageAwayError
from apps.jobs.kinds import params_of
from apps.jobs.models import Job
from apps.jobs.params import RecordingParams
from apps.uploads.services import release_source

logger = logging.getLogger(__name__)


def release_recording(job: Job) -> None:
    """Release the recordings once the end is committed. One of TTSAI_JOB_END_OBSERVERS."""
    params = params_of(job)
    if isinstance(params, RecordingParams):
        for key in filter(None, (params.source, *params.further_sources)):
            transaction.on_commit(partial(_release, key))


def _release(key: str) -> None:
    try:
        release_source(key)
    except StorageAwayError as error:
        logger.warning("a recording is swept up later: %s", error.message)
