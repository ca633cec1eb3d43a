"""Changes of slots: make, train, rename, delete."""

import secrets
import string
from functools import partial

from django.db import transaction

from apps.accounts.callers import Caller
from apps.catalog.selectors import find_cloning_model
from apps.core.errors import ConflictError, InvalidRequestError
from apps.jobs.services.limits import wait_for_tenant
from apps.uploads.services import Source
from apps.voice_slots.models import SlotState, VoiceSlot
from apps.voice_slots.selectors import SLOT_PREFIX, get_slot
from apps.voices.models import Voice
from apps.voices.selectors import count_named_voices
from apps.voices.services.consent import ConsentStatement
from apps.voices.services.enrolments import ID_BYTES, VoiceOrder
from apps.voices.services.removal import remove_voice
from apps.voices.services.requests import CloneOrder, CloneSteps, CloneSubmission, check_order, clone_or_release, request_clone

NAME_LETTERS = string.ascii_uppercase + string.digits
NAME_LENGTH = 5


def make_slot(caller: Caller, *, model: str) -> VoiceSlot:
    """An empty slot. 400 for a model that clones no voices, 403 voice_limit_reached: empty slots count to the plan's voices."""
    engine = find_cloning_model(model, plan=caller.plan)
    account = caller.required_account
    with transaction.atomic():
        wait_for_tenant(caller.tenant)
        limit = caller.plan.max_voices
        if count_named_voices(caller) >= limit:
            raise InvalidRequestError(
                f"The plan {caller.plan.name!r} keeps {limit} voices, empty ones included. DELETE /v1/voice-clones/<id> removes one.",
                code="voice_limit_reached",
                status=403,
            )
        name = f"复刻音色-{''.join(secrets.choice(NAME_LETTERS) for _ in range(NAME_LENGTH))}"
        return VoiceSlot.objects.create(
            slot_id=f"{SLOT_PREFIX}{secrets.token_hex(ID_BYTES)}", account=account, engine_id=engine.requested_id, name=name
        )


def rename_slot(caller: Caller, *, slot_id: str, name: str) -> VoiceSlot:
    """Rename a slot and its voice; an empty name leaves them."""
    with transaction.atomic():
        slot = _lock(caller, slot_id=slot_id)
        if name:
            _rename(slot, name)
    return slot


def check_training(caller: Caller, *, slot_id: str, consent: ConsentStatement | None) -> None:
    """Refuse what can be refused before the recording is fetched. Raises ApplicationErrors."""
    slot = get_slot(caller, slot_id=slot_id)
    _check_idle(slot)
    check_order(caller, order=CloneOrder(model=slot.engine_id, consent=consent), recordings=1)


def train_slot(caller: Caller, *, slot_id: str, source: Source, name: str, consent: ConsentStatement | None, request_id: str) -> VoiceSlot:
    """Enrol the speaker of the recording as the slot's voice, in place of an earlier one. The recording is deleted where no job takes it.

    409 voice_not_ready while the slot is in training; errors as of POST /v1/voice-clone/.
    """

    def clone() -> CloneSubmission:
        slot = get_slot(caller, slot_id=slot_id)
        training = _Training(caller, slot, name=name or slot.name)
        order = CloneOrder(model=slot.engine_id, voice=VoiceOrder(name=name or slot.name, is_exclusive=True), consent=consent)
        steps = CloneSteps(before=training.begin, after=training.keep)
        return request_clone(caller, order=order, sources=[source], idempotency=None, request_id=request_id, steps=steps)

    clone_or_release([source], clone)
    return get_slot(caller, slot_id=slot_id)


def remove_slot(caller: Caller, *, slot_id: str) -> None:
    """Delete a slot with the voice that was made for it."""
    with transaction.atomic():
        wait_for_tenant(caller.tenant)
        slot = _lock(caller, slot_id=slot_id)
        voice = slot.voice
        slot.delete()
        if voice is not None and voice.is_exclusive:
            remove_voice(voice)


class _Training:
    """Steps of a training in the transaction that enrols the voice."""

    def __init__(self, caller: Caller, slot: VoiceSlot, *, name: str) -> None:
        self._caller = caller
        self._slot = slot
        self._name = name
        self._earlier: Voice | None = None

    def begin(self) -> None:
        """Lock the slot. An earlier voice loses its name, so that it does not count to the plan's voices."""
        self._slot = _lock(self._caller, slot_id=self._slot.slot_id)
        _check_idle(self._slot)
        self._earlier = self._slot.voice
        if self._earlier is not None and self._earlier.is_exclusive:
            Voice.objects.filter(pk=self._earlier.pk).update(name="")

    def keep(self, voice: Voice) -> None:
        """Give the slot its voice. The earlier one is deleted after the commit, or by the sweep of unused embeds."""
        self._slot.voice, self._slot.name = voice, self._name
        self._slot.save(update_fields=["voice", "name"])
        earlier = self._earlier
        if earlier is not None and earlier.is_exclusive:
            transaction.on_commit(partial(remove_voice, earlier))


def _lock(caller: Caller, *, slot_id: str) -> VoiceSlot:
    """The slot, locked until the end of the transaction."""
    found = get_slot(caller, slot_id=slot_id)
    VoiceSlot.objects.select_for_update().filter(pk=found.pk).first()
    return get_slot(caller, slot_id=slot_id)


def _check_idle(slot: VoiceSlot) -> None:
    if slot.state == SlotState.TRAINING:
        message = f"The voice {slot.slot_id!r} is in training. Train it anew when its state is Success or Failed."
        raise ConflictError(message, code="voice_not_ready", param="key")


def _rename(slot: VoiceSlot, name: str) -> None:
    slot.name = name
    slot.save(update_fields=["name"])
    if slot.voice is not None and slot.voice.is_exclusive:
        Voice.objects.filter(pk=slot.voice.pk).update(name=name)
        slot.voice.name = name
