"""Form of a tool's audio: the requested one, as far as format and recording allow, with warnings about the rest."""

from collections.abc import Mapping
from typing import Any

from apps.audio_tools.serializers import CHANNELS
from apps.core.errors import InvalidRequestError
from workers.audio.probe import AudioInfo
from workers.contract.audio_tools import AudioForm
from workers.contract.formats import FORMATS, AudioFormat

MOST_SAMPLES = 4 * 3600 * 48_000 * 2
"""Samples of all channels that one job may process: four hours of stereo at 48 kHz, about two CPU minutes of MP3."""
MOST_OUTPUT_BYTES = 2_000_000_000
"""Largest result: three hours of stereo at 44.1 kHz as WAV. A file of few bytes may hold hours of silence."""
DEFAULT_BITS = 16
LOSSLESS_CODECS = {"flac": "flac", "alac": "flac"}
CODEC_FORMATS = {"mp3": "mp3", "vorbis": "ogg", "opus": "opus", **LOSSLESS_CODECS}


def own_format(info: AudioInfo) -> str:
    """Format of ours that is nearest to the recording's: M4A for AAC in a container, WAV for PCM and rare codecs."""
    if info.codec == "aac":
        return "aac" if info.container == "aac" else "m4a"
    return CODEC_FORMATS.get(info.codec, "wav")


def resolve_form(options: Mapping[str, Any], info: AudioInfo, *, most_samples: int = MOST_SAMPLES) -> tuple[AudioForm, tuple[str, ...]]:
    """Form for the options of AudioFormSerializer, and warnings about settings that were not followed.

    400 for a recording with more samples, or a result that is too large.
    """
    chosen = FORMATS[options["format"] or own_format(info)]
    wanted_channels = CHANNELS.get(options["channels"], info.channels)
    wanted_rate = options["sample_rate"] or info.sample_rate
    channels = chosen.choose_channels(wanted_channels)
    form = AudioForm(
        chosen.name,
        sample_rate=chosen.choose_sample_rate(wanted_rate),
        channels=channels,
        bitrate=chosen.choose_bitrate(1000 * options["bitrate"], channels=channels),
        bit_depth=chosen.choose_bit_depth(options["bit_depth"]) if options["bit_depth"] else 0,
    )
    check_size(info, form=form, most_samples=most_samples)
    return form, tuple(_warnings(chosen, form=form, options=options, channels=wanted_channels, rate=wanted_rate))


def check_size(info: AudioInfo, *, form: AudioForm | None = None, most_samples: int = MOST_SAMPLES) -> None:
    """Raise 400 for a recording with too many samples, or one whose result would be too large."""
    rate = max(info.sample_rate, form.sample_rate if form else 0)
    samples = info.audio_seconds * rate * max(info.channels, form.channels if form else 0)
    if samples > most_samples:
        raise InvalidRequestError(
            f"The recording has {samples:,.0f} samples in {info.channels} channels at {rate:,} Hz; at most {most_samples:,} are taken here. "
            "Cut it in parts, or send it with fewer channels or a lower sample rate.",
            code="too_large",
            param="file",
        )
    size = _estimated_bytes(info, form) if form else 0
    if form and size > MOST_OUTPUT_BYTES:
        raise InvalidRequestError(
            f"The result would have about {size:,} bytes as {form.format}; at most {MOST_OUTPUT_BYTES:,} are made here. "
            "Choose mp3, opus or m4a, or cut the recording in parts.",
            code="too_large",
            param="format",
        )


def _estimated_bytes(info: AudioInfo, form: AudioForm) -> int:
    bits = form.bitrate or form.sample_rate * form.channels * (form.bit_depth or DEFAULT_BITS)
    return int(info.audio_seconds * bits / 8)


def _warnings(chosen: AudioFormat, *, form: AudioForm, options: Mapping[str, Any], channels: int, rate: int) -> list[str]:
    warnings = []
    if form.sample_rate != rate and (options["sample_rate"] or form.sample_rate < rate):
        warnings.append(f"sample_rate: {chosen.name} has no {rate} Hz; {form.sample_rate} Hz were taken.")
    if form.channels != channels:
        warnings.append(f"channels: {chosen.name} has no {channels} channels; they were mixed to {form.channels}.")
    if options["bitrate"] and form.bitrate != 1000 * options["bitrate"]:
        taken = f"{form.bitrate // 1000} kbit/s were taken" if form.bitrate else "it has none"
        warnings.append(f"bitrate: {chosen.name} takes no {options['bitrate']} kbit/s; {taken}.")
    if options["bit_depth"] and (not chosen.is_lossless or form.bit_depth != options["bit_depth"]):
        taken = f"{form.bit_depth} were taken" if chosen.is_lossless else "it is lossy"
        warnings.append(f"bit_depth: {chosen.name} has no {options['bit_depth']} bits; {taken}.")
    return warnings
