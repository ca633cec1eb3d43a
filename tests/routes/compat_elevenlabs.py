"""Rows of apps/compat/elevenlabs/urls.py, and the errors of the dialect. Shared paths are walked at the dialect's home."""

from collections.abc import Mapping
from typing import Any

from apps.accounts.models import Account
from apps.jobs.models import Job, JobState
from apps.transcription.kinds import TRANSCRIPTION
from tests.factories_jobs import caller, finished, part_of, reread, submit
from tests.routes.shown_errors import ShownError
from tests.routes.table import Owned, row
from tests.routes.voices import a_listed_voice, a_voice


def read_error(headers: Mapping[str, str], body: Any) -> ShownError:
    """Error of ElevenLabs' API."""
    detail = body["detail"]
    assert set(detail) >= {"status", "message", "code", "param", "request_id"}
    return ShownError(detail["message"], detail["code"], detail["request_id"])


ERROR_READERS = {"elevenlabs": read_error}

HOME = "/elevenlabs/v1/"
RACHEL = {"voice_id": "21m00Tcm4TlvDq8ikWAM"}
SPEECH = {"text": "Hello."}
DIALOGUE = {"inputs": [{"text": "Hello.", "voice_id": "21m00Tcm4TlvDq8ikWAM"}, {"text": "Hi!", "voice_id": "am_adam"}]}
AUDIO = {"audio": b""}


def a_history_item(account: Account) -> Owned:
    return Owned(path={"item_id": make_item(account).uuid.hex})


def a_listed_item(account: Account) -> Owned:
    return Owned(shown=make_item(account).uuid.hex)


def a_downloaded_item(account: Account) -> Owned:
    return Owned(body={"history_item_ids": [make_item(account).uuid.hex]})


def a_transcript(account: Account) -> Owned:
    job = make_item(account)
    Job.objects.filter(pk=job.pk).update(kind=TRANSCRIPTION.name, state=JobState.CANCELLED, params={})
    return Owned(path={"transcription_id": job.uuid.hex})


def make_item(account: Account) -> Job:
    """Completed speech."""
    job = submit(caller(account), price=0).job
    finished(part_of(job))
    return reread(job)


ROWS = [
    *(
        row(f"text-to-speech/<voice_id>/{rest}", "POST", scope="tts:generate", owns=None, at=RACHEL, body=SPEECH)
        for rest in ("", "stream/", "with-timestamps/", "stream/with-timestamps/")
    ),
    *(
        row(f"text-to-dialogue/{rest}", "POST", scope="tts:generate", owns=None, body=DIALOGUE)
        for rest in ("", "stream/", "with-timestamps/", "stream/with-timestamps/")
    ),
    row("speech-to-text/", "POST", scope="stt:transcribe", owns=None, body={"file": b""}, status=400),
    row("speech-to-text/transcripts/<transcription_id>/", "GET", scope="jobs:read", owns=a_transcript, status=404),
    row("speech-to-text/transcripts/<transcription_id>/", "DELETE", scope="jobs:write", owns=a_transcript, status=204),
    *(
        row(f"{path}/<voice_id>/{rest}", "POST", scope="voice:convert", owns=None, at=RACHEL, body=AUDIO, status=400)
        for path in ("voice-changer", f"{HOME}speech-to-speech")
        for rest in ("", "stream/")
    ),
    *(row(f"audio-isolation/{rest}", "POST", scope="audio:process", owns=None, body=AUDIO, status=400) for rest in ("", "stream/")),
    row(f"{HOME}models/", "GET", scope="voices:read", owns=None),
    row("user/", "GET", scope="account:read", owns=None),
    row("user/subscription/", "GET", scope="account:read", owns=None),
    row("history/", "GET", scope="jobs:read", owns=a_listed_item),
    row("history/download/", "POST", scope="jobs:read", owns=a_downloaded_item),
    row("history/<item_id>/", "GET", scope="jobs:read", owns=a_history_item),
    row("history/<item_id>/", "DELETE", scope="jobs:write", owns=a_history_item),
    row("history/<item_id>/audio/", "GET", scope="jobs:read", owns=a_history_item),
    *(row(f"{root}v2/voices/", "GET", scope="voices:read", owns=a_listed_voice) for root in ("/", "/api/")),
    row(f"{HOME}voices/", "GET", scope="voices:read", owns=a_listed_voice),
    row(f"{HOME}voices/add/", "POST", scope="clone:create", owns=None, body={"name": "Ada", "files": b""}, status=400),
    row(f"{HOME}voices/settings/default/", "GET", scope="voices:read", owns=None),
    row(f"{HOME}voices/<voice_id>/", "GET", scope="voices:read", owns=a_voice),
    row(f"{HOME}voices/<voice_id>/", "DELETE", scope="voices:write", owns=a_voice),
    row(f"{HOME}voices/<voice_id>/edit/", "POST", scope="clone:create", owns=a_voice, body={"name": "Bob", "files": b""}, status=400),
    row(f"{HOME}voices/<voice_id>/settings/", "GET", scope="voices:read", owns=a_voice),
    row(f"{HOME}voices/<voice_id>/settings/edit/", "POST", scope="voices:write", owns=a_voice, body={"speed": 1.1}),
]
