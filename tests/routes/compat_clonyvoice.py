"""Rows of apps/compat/clonyvoice/library_urls.py, and the errors of the dialect."""

from collections.abc import Mapping
from typing import Any

from apps.accounts.models import Account
from apps.voice_library.models import Category, Favourite
from tests.routes.accounts import a_listed_key
from tests.routes.shown_errors import ShownError
from tests.routes.table import Owned, row
from tests.routes.voices import a_listed_voice, a_voice, make_voice


def read_error(headers: Mapping[str, str], body: Any) -> ShownError:
    """Error of ClonyVoice's API."""
    assert set(body) >= {"detail", "code", "param", "request_id"}
    return ShownError(body["detail"], body["code"], body["request_id"])


UPLOAD = {"upload_id": "0" * 32}

ERROR_READERS = {"clonyvoice": read_error}


def a_category(account: Account) -> Owned:
    return Owned(path={"category": Category.objects.create(account=account, name="calm").name})


def a_listed_category(account: Account) -> Owned:
    return Owned(shown=Category.objects.create(account=account, name="calm").name)


def a_named_category(account: Account) -> Owned:
    return Owned(body={"name": Category.objects.create(account=account, name="calm").name})


def a_listed_favourite(account: Account) -> Owned:
    voice = make_voice(account)
    Favourite.objects.create(account=account, voice=voice)
    return Owned(shown=voice.voice_id)


def an_exported_voice(account: Account) -> Owned:
    return Owned(body={"voice_ids": [make_voice(account).voice_id]})


ROWS = [
    row("/api/api-keys/", "GET", scope="system:read", owns=a_listed_key),
    row(
        "/api/api-keys/",
        "POST",
        scope="system:read",
        owns=None,
        body={"name": "mine", "scopes": ["system:read"], "limits": {"system:read": 1}},
    ),
    row("/api/audio-duration/", "POST", scope="audio:process", owns=None, body={"file": b"RIFF"}),
    row("/api/transcribe/", "POST", scope="audio:process", owns=None, body=UPLOAD, status=400),
    row("/api/clone/create/", "POST", scope="clone:create", owns=None, body={"name": "Ada", **UPLOAD}, status=400),
    row("/api/clone/create-multi/", "POST", scope="clone:create", owns=None, body={"name": "Ada", **UPLOAD}, status=400),
    row("/api/system/info/", "GET", scope="system:read", owns=None),
    row("/api/system/stats/", "GET", scope="system:read", owns=None),
    row("/api/categories/", "GET", scope="voices:read", owns=a_listed_category),
    row("/api/categories/", "POST", scope="voices:write", owns=None, body={"name": "calm"}),
    row("/api/categories/", "DELETE", scope="voices:write", owns=a_named_category),
    row("/api/categories/<category>/", "DELETE", scope="voices:write", owns=a_category),
    row("/api/favorites/", "GET", scope="voices:read", owns=a_listed_favourite),
    row("/api/favorites/<voice_id>/", "POST", scope="voices:write", owns=a_voice),
    row("/api/voices/", "GET", scope="voices:read", owns=a_listed_voice),
    row("/api/voices/export/", "POST", scope="voices:read", owns=an_exported_voice, body={}),
    row("/api/voices/import/", "POST", scope="voices:write", owns=None, body={"file": b"PK"}),
    row("/api/voices/import/preview/", "POST", scope="voices:write", owns=None, body={"file": b"PK"}),
    row("/api/voices/<voice_id>/", "GET", scope="voices:read", owns=a_voice),
    row("/api/voices/<voice_id>/", "PUT", scope="voices:write", owns=a_voice, body={"name": "Bob"}),
    row("/api/voices/<voice_id>/", "DELETE", scope="voices:write", owns=a_voice),
]
