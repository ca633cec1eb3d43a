"""ElevenLabs' premade voices, which its documents and clients name by id, and the Kokoro voices that speak for them."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True)
class PremadeVoice:
    """Voice of ElevenLabs' library."""

    voice_id: str
    name: str
    gender: str
    accent: str
    speaker: str
    """Kokoro voice of the same gender, and of the same accent where there is one."""


PREMADE_VOICES: Final[Mapping[str, PremadeVoice]] = MappingProxyType(
    {
        voice_id: PremadeVoice(voice_id, **row)
        for voice_id, row in tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8")).items()
    }
)
"""Names by id, from ElevenLabs' list of default and legacy voices."""

SPEAKERS_OF_PREMADE: Final = {
    name: voice.speaker for voice in PREMADE_VOICES.values() for name in (voice.voice_id.casefold(), voice.name.casefold())
}
"""Kokoro voices by id and name in small letters, as rows of stand-ins have them."""
