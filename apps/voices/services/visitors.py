"""Speech in the voice of a visitor's recording, for once: one job makes the likeness and speaks with it. No voice is kept: recording and likeness
are deleted at the job's end, the audio after the retention of the plan.
"""

import secrets
from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Final

from apps.accounts.callers import Caller
from apps.catalog.selectors import find_cloning_model
from apps.core.errors import AuthenticationFailedError, InvalidRequestError
from apps.jobs.services.acceptance import Submission, submit_job
from apps.jobs.services.idempotency import Idempotency
from apps.speech.services import plan_speech
from apps.uploads.services import Source
from apps.voices.job_plans import source_params
from apps.voices.kinds import VOICE_CLONE, VoiceCloneParams
from apps.voices.part_plans import Recording, plan_enrolment
from apps.voices.services.enrollers import find_enroller
from apps.voices.services.requests import CloneOrder

VISITORS_PREFIX: Final = "visitor_"
"""Beginning of the id by which a worker caches the likeness of one job."""


def check_visitors_order(order: CloneOrder) -> None:
    """401 for a voice that was enrolled before, which nobody has without an account; 400 without the speaker's consent, whatever the operator demands
    of accounts.
    """
    if order.embed_id:
        raise AuthenticationFailedError("Without an account only recordings are taken: log in to send embed_id.", code="not_logged_in")
    if order.consent is None or not order.consent.given_by:
        raise InvalidRequestError(
            "The speaker has to agree. Send `consent`, the words of the statement, and `consent_by`, the speaker's name.",
            code="consent_required",
            param="consent" if order.consent is None else "consent_by",
        )


def request_visitors_speech(
    caller: Caller, *, order: CloneOrder, sources: Sequence[Source], idempotency: Idempotency | None, request_id: str
) -> Submission:
    """Speak with a likeness of the speaker. Counts the text and the recording against the day of the visitor's address. Raises ApplicationErrors."""
    assert order.speech is not None  # noqa: S101 - the endpoint's text is required
    assert order.consent is not None  # noqa: S101 - check_visitors_order
    engine = find_cloning_model(order.model, plan=caller.plan)
    unique = {source.sha256: source for source in sources}
    recordings = [Recording(source.key, order.transcript) for source in unique.values()]
    enrolment = plan_enrolment(recordings, engine=engine, enroller=find_enroller(engine), is_fitted=False)
    cloned = enrolment.cloned_voice(voice_id=f"{VISITORS_PREFIX}{secrets.token_hex(10)}", engine=engine)
    planned = plan_speech(caller, order=replace(order.speech, clone=cloned))
    values = {one.name: getattr(planned.params, one.name) for one in fields(planned.params)}
    consent = {"consent": order.consent.statement, "consent_by": order.consent.given_by}
    params = VoiceCloneParams(**{**values, "voice": "", **source_params(sources), **consent})
    milliseconds = round(1000 * params.seconds)
    return submit_job(
        caller,
        replace(planned, kind=VOICE_CLONE, params=params, daily_milliseconds=milliseconds),
        idempotency=idempotency,
        request_id=request_id,
    )
