"""The fixtures of the speech tests: the same server, people and announced worker."""

from typing import Any

import pytest

from apps.accounts.models import Account
from apps.catalog.voices import OwnVoice
from tests.speech.conftest import _platform, nobody, owner, server
from workers.contract.references import StoredObject
from workers.contract.voices import VoiceRef

__all__ = ["_platform", "nobody", "own_voice", "owner", "server"]

OWN_VOICE = "voice_0123456789abcdef0123"


@pytest.fixture
def own_voice(owner: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    """Id of a voice that the owner cloned."""
    account: Account = owner.account
    ref = VoiceRef(OWN_VOICE, "en-us", "female", "kokoro", "7", StoredObject("voices/mine.bin"))

    def find(caller: Any, voice_id: str) -> OwnVoice | None:
        return OwnVoice(ref) if voice_id == OWN_VOICE and caller.account == account else None

    monkeypatch.setattr("apps.catalog.voices._sources", lambda: (find,))
    return OWN_VOICE
