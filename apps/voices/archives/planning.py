"""Decides for each voice of an archive, before anything is stored, what an import does with it."""

from dataclasses import dataclass
from enum import StrEnum

from apps.accounts.callers import Caller
from apps.catalog.catalogue import EngineRow
from apps.catalog.selectors import find_cloning_model
from apps.core.errors import ApplicationError, InvalidRequestError, PermissionDeniedError
from apps.jobs.outcomes import VOICE_BLOCKED
from apps.voices.archives.manifest import VoiceEntry, VoiceManifest
from apps.voices.models import Enrolment, EnrolmentState, Voice
from apps.voices.selectors import check_usable, count_named_voices
from apps.voices.services.block_list import find_blocked
from apps.voices.services.consent import ConsentStatement, check_consent
from apps.voices.services.enrollers import find_enroller
from apps.voices.services.enrolments import check_sample_limit, check_voice_limit, digest_of

MADE_ELSEWHERE = "The archive was not made by this server: its voice file is not used, and the voice is made anew from its recordings."
IS_REVOKED = "The speaker's consent was revoked: the voice does not speak. Import it with consent and consent_by."
NO_CONSENT = "Consents are not imported. Send consent and consent_by to record the speaker's."


class Action(StrEnum):
    """Action of an import for one voice."""

    RESTORE = "restore"
    """The voice speaks at once, as it did when it was exported."""
    CLONE = "clone"
    """A new clone of its recordings."""
    KEEP = "keep"
    """The account has the recordings already: the voice gets its name beside."""
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """Decision about a voice of an archive."""

    entry: VoiceEntry
    action: Action
    engine: EngineRow | None = None
    warnings: tuple[str, ...] = ()
    error: ApplicationError | None = None
    """Reason of a refusal."""


def plan_import(caller: Caller, *, manifest: VoiceManifest, consent: ConsentStatement | None) -> list[ImportPlan]:
    """Plans of the archive's voices, in its order, within the plan's number of voices."""
    left = caller.plan.max_voices - count_named_voices(caller)
    plans = []
    for entry in manifest.voices:
        plan = _plan(caller, entry, is_own=manifest.is_own, consent=consent)
        if plan.action != Action.REFUSE and not _has_voice(caller, plan):
            left -= 1
            if left < 0:
                plan = _refused(entry, _limit_error(caller))
        plans.append(plan)
    return plans


def digest_of_entry(entry: VoiceEntry) -> str:
    """Digest of the recordings; for a designed voice, which has none, the stated one."""
    return digest_of(sample.sha256 for sample in entry.samples) if entry.samples else entry.digest


def find_enrolled(caller: Caller, *, entry: VoiceEntry, engine: EngineRow) -> Enrolment | None:
    """The account's enrolment of the same recordings or design, unless it failed."""
    digest = digest_of_entry(entry)
    found = Enrolment.objects.filter(account=caller.required_account, engine_id=engine.id, digest=digest)
    return found.exclude(state=EnrolmentState.FAILED).first()


def _plan(caller: Caller, entry: VoiceEntry, *, is_own: bool, consent: ConsentStatement | None) -> ImportPlan:
    try:
        return _plan_allowed(caller, entry, is_own=is_own, consent=consent)
    except ApplicationError as error:
        return _refused(entry, error)


def _refused(entry: VoiceEntry, error: ApplicationError) -> ImportPlan:
    """A refusal whose error names a field of the import's form: what else is at fault stands in the archive."""
    error.param = "consent" if error.param == "consent" else "file"
    return ImportPlan(entry, Action.REFUSE, error=error)


def _plan_allowed(caller: Caller, entry: VoiceEntry, *, is_own: bool, consent: ConsentStatement | None) -> ImportPlan:
    if not entry.samples and not is_own:
        message = f"The voice {entry.name!r} has no recordings, and its voice file was not made by this server. POST /api/design/create designs a voice."
        raise InvalidRequestError(message, code="voice_without_recordings", param="file")
    if entry.samples:
        check_consent(consent)
    check_sample_limit(caller, count=len(entry.samples))
    engine = find_cloning_model(entry.model, plan=caller.plan)
    warnings = [] if consent is not None or not entry.samples else [IS_REVOKED if is_own and entry.is_revoked else NO_CONSENT]
    enrolled = find_enrolled(caller, entry=entry, engine=engine)
    if enrolled is not None:
        _check_kept(enrolled, consent=consent)
        return ImportPlan(entry, Action.KEEP, engine, tuple(warnings))
    if is_own and is_restorable(entry, engine=engine):
        _check_not_blocked(entry)
        return ImportPlan(entry, Action.RESTORE, engine, tuple(warnings))
    if is_own and entry.is_revoked and consent is None:
        raise PermissionDeniedError(IS_REVOKED, code="consent_revoked", param="consent")
    if not entry.samples:
        message = f"The voice {entry.name!r} has no recordings to make it anew from."
        raise InvalidRequestError(message, code="voice_without_recordings", param="file")
    caller.needs_scope("clone:create")
    find_enroller(engine)
    return ImportPlan(entry, Action.CLONE, engine, (*([] if is_own else [MADE_ELSEWHERE]), *warnings))


def _check_kept(enrolled: Enrolment, *, consent: ConsentStatement | None) -> None:
    """Raise 403 or 409 for a voice of the account that must not or cannot speak; a stated consent ends the revocation of an earlier one."""
    if enrolled.is_revoked and consent is None:
        raise PermissionDeniedError(IS_REVOKED, code="consent_revoked", param="consent")
    enrolled.is_revoked = False
    check_usable(Voice(enrolment=enrolled, voice_id=getattr(enrolled.voices.first(), "voice_id", "")))


def is_restorable(entry: VoiceEntry, *, engine: EngineRow) -> bool:
    """True if the archive has all that the voice speaks with, and what the block list is compared with."""
    has_voice = entry.voice_file is not None or (engine.spec.takes_recordings and bool(entry.samples))
    return engine.id == entry.model and has_voice and bool(entry.embedding or not entry.samples)


def _check_not_blocked(entry: VoiceEntry) -> None:
    if entry.samples and find_blocked(entry.embedding) is not None:
        message = f"The operator of this server does not allow the voice {entry.name!r} to be imported."
        raise PermissionDeniedError(message, code=VOICE_BLOCKED, param="file")


def _has_voice(caller: Caller, plan: ImportPlan) -> bool:
    """True if the import makes no further voice."""
    if plan.action != Action.KEEP or plan.engine is None:
        return False
    enrolled = find_enrolled(caller, entry=plan.entry, engine=plan.engine)
    return enrolled is not None and enrolled.voices.filter(name=plan.entry.name, is_exclusive=False).exists()


def _limit_error(caller: Caller) -> ApplicationError:
    try:
        check_voice_limit(caller)
    except ApplicationError as error:
        return error
    message = f"The plan {caller.plan.name!r} keeps {caller.plan.max_voices} voices, fewer than the archive would make."
    return InvalidRequestError(message, code="voice_limit_reached", status=403, param="file")
