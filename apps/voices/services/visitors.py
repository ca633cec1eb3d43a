"""Speech in the voice of a visitor's recording, for once: one job makes the likeness and speaks with it. No voice is kept: recording and likeness
are deleted at the job's end, the audio after the retention of the plan.
"""

import secrets
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from apps.accounts.callers import Caller
from apps.catalog.selectors import find_cloning_model
from apps.core.errors import AuthenticationFailedError, InvalidRequestError
from apps.jobs.services.acceptance import Submission, submit_job
from apps.jobs.services.idempotency import Idempotency
from apps.uploads.services import Source
from apps.voices.part_plans import plan_enrolment
from apps.voices.services.enrollers import find_enroller
from apps.voices.services.requests import CloneOrder, distinct_recordings, plan_cloned_speech

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
    enrolment = plan_enrolment(distinct_recordings(order, sources), engine=engine, enroller=find_enroller(engine), is_fitted=False)
    cloned = enrolment.cloned_voice(voice_id=f"{VISITORS_PREFIX}{secrets.token_hex(10)}", engine=engine)
    consent = {"consent": order.consent.statement, "consent_by": order.consent.given_by}
    planned = plan_cloned_speech(caller, speech=replace(order.speech, clone=cloned), sources=sources, voice="", **consent)
    milliseconds = round(1000 * sum(source.info.audio_seconds for source in sources))
    return submit_job(caller, replace(planned, daily_milliseconds=milliseconds), idempotency=idempotency, request_id=request_id)
