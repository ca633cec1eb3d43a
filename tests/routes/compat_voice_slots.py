"""Rows of apps/compat/voice_slots/urls.py, and the errors of the dialect."""

from collections.abc import Mapping
from typing import Any

from apps.accounts.models import Account
from apps.voice_slots.models import VoiceSlot
from tests.routes.shown_errors import ShownError
from tests.routes.table import Owned, row


def read_error(headers: Mapping[str, str], body: Any) -> ShownError:
    """Error in the envelope."""
    assert set(body) == {"code", "msg", "reqid", "data"}
    assert body["code"] != 0
    return ShownError(body["msg"], body["data"]["error"], body["reqid"])


ERROR_READERS = {"voice-slots": read_error}


def make_slot(account: Account) -> VoiceSlot:
    number = VoiceSlot.objects.count()
    return VoiceSlot.objects.create(slot_id=f"slot_{number:020x}", account=account, engine_id="chatterbox", name="复刻音色-ABCDE")


def a_slot(account: Account) -> Owned:
    return Owned(path={"slot_id": make_slot(account).slot_id})


def a_listed_slot(account: Account) -> Owned:
    return Owned(shown=make_slot(account).slot_id)


ROWS = [
    row("voice-clones/", "GET", scope="voices:read", owns=a_listed_slot),
    row("voice-clones/", "POST", scope="clone:create", owns=None, body={"model_id": "?"}, status=400),
    row("voice-clones/<slot_id>/", "GET", scope="voices:read", owns=a_slot),
    row("voice-clones/<slot_id>/", "PUT", scope="clone:create", owns=a_slot, body={"name": "Ada"}),
    row("voice-clones/<slot_id>/", "DELETE", scope="voices:write", owns=a_slot),
]
