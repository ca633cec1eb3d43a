"""Options of text to speech, from the query of a request or of a handshake."""

from dataclasses import dataclass
from functools import partial
from typing import Final

from apps.cache.tickets import CacheUse
from apps.catalog.starting_stand_ins import AURA_VOICES
from apps.compat.deepgram.names import DEFAULT_VOICE, voice_model_of
from apps.compat.deepgram.parameters import Parameters, invalid_parameter
from apps.compat.deepgram.raw_audio import RawFormat, wave_header
from apps.speech.speech_settings import SpeechSettings
from apps.streaming.answers import AudioForm
from workers.audio.encoding.g711 import Law, encode_g711_bytes
from workers.contract.formats import FORMATS

ENCODINGS: Final = ("mp3", "linear16", "mulaw", "alaw", "flac", "opus", "aac")
LAWS: Final[dict[str, Law]] = {"mulaw": "mu", "alaw": "a"}
LIVE_ENCODINGS: Final = ("linear16", "mulaw", "alaw")
CONTAINERS: Final = {
    "mp3": ("none",),
    "linear16": ("wav", "none"),
    "mulaw": ("wav", "none"),
    "alaw": ("wav", "none"),
    "flac": ("none",),
    "opus": ("ogg",),
    "aac": ("none",),
}
"""Containers of each encoding, the default first."""
RATES: Final = {
    "linear16": (24_000, 8000, 16_000, 32_000, 48_000, 22_050, 44_100),
    "mulaw": (8000, 16_000),
    "alaw": (8000, 16_000),
    "flac": (24_000, 8000, 16_000, 22_050, 32_000, 48_000),
    "mp3": (24_000, 22_050),
    "opus": (48_000,),
    "aac": (24_000, 22_050),
}
"""Sample rates of each encoding, the default first."""
LEAST_SPEED, MOST_SPEED = 0.5, 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeakingOptions:
    """Voice and form of the audio."""

    model: str = DEFAULT_VOICE
    """Name as the client wrote it."""
    encoding: str = "mp3"
    container: str = "none"
    sample_rate: int = 24_000
    bitrate: int = 0
    speed: float = 1.0

    @property
    def format(self) -> str:
        """Format in workers/contract/formats.py; `pcm` where the samples are encoded further."""
        if self.encoding in {"mulaw", "alaw"}:
            return "pcm"
        if self.encoding == "linear16":
            return "wav" if self.container == "wav" else "pcm"
        return self.encoding

    @property
    def form(self) -> AudioForm:
        law = LAWS.get(self.encoding)
        header = wave_header(RawFormat(self.encoding, self.sample_rate)) if law and self.container == "wav" else b""
        recode = partial(encode_g711_bytes, law=law) if law else None
        return AudioForm(
            self.format, sample_rate=self.sample_rate, bitrate=self.bitrate, recode=recode, media_type=self.content_type, header=header
        )

    @property
    def content_type(self) -> str:
        if self.container == "wav":
            return "audio/wav"
        raw = {"linear16": "audio/l16", "mulaw": "audio/basic", "alaw": "audio/x-alaw-basic"}
        if self.encoding in raw:
            return f"{raw[self.encoding]};rate={self.sample_rate}" if self.encoding == "linear16" else raw[self.encoding]
        return FORMATS[self.format].content_type

    def settings(self, *, cache: CacheUse = CacheUse.NORMAL) -> SpeechSettings:
        named = voice_model_of(self.model)
        is_known = not named.language or named.voice in AURA_VOICES
        return SpeechSettings(
            model=named.model,
            voice=named.voice if is_known else None,
            language=named.language or None,
            format=self.format,
            sample_rate=self.sample_rate,
            bitrate=self.bitrate,
            speed=self.speed,
            has_listener=True,
            is_streamed=True,
            cache=cache,
        )


def read_speaking_options(given: Parameters, *, is_live: bool) -> SpeakingOptions:
    """Options of a query. Raises InvalidRequestError."""
    encoding = given.choice("encoding", "linear16" if is_live else "mp3", LIVE_ENCODINGS if is_live else ENCODINGS)
    containers = ("none",) if is_live else CONTAINERS[encoding]
    rates = RATES[encoding]
    rate = given.integer("sample_rate", rates[0], least=1, most=192_000)
    if rate not in rates:
        raise invalid_parameter("sample_rate", f"{encoding} has {', '.join(map(str, rates))} Hz.")
    return SpeakingOptions(
        model=given.text("model", DEFAULT_VOICE),
        encoding=encoding,
        container=given.choice("container", containers[0], containers),
        sample_rate=rate,
        bitrate=given.integer("bit_rate", 0, least=0, most=650_000),
        speed=given.number("speed", 1.0, least=LEAST_SPEED, most=MOST_SPEED),
    )
