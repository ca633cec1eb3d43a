"""Own voices as cards of a list and as the page of one voice."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from apps.accounts.callers import Caller
from apps.dashboard.error_advice import advice_of
from apps.jobs.models import Job
from apps.jobs.selectors import progress_of, read_units_done
from apps.voice_library.selectors import list_favourite_ids
from apps.voice_profiles.models import VoiceProfile
from apps.voice_profiles.selectors import find_profiles
from apps.voices.models import Consent, EnrolmentState, Voice
from apps.voices.selectors import VoiceFilter, list_own_voices
from apps.voices.serializers import change_shape, recording_warnings, sample_shapes

STATES: Final = {
    EnrolmentState.DRAFT: ("Recordings are being examined", "badge-accent"),
    EnrolmentState.TRAINING: ("In training", "badge-accent"),
    EnrolmentState.READY: ("Ready", "badge-success"),
    EnrolmentState.FAILED: ("Failed", "badge-danger"),
}


@dataclass(frozen=True, slots=True)
class VoiceCard:
    """Voice in a list."""

    voice_id: str
    name: str
    state: str
    badge: str
    is_pending: bool
    """True while its enrolment continues."""
    percent: int
    model: str
    language: str
    gender: str
    categories: list[str]
    is_favourite: bool
    demo_url: str
    """Path of a sample; empty until there is one."""
    error: str
    description: str = ""
    labels: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class VoicePage:
    """One voice with its recordings and consents."""

    card: VoiceCard
    voice: Voice
    samples: list[dict[str, Any]]
    change: dict[str, Any] | None
    consents: list[Consent]
    warnings: list[str]
    advice: str
    has_valid_consent: bool
    is_sample_coming: bool
    """True while a voice that may speak already has its first words spoken, to be listened to."""


def read_voice_cards(caller: Caller, *, wanted: VoiceFilter) -> list[VoiceCard]:
    """The account's voices, favourites first, otherwise newest first."""
    voices = list_own_voices(caller, wanted=wanted)
    account = caller.required_account
    favourites = set(list_favourite_ids(account))
    profiles = find_profiles(account, voice_ids=[voice.voice_id for voice in voices])
    percents = _percents(voices)
    cards = [
        _card(voice, is_favourite=voice.voice_id in favourites, profile=profiles.get(voice.voice_id), percent=percents.get(voice.pk, 0))
        for voice in voices
    ]
    return sorted(cards, key=lambda card: not card.is_favourite)


def read_voice_page(caller: Caller, voice: Voice) -> VoicePage:
    account, enrolment = caller.required_account, voice.enrolment
    profile = find_profiles(account, voice_ids=[voice.voice_id]).get(voice.voice_id)
    card = _card(
        voice,
        is_favourite=voice.voice_id in list_favourite_ids(account),
        profile=profile,
        percent=_percents([voice]).get(voice.pk, 0),
    )
    consents = list(enrolment.consents.all())
    has_failed = enrolment.state == EnrolmentState.FAILED or enrolment.is_likeness_kept
    return VoicePage(
        card=card,
        voice=voice,
        samples=sample_shapes(voice),
        change=change_shape(voice),
        consents=consents,
        warnings=recording_warnings(voice),
        advice=advice_of(enrolment.error_code) if has_failed else "",
        has_valid_consent=any(consent.revoked_at is None for consent in consents),
        is_sample_coming=enrolment.state == EnrolmentState.READY
        and not enrolment.demo
        and enrolment.job is not None
        and not enrolment.job.is_over,
    )


def _card(voice: Voice, *, is_favourite: bool, profile: VoiceProfile | None, percent: int) -> VoiceCard:
    enrolment = voice.enrolment
    state, badge = STATES[EnrolmentState(enrolment.state)]
    if enrolment.is_blocked:
        state, badge = "Blocked by the operator", "badge-danger"
    elif enrolment.is_revoked:
        state, badge = "Consent revoked", "badge-warning"
    elif enrolment.is_likeness_kept:
        state, badge = "A likeness speaks", "badge-warning"
    has_failed = enrolment.state == EnrolmentState.FAILED or enrolment.is_likeness_kept
    return VoiceCard(
        voice_id=voice.voice_id,
        name=voice.name or "Without a name",
        state=state,
        badge=badge,
        is_pending=enrolment.state in {EnrolmentState.DRAFT, EnrolmentState.TRAINING} or voice.next_enrolment_id is not None,
        percent=percent,
        model=enrolment.engine_id,
        language=enrolment.language,
        gender=enrolment.gender,
        categories=list(voice.categories),
        is_favourite=is_favourite,
        demo_url=f"/web/v1/voices/{voice.voice_id}/preview/" if enrolment.has_audible_demo else "",
        error=enrolment.error_message if has_failed else "",
        description=profile.description if profile else "",
        labels=dict(profile.labels) if profile else {},
    )


def _percents(voices: Iterable[Voice]) -> dict[int, int]:
    """Progress of the jobs that enrol the voices, by voice."""
    pending = {EnrolmentState.DRAFT, EnrolmentState.TRAINING}
    enrolments = ((voice.pk, voice.enrolment) for voice in voices)
    job_ids = {pk: enrolment.job_id for pk, enrolment in enrolments if enrolment.job_id and enrolment.state in pending}
    if not job_ids:
        return {}
    jobs = Job.objects.in_bulk(job_ids.values())
    units = read_units_done(jobs.values())
    return {
        voice_pk: round(100 * progress_of(jobs[job_id], units_done=units.get(job_id, 0)).share)
        for voice_pk, job_id in job_ids.items()
        if job_id in jobs
    }
