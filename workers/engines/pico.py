"""SVOX Pico: six small voices of draft quality, the only German one of the default installation."""

import atexit
import importlib.util
import re
import unicodedata
from collections.abc import Sequence
from types import MappingProxyType
from typing import Final

import numpy as np

from workers.audio.recordings import FULL_SCALE
from workers.audio.samples import SynthesisedAudio
from workers.audio.tempo import change_tempo, split_speed
from workers.contract.engines import EngineSpec, VoiceSpec
from workers.contract.errors import ENGINE_UNAVAILABLE, NOTHING_TO_SAY, WorkError
from workers.contract.speech import GivenPhonemes, Sentence
from workers.contract.tags import normalise_tag, primary_tag, region_of
from workers.contract.voices import VoiceRef
from workers.pico.process import PicoProcesses
from workers.protocols.engine import Engine, find_built_in
from workers.text.sentences import split_sentences

SAMPLE_RATE: Final = 16_000
VOLUME: Final = 0.6
"""Volume below 1.0, where five of the six voices clip."""

RATES: Final = MappingProxyType(
    {0.4: 0.434, 0.5: 0.532, 0.6: 0.621, 0.7: 0.715, 0.8: 0.825, 0.9: 0.947, 1.0: 1.0, 1.2: 1.191, 1.5: 1.498, 2.0: 1.988}
)
"""Pico's own speeds and its measured rate at each, without silence, on one sentence of each voice; the rest is stretched."""

LONGEST_CHARACTERS: Final = 200
LONGEST_WORD: Final = 60
"""Longest word sent to Pico: it never returns from a word of 300 bytes, and fails on 80 digits."""

VOICES: Final = tuple(
    VoiceSpec(normalise_tag(tag), name, normalise_tag(tag), "female", f"{name}, female, draft quality")
    for tag, name in {
        "de-DE": "German",
        "en-GB": "British English",
        "en-US": "American English",
        "es-ES": "Spanish",
        "fr-FR": "French",
        "it-IT": "Italian",
    }.items()
)

_LONG_WORD: Final = re.compile(rf"\S{{{LONGEST_WORD + 1}}}")
_REPEATED_MARK: Final = re.compile(r"([.,;:!?-])[ .,;:!?-]*[.,;:!?-]")
_MARKS: Final = frozenset(" .,;:!?'-")
_SPELT: Final = str.maketrans(
    {"œ": "oe", "Œ": "Oe", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ı": "i", "’": "'", "–": ",", "—": ",", "…": "."}
)


class PicoEngine(Engine):
    """Pico, whose voices are in the wheel py-nanotts."""

    spec = EngineSpec(
        id="pico",
        name="Pico",
        version="0.1.1-1",
        description="SVOX Pico, small voices at draft quality in German, English, Spanish, French and Italian",
        licence="Apache-2.0",
        suggested_tier="free",
        languages=("de", "en", "es", "fr", "it"),
        voices=VOICES,
        default_voice="de-de",
        sample_rate=SAMPLE_RATE,
        minimum_speed=0.25,
        maximum_speed=4.0,
        is_draft=True,
        has_streaming=True,
        memory_bytes=60 * 1024**2,
    )

    def __init__(self) -> None:
        self._processes: PicoProcesses | None = None

    def find_obstacle(self) -> str:
        """Name the missing library, without loading anything."""
        is_missing = importlib.util.find_spec("py_nanotts") is None
        return "Pico needs py-nanotts: install requirements/worker-cpu.txt." if is_missing else ""

    def load(self) -> None:
        """Start the first child process. Raises WorkError (engine_unavailable)."""
        if obstacle := self.find_obstacle():
            raise WorkError(ENGINE_UNAVAILABLE, obstacle)
        self._processes = PicoProcesses()
        atexit.register(self._processes.close)

    def unload(self) -> None:
        processes, self._processes = self._processes, None
        if processes is not None:
            atexit.unregister(processes.close)
            processes.close()

    def split(self, text: str, *, language: str) -> list[Sentence]:  # noqa: ARG002  # the same for all
        """Split into sentences of a length that Pico speaks safely; words beyond LONGEST_WORD characters are cut."""
        return split_sentences(
            text,
            longest=LONGEST_CHARACTERS,
            fits=lambda piece: _LONG_WORD.search(piece) is None,
            is_speakable=lambda piece: any(map(str.isalnum, readable(piece))),
        )

    def speak(self, text: str, *, voice: VoiceRef, language: str, speed: float, phonemes: Sequence[GivenPhonemes] = ()) -> SynthesisedAudio:  # noqa: ARG002  # it takes none
        """Synthesise a sentence from `split`, at a speed from 0.25 to 4. Raises WorkError (unknown_voice, unsupported_language,
        nothing_to_say).
        """
        if self._processes is None:
            raise RuntimeError("load() comes first")
        found = find_built_in(self.spec, voice, language=language)
        said = readable(text)
        if not any(map(str.isalnum, said)):
            raise WorkError(NOTHING_TO_SAY, f"The text contains nothing that can be spoken in {found.name}.")
        pico_speed, tempo = split_speed(speed, rates=RATES)
        pico_voice = f"{primary_tag(voice.language)}-{region_of(voice.language).upper()}"
        raw = self._processes.speak(said, voice=pico_voice, speed=pico_speed, volume=VOLUME)
        samples = np.frombuffer(raw, "<i2").astype(np.float32) / FULL_SCALE
        return SynthesisedAudio(change_tempo(samples, sample_rate=SAMPLE_RATE, tempo=tempo), SAMPLE_RATE)


def readable(text: str) -> str:
    """Convert text to Pico's alphabet: Latin-1 letters, digits and plain marks, without its markup (`<play file=…>` would read a file).

    Letters beyond Latin-1 lose their accents; those without a Latin base letter become a space.
    """
    plain = "".join(_readable_character(character) for character in unicodedata.normalize("NFC", text).translate(_SPELT))
    return _REPEATED_MARK.sub(r"\1", " ".join(plain.split()))


def _readable_character(character: str) -> str:
    if character in _MARKS or (character <= "ÿ" and character.isalnum()):
        return character
    base = unicodedata.normalize("NFKD", character)[0]
    return base if base.isascii() and base.isalnum() else " "


def build_engines() -> list[Engine]:
    return [PicoEngine()]
