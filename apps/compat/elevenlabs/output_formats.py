"""`output_format` of ElevenLabs' API: codec, sample rate, and kilobits a second."""

from functools import partial
from typing import Final

from apps.core.errors import InvalidRequestError
from apps.speech.serializers import SAMPLE_RATES
from apps.streaming.answers import AudioForm
from workers.audio.encoding.g711 import Law, encode_g711_bytes

DEFAULT_FORMAT: Final = "mp3_44100_128"
OUTPUT_FORMATS: Final = (
    "mp3_22050_32",
    "mp3_24000_48",
    *(f"mp3_44100_{kilobits}" for kilobits in (32, 64, 96, 128, 192)),
    *(f"{codec}_{rate}" for codec in ("pcm", "wav") for rate in SAMPLE_RATES),
    *(f"opus_48000_{kilobits}" for kilobits in (32, 64, 96, 128, 192)),
    "ulaw_8000",
    "alaw_8000",
)
"""Values of the enumerations in the official packages."""
LAWS: Final[dict[str, Law]] = {"ulaw": "mu", "alaw": "a"}
G711_TYPES: Final = {"ulaw": "audio/basic", "alaw": "audio/x-alaw-basic"}


def read_output_format(name: str, *, param: str = "output_format") -> AudioForm:
    """The form of an `output_format`. 422 for an unknown one."""
    if name not in OUTPUT_FORMATS:
        message = f"{param}: {name[:50]!r} is unknown. Available: {', '.join(OUTPUT_FORMATS)}."
        raise InvalidRequestError(message, code="invalid_request", param=param)
    codec, rate, *bitrate = name.split("_")
    if codec in LAWS:
        return AudioForm("pcm", int(rate), recode=partial(encode_g711_bytes, law=LAWS[codec]), media_type=G711_TYPES[codec])
    return AudioForm(codec, int(rate), 1000 * int(bitrate[0]) if bitrate else 0)


def stored_format(form: AudioForm) -> str:
    """Format in which the job keeps the audio."""
    return "wav" if form.format == "pcm" else form.format
