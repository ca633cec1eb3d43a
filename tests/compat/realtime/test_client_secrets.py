"""Client secrets: created with a key, short-lived, for realtime sessions of one account only."""

import json
from typing import Any

import httpx
import openai
import pytest
from websockets.exceptions import InvalidStatus

from apps.accounts.models import ApiKey
from apps.accounts.services.keys import revoke_key
from apps.compat.realtime import client_secrets
from apps.core.valkey import client as valkey_client
from tests.compat.realtime.test_sessions import Talk, opened
from tests.factories import make_key
from tests.speech.people import Person
from tests.web.shell import RunningShell

SUBPROTOCOL = "openai-insecure-api-key."


def post(server: RunningShell, key: str, path: str, body: Any) -> httpx.Response:
    return httpx.post(f"{server.url}/v1/realtime/{path}", json=body, headers={"Authorization": f"Bearer {key}"}, timeout=60)


def refusal(server: RunningShell, key: str, **arguments: Any) -> tuple[int, str]:
    """Status and code of a refused handshake."""
    with pytest.raises(InvalidStatus) as refused, opened(server, key, **arguments):
        pass
    response = refused.value.response
    return response.status_code, json.loads(response.body or b"")["error"]["code"]


def first_session(talk: Talk) -> dict[str, Any]:
    return dict(talk.read()["session"])


def test_browser_opens_a_session_with_the_configuration_of_its_secret(server: RunningShell, client: openai.OpenAI) -> None:
    audio: Any = {"output": {"voice": "ash"}}
    made = client.realtime.client_secrets.create(session={"type": "realtime", "instructions": "Be kind.", "audio": audio})
    assert made.value.startswith("ek_")
    assert made.session.type == "realtime"
    offered = ["realtime", f"{SUBPROTOCOL}{made.value}"]
    with opened(server, "", query="", subprotocols=offered) as talk:
        assert talk.connection.subprotocol == "realtime"
        session = first_session(talk)
        assert (session["instructions"], session["audio"]["output"]["voice"]) == ("Be kind.", "ash")
    with opened(server, made.value, query="") as talk:  # as a header too, and more than once
        assert first_session(talk)["instructions"] == "Be kind."
    assert httpx.get(f"{server.url}/v1/account/", headers={"Authorization": f"Bearer {made.value}"}).status_code == 401


def test_secret_of_a_transcription_session_opens_no_other(server: RunningShell, owner: Person) -> None:
    listener = make_key(owner.account, scopes=["stt:transcribe"])[1]
    body = {"session": {"type": "transcription", "audio": {"input": {"transcription": {"model": "whisper-1"}}}}}
    secret = post(server, listener, "client_secrets", body).json()["value"]
    with opened(server, secret, query="?model=gpt-realtime") as talk:
        assert first_session(talk)["type"] == "transcription"
        assert talk.update({"type": "realtime"})["error"]["code"] == "missing_scope"
    refused = post(server, listener, "client_secrets", {"session": {"type": "realtime"}})
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "missing_scope")


def test_beta_sessions_return_their_secret_beside_the_configuration(server: RunningShell, beta: openai.OpenAI, owner: Person) -> None:
    session = beta.beta.realtime.sessions.create(model="gpt-4o-realtime-preview", voice="ash", modalities=["text"])
    assert (session.voice, session.modalities) == ("ash", ["text"])
    offered = ["realtime", f"{SUBPROTOCOL}{session.client_secret.value}", "openai-beta.realtime-v1"]
    with opened(server, "", query="", subprotocols=offered) as talk:
        assert first_session(talk)["voice"] == "ash"
    transcription = post(server, owner.key, "transcription_sessions", {"input_audio_format": "g711_ulaw"}).json()
    assert (transcription["object"], transcription["input_audio_format"]) == ("realtime.transcription_session", "g711_ulaw")
    with opened(
        server, "", query="", subprotocols=[f"{SUBPROTOCOL}{transcription['client_secret']['value']}", "openai-beta.realtime-v1"]
    ) as talk:
        assert talk.read()["type"] == "transcription_session.created"


def test_subprotocol_takes_no_api_key_and_no_expired_or_foreign_secret(server: RunningShell, owner: Person) -> None:
    assert refusal(server, "", subprotocols=["realtime", f"{SUBPROTOCOL}{owner.key}"]) == (401, "invalid_client_secret")
    assert refusal(server, "", subprotocols=["realtime", f"{SUBPROTOCOL}ek_{'x' * 43}"]) == (401, "invalid_client_secret")
    secret = post(server, owner.key, "client_secrets", {"expires_after": {"anchor": "created_at", "seconds": 10}}).json()["value"]
    (name,) = valkey_client().keys("client-secret:*")
    assert secret.encode() not in name
    assert 0 < int(valkey_client().ttl(name)) <= 10
    valkey_client().delete(name)
    assert refusal(server, secret) == (401, "invalid_client_secret")


def test_secret_of_a_revoked_key_opens_nothing(server: RunningShell, owner: Person) -> None:
    key, value = make_key(owner.account)
    secret = post(server, value, "client_secrets", {}).json()["value"]
    revoke_key(ApiKey.objects.get(pk=key.pk))
    assert refusal(server, secret) == (401, "invalid_client_secret")


def test_secrets_of_a_key_are_bounded(server: RunningShell, owner: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_secrets, "MOST_SECRETS", 1)
    assert post(server, owner.key, "client_secrets", {}).status_code == 200
    refused = post(server, owner.key, "client_secrets", {})
    assert (refused.status_code, refused.json()["error"]["code"]) == (429, "too_many_client_secrets")
    assert post(server, make_key(owner.account)[1], "client_secrets", {}).status_code == 200
