"""Jobs that this API calls generations."""

from typing import Final

from django.db.models import Q

from apps.accounts.callers import Caller
from apps.core.errors import NotFoundError
from apps.jobs.models import Job
from apps.jobs.selectors import get_own_job
from apps.projects.kinds import COMPOSITION
from apps.speech.kinds import SPEECH
from apps.voices.kinds import ENROL_VOICE

IS_GENERATION: Final = Q(kind=COMPOSITION.name) | Q(kind=SPEECH.name, batch_item=None)
"""Speech of batches is read and cancelled as a whole, by the batch."""
_IS_NEW_VOICE: Final = Q(kind=ENROL_VOICE.name)
"""Jobs of /api/design/create and /api/clone/create."""


def get_generation_job(caller: Caller, generation_id: str) -> Job:
    """Job of the account that speaks. 404 for any other: the scope `tts:generate` opens no jobs of other kinds."""
    return _get(caller, generation_id, among=IS_GENERATION)


def get_shown_job(caller: Caller, generation_id: str) -> Job:
    """Job as get_generation_job finds it; for a key that may clone also one that makes a voice."""
    return _get(caller, generation_id, among=IS_GENERATION | _IS_NEW_VOICE if caller.has_scope("clone:create") else IS_GENERATION)


def makes_voice(job: Job) -> bool:
    """True for a job of /api/design/create or /api/clone/create."""
    return job.kind == ENROL_VOICE.name


def _get(caller: Caller, generation_id: str, *, among: Q) -> Job:
    """404 generation_not_found for any other."""
    try:
        return get_own_job(caller, uuid_text=generation_id, among=among)
    except NotFoundError as error:
        message = f"There is no generation {generation_id[:100]!r} in your account."
        raise NotFoundError(message, code="generation_not_found", param="generation_id") from error
