"""Profiles of target voices, measured on their own speech and cached."""

import threading
from collections import OrderedDict
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import numpy as np

from workers.audio.encoding.resampler import Resampler
from workers.audio.samples import Samples, SynthesisedAudio
from workers.contract.conversion import CONVERSION_RATE, SpeakerProfile
from workers.contract.tags import primary_tag
from workers.contract.voices import VoiceRef, VoiceWeight

MOST_PROFILES: Final = 256
SENTENCES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "de": "Das Museum öffnet jeden Morgen außer an Montagen. Niemand wusste, warum die alte Uhr wieder ging.",
        "en": "The museum opens every morning except on Mondays. Nobody could explain why the old clock was ticking again.",
        "es": "El museo abre cada mañana excepto los lunes. Nadie sabía por qué el viejo reloj volvía a andar.",
        "fr": "Le musée ouvre chaque matin sauf le lundi. Personne ne savait pourquoi la vieille horloge marchait encore.",
        "hi": "संग्रहालय सोमवार को छोड़कर हर सुबह खुलता है। किसी को नहीं पता था कि पुरानी घड़ी फिर क्यों चलने लगी।",
        "it": "Il museo apre ogni mattina tranne il lunedì. Nessuno sapeva perché il vecchio orologio camminava ancora.",
        "ja": "博物館は月曜日を除いて毎朝開きます。古い時計がなぜまた動き出したのか、誰も知りませんでした。",
        "pt": "O museu abre todas as manhãs menos às segundas. Ninguém sabia por que o velho relógio voltou a andar.",
        "zh": "博物馆除了星期一每天早上开门。没有人知道为什么那座旧钟又走了起来。",
    }
)
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
