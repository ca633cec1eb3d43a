"""Deepgram's names of models: the catalogue's stand-ins have a row for each family (apps/catalog/starting_stand_ins.py)."""

import re
from dataclasses import dataclass
from typing import Final
from uuid import NAMESPACE_URL, uuid5

DEFAULT_RECOGNISER: Final = "nova-3"
DEFAULT_VOICE: Final = "aura-asteria-en"
RECOGNISERS: Final = ("nova-3", "nova-2", "nova", "enhanced", "base")
"""Families of recognisers, longer names first: nova-2-meeting is one of nova-2."""
USES_OF_NOVA: Final = frozenset({"meeting", "phonecall", "finance", "conversationalai", "voicemail", "video", "medical", "general"})
"""Names that a client may send without their family."""
_VOICE: Final = re.compile(r"(aura(?:-2)?)-([a-z]+)-([a-z]{2})")
_NAMESPACE: Final = uuid5(NAMESPACE_URL, "models of the speech platform")


@dataclass(frozen=True, slots=True)
class VoiceModel:
    """Model and voice that a name of Deepgram's stands for."""

    model: str
    voice: str
    language: str = ""
    """Tag of the voice's language; empty for a name that is not Deepgram's."""


def recogniser_of(name: str) -> str:
    """Name in our catalogue of a recogniser: its family, or the name itself, which may be an installed model."""
    folded = name.casefold()
    if folded in USES_OF_NOVA:
        return "nova"
    if folded.startswith("whisper-"):  # Deepgram's hosted Whisper: whisper-tiny … whisper-large
        return "whisper"
    return next((family for family in RECOGNISERS if folded == family or folded.startswith(f"{family}-")), name)


def voice_model_of(name: str) -> VoiceModel:
    """Model and voice of `aura-2-thalia-en`; any other name is a voice of ours, which an Aura model's stand-in speaks."""
    found = _VOICE.fullmatch(name.casefold())
    if found is None:
        return VoiceModel("aura", name)
    return VoiceModel(found[1], name.casefold(), found[3])


def model_uuid(name: str) -> str:
    """Id of a model in Deepgram's responses: the same for the same name, here and on every other server."""
    return str(uuid5(_NAMESPACE, name))
