"""Segments of a text without its tags, and pronunciations of single words."""

from dataclasses import dataclass, fields
from typing import Any, Final

from workers.contract.codec import Message

SILENT_DECIBELS: Final = -120.0
"""Volume of silence: full scale at this gain is zero in 16 and in 24 bits."""

SLOWEST_RATE: Final = 0.25
FASTEST_RATE: Final = 4.0
LOUDEST_DECIBELS: Final = 12.0


@dataclass(frozen=True, slots=True)
class Segment(Message):
    """Run of a text with the same voice settings, or a pause."""

    text: str
    """Text as the customer wrote it, without tags; empty for a pause."""
    start: int = 0
    """Offset of the first character in the whole written text, in code points."""
    kind: str = "text"
    """text, say_as, phoneme, sub, break. Only `text` is normalised and has pronunciations applied."""
    interpret_as: str = ""
    """Kind of a say_as: cardinal, ordinal, date, time, telephone, currency, spell-out."""
    format: str = ""
    """Format of a say_as, lower case: dmy and the like for a date, hms12 or hms24 for a time."""
    detail: str = ""
    phonemes: str = ""
    """Phonemes to speak, for kind phoneme."""
    alphabet: str = ""
    """Alphabet of the phonemes: ipa; X-SAMPA is converted when the markup is parsed."""
    alias: str = ""
    """Replacement of the text, for kind sub."""
    rate: float = 1.0
    """Multiplier of the request's speed, SLOWEST_RATE to FASTEST_RATE."""
    volume_decibels: float = 0.0
    """Gain, SILENT_DECIBELS to LOUDEST_DECIBELS."""
    emphasis: str = ""
    """strong, moderate, reduced, none; empty without markup."""
    language: str = ""
    """BCP 47 in lower case; empty for the request's."""
    voice: str = ""
    """Voice that the markup names; in a message it is empty and `voice_index` tells the voice."""
    voice_index: int = 0
    """Index of the voice: 0 for the voice of the work, otherwise 1 and up for those of `SpeakWork.voices`."""
    break_seconds: float = 0.0
    """Length of a pause, for kind break; 0 for none."""
    ends_sentence: bool = False
    """True if the markup ends a sentence after this segment, whatever its punctuation."""
    ends_paragraph: bool = False
    """Implies ends_sentence."""

    def to_dict(self) -> dict[str, Any]:
        """Fields that are not at their defaults: a long text with markup has a segment for every few characters."""
        return {name: value for name, default in _SEGMENT_DEFAULTS.items() if (value := getattr(self, name)) != default}


_SEGMENT_DEFAULTS: Final = {field.name: field.default for field in fields(Segment)}


@dataclass(frozen=True, slots=True)
class PronunciationRule(Message):
    word: str
    replacement: str
    language: str = ""
    """BCP 47 in lower case, `en` covers `en-gb`; empty for every language."""
    case_sensitive: bool = False
