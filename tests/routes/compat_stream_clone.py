"""Rows of apps/compat/stream_clone/urls.py, and the errors of the dialect."""

from collections.abc import Mapping
from typing import Any

from apps.accounts.models import Account
from apps.voices.models import Enrolment, SavedVoice, Voice
from tests.routes.shown_errors import ShownError
from tests.routes.table import Owned, row
from tests.routes.voices import make_voice


def read_error(headers: Mapping[str, str], body: Any) -> ShownError:
    """Error of the streaming API."""
    assert set(body) >= {"error", "message", "code", "param", "request_id"}
    return ShownError(body["message"], body["code"], body["request_id"])


ERROR_READERS = {"stream-clone": read_error}


def a_ready_voice(account: Account, *, name: str = "Ada") -> Voice:
    voice = make_voice(account)
    Enrolment.objects.filter(pk=voice.enrolment_id).update(conditioning_key="voice")
    Voice.objects.filter(pk=voice.pk).update(name=name)
    return voice


def a_speaker(account: Account) -> Owned:
    a_ready_voice(account, name="Ada of the list")
    return Owned(shown="Ada of the list")


def a_prompt(account: Account) -> Owned:
    return Owned(body={"prompt_id": make_voice(account).voice_id})


def saved_prompts(account: Account) -> Owned:
    return Owned(body={"prompt_ids": [a_ready_voice(account).voice_id]})


def a_collection(account: Account) -> Owned:
    voice = make_voice(account)
    SavedVoice.objects.create(account=account, collection="mine", name=voice.name, enrolment=voice.enrolment)
    return Owned(body={"cache_path": "mine"})


ROWS = [
    row("/speakers/", "GET", scope="voices:read", owns=a_speaker),
    row("/clone/", "POST", scope="clone:create", owns=None, body={"prompt_id": "new", "prompt_audio": "%"}, status=400),
    row("/remove/", "POST", scope="voices:write", owns=a_prompt, body={"prompt_id": "x"}),
    row("/cache/save/", "POST", scope="voices:write", owns=saved_prompts, body={"cache_dir": "mine"}),
    row("/cache/load/", "POST", scope="voices:write", owns=a_collection, body={}),
]
