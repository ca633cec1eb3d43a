"""Orders of conversions."""

from dataclasses import dataclass, field

from apps.catalog.voices import DialectVoices
from apps.conversion.kinds import ConversionParams
from apps.jobs.kinds import JobKind
from workers.contract.conversion import Delivery

DEFAULT_MODEL = "openvoice"
OUTPUT_FORMATS = ("wav", "mp3", "flac")


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversionOrder:
    """Target and options of a conversion."""

    kind: JobKind[ConversionParams]
    voice: str
    voice_param: str
    """Name of the field with the voice."""
    dialect_voices: DialectVoices | None = None
    """Names for voices that the dialect of the request defines."""
    model: str = DEFAULT_MODEL
    language: str | None = None
    """Language of the recording; detected if empty or `auto`."""
    delivery: Delivery = field(default_factory=Delivery)
    format: str = "wav"
    is_awaited: bool = False
    webhook_url: str = ""
    own_share: float = 1.0
    """Share of the account's own voice in the target, from 0 to 1; a built-in voice of the same register has the rest. A converter that takes
    the recording itself mixes nothing, and follows `tau`.
    """
    tau: float | None = None
    """Strength of the target from 0 to 1, for a converter with a parameter for it."""
    longest_piece_milliseconds: int | None = None
    """Length above which the recording is divided, where an API documents one; otherwise that of the platform."""
