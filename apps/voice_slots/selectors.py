"""Read operations on slots, always of one account."""

import re
from typing import Final

from apps.accounts.callers import Caller
from apps.catalog.voices import OwnVoice
from apps.core.errors import ConflictError, NotFoundError
from apps.voice_slots.models import SlotState, VoiceSlot
from apps.voices.selectors import check_usable, own_voice

SLOT_PREFIX: Final = "slot_"
_SLOT_ID: Final = re.compile(rf"{SLOT_PREFIX}[0-9a-f]{{20}}")
_ADVICE: Final = {
    SlotState.INIT: "PUT /v1/voice-clones/<id> with the URL of a recording trains it.",
    SlotState.TRAINING: "Try again when GET /v1/voice-clones/<id> says Success.",
    SlotState.FAILED: "PUT /v1/voice-clones/<id> with the URL of another recording trains it anew.",
}


def get_slot(caller: Caller, *, slot_id: str) -> VoiceSlot:
    """Slot of the caller's account. 404 for any other."""
    slot = _find(caller, slot_id)
    if slot is None:
        raise NotFoundError(
            f"There is no voice {slot_id[:100]!r} in your account. GET /v1/voice-clones lists them.", code="voice_not_found", param="id"
        )
    return slot


def list_slots(caller: Caller) -> list[VoiceSlot]:
    """The account's slots, oldest first."""
    return list(VoiceSlot.objects.select_related("voice__enrolment__job").filter(account=caller.account))


def count_empty_slots(caller: Caller) -> int:
    """Slots that have no voice yet, which count to the plan's voices. One of TTSAI_VOICE_PLACES."""
    return VoiceSlot.objects.filter(account=caller.account, voice=None).count() if caller.account is not None else 0


def find_slot_voice(caller: Caller, voice_id: str) -> OwnVoice | None:
    """Voice of the account's slot of this id, for a request that speaks with it. One of TTSAI_VOICE_SOURCES.

    409 voice_not_ready unless the slot's state is Success; further errors as of any own voice.
    """
    slot = _find(caller, voice_id)
    if slot is None:
        return None
    if slot.voice is None or slot.state != SlotState.SUCCESS:
        message = f"The voice {voice_id!r} is in the state {slot.state.value}; only one in the state Success speaks. {_ADVICE[slot.state]}"
        raise ConflictError(message.replace("<id>", voice_id), code="voice_not_ready", param="voice")
    check_usable(slot.voice)
    return own_voice(slot.voice)


def _find(caller: Caller, slot_id: str) -> VoiceSlot | None:
    if caller.account is None or not _SLOT_ID.fullmatch(slot_id):
        return None
    return VoiceSlot.objects.select_related("voice__enrolment__job").filter(account=caller.account, slot_id=slot_id).first()
