"""Rows of apps/voices/urls.py."""

from apps.accounts.models import Account
from apps.voices.models import Enrolment, EnrolmentState, Voice
from tests.routes.table import Owned, row


def a_voice(account: Account) -> Owned:
    return Owned(path={"voice_id": make_voice(account).voice_id})


def a_listed_voice(account: Account) -> Owned:
    return Owned(shown=make_voice(account).voice_id)


def a_voice_with_consent(account: Account) -> Owned:
    voice = make_voice(account)
    voice.enrolment.consents.create(statement="I agree.", given_by="Ada", recorded_by="test")
    return Owned(path={"voice_id": voice.voice_id})


def a_voice_with_recordings(account: Account) -> Owned:
    voice = make_voice(account)
    for sha256 in ("a" * 64, "b" * 64):
        voice.enrolment.samples.create(sha256=sha256, key=f"account-{account.pk}/{sha256}")
    return Owned(path={"voice_id": voice.voice_id, "sample_id": "a" * 64})


def make_voice(account: Account, *, is_exclusive: bool = False) -> Voice:
    """Ready voice without objects."""
    number = Voice.objects.count()
    enrolment = Enrolment.objects.create(
        account=account, engine_id="kokoro-clone", digest=f"{number:064x}", state=EnrolmentState.READY, language="en-us"
    )
    return Voice.objects.create(
        voice_id=f"voice_{number:020x}", account=account, enrolment=enrolment, name="Ada", is_exclusive=is_exclusive
    )


ROWS = [
    row("voices/", "GET", scope="voices:read", owns=a_listed_voice, key="optional"),
    row("voices/<voice_id>/", "GET", scope="voices:read", owns=a_voice),
    row("voices/<voice_id>/", "PATCH", scope="voices:write", owns=a_voice, body={"name": "Bob"}),
    row("voices/<voice_id>/", "DELETE", scope="voices:write", owns=a_voice),
    row("voices/<voice_id>/preview/", "GET", scope=None, owns=a_voice, key="optional", status=404),
    row("voices/<voice_id>/export/", "GET", scope="voices:read", owns=a_voice),
    row("voices/<voice_id>/consent/", "POST", scope="voices:write", owns=a_voice, body={"consent": "I agree."}),
    row("voices/<voice_id>/consent/", "DELETE", scope="voices:write", owns=a_voice_with_consent),
    row("voices/<voice_id>/samples/", "GET", scope="voices:read", owns=a_voice),
    row("voices/<voice_id>/samples/", "POST", scope="clone:create", owns=a_voice, body={"upload_id": "0" * 32}, status=400),
    row("voices/<voice_id>/samples/<sample_id>/", "DELETE", scope="clone:create", owns=a_voice_with_recordings, status=400),
    row("voice-embed/", "POST", scope="clone:create", owns=None, body={"upload_id": "0" * 32}, status=400),
    row("voice-clone/", "POST", scope="clone:create", owns=None, body={"name": "Ada", "upload_id": "0" * 32}, status=400),
    row("tts/clone/", "POST", scope="clone:create", owns=None, body={"text": "Hello.", "upload_id": "0" * 32}, status=400),
]
