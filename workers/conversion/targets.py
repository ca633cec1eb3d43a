"""Profiles of target voices, measured on their own speech and cached."""

import threading
import tomllib
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

import numpy as np

from workers.audio.encoding.resampler import Resampler
from workers.audio.samples import Samples, SynthesisedAudio
from workers.contract.conversion import CONVERSION_RATE, SpeakerProfile
from workers.contract.tags import primary_tag
from workers.contract.voices import VoiceRef, VoiceWeight

MOST_PROFILES: Final = 256
SENTENCES: Final[Mapping[str, str]] = MappingProxyType(tomllib.loads(Path(__file__).with_name("sentences.toml").read_text("utf-8")))
"""Sentences that a target voice speaks to be measured, by primary tag."""
SYLLABLES: Final = "La le li lo lu, ma me mi mo mu, na ne ni no nu, sa se si so su, ta te ti to tu."
"""Text for any other language."""


class TargetProfiles:
    """Cache of profiles by voice and version, least recently used first out. Thread-safe."""

    def __init__(self, *, most: int = MOST_PROFILES) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._profiles: OrderedDict[tuple[str, str, str, tuple[VoiceWeight, ...]], SpeakerProfile] = OrderedDict()

    def find(self, voice: VoiceRef) -> SpeakerProfile | None:
        """Profile measured before; None if there is none."""
        with self._lock:
            found = self._profiles.get(_key(voice))
            if found is not None:
                self._profiles.move_to_end(_key(voice))
            return found

    def keep(self, voice: VoiceRef, profile: SpeakerProfile) -> None:
        with self._lock:
            self._profiles[_key(voice)] = profile
            while len(self._profiles) > self._most:
                self._profiles.popitem(last=False)


def reference_sentence(voice: VoiceRef) -> str:
    """Text by which the voice is measured."""
    return SENTENCES.get(primary_tag(voice.language), SYLLABLES)


def at_conversion_rate(spoken: SynthesisedAudio) -> Samples:
    """Samples of a spoken sentence at CONVERSION_RATE."""
    resampler = Resampler(input_rate=spoken.sample_rate, output_rate=CONVERSION_RATE)
    return np.concatenate([resampler.feed(spoken.samples), resampler.finish()])


def _key(voice: VoiceRef) -> tuple[str, str, str, tuple[VoiceWeight, ...]]:
    return voice.engine, voice.id, voice.version, voice.weights
