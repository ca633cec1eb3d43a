"""Voices ready to speak: from voice files and from mixes of stock voices to the numbers that the runtime takes."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from workers.contract.errors import UNKNOWN_VOICE, WorkError
from workers.contract.voices import VoiceRef
from workers.kokoro.runtime import ACOUSTIC_SIZE, UNCHANGED_PITCH, Array, KokoroRuntime, Pitch
from workers.kokoro.stock_voices import STOCK_VOICES
from workers.kokoro.voice_file import KokoroVoice

PITCH_SCALES: Final = (0.75, 1.33)
"""Bounds of the change of the pitch range, as in the research that the fit follows: beyond them intonation sounds drunk or flat."""
PITCHED_HERTZ: Final = 50.0
"""F0 from which a half frame counts for the mean pitch."""
PITCH_SAMPLES: Final = (
    "ðə mjuzˈiəm ˈOpᵊnz ˈɛvəɹi mˈɔɹnɪŋ ɪksˈɛpt ˌɔn mˈʌndˌAz ænd pˈʌblɪk hˈɑlədˌAz.",
    "nˈObˌɑdi kʊd ɪksplˈAn wˌI ði ˈOld klˈɑk hæd stˈɑɹTᵻd tˈɪkɪŋ əɡˈɛn.",
)
"""Phonemes of two sentences by which the pitch of a mix is measured."""


@dataclass(frozen=True, slots=True)
class SpeakableVoice:
    """A voice as the runtime takes it."""

    timbre: Mapping[str, float]
    prosody: Mapping[str, float]
    affine: Array | None = None
    """AdaIN numbers [37396]; None: those of the style."""
    affine_share: float = 1.0
    """Share of `affine` in the sound; the rest is the style's. AdaIN numbers are linear in the style, so that voices mix there too."""
    pitch: Pitch = UNCHANGED_PITCH
    pace: float = 1.0
    """Factor of the speed that a request asks for."""

    def style(self, runtime: KokoroRuntime, *, phoneme_count: int) -> Array:
        """Style [256] for a text of that many phonemes: the acoustic half of `timbre`, the prosodic half of `prosody`."""
        acoustic = runtime.mix_styles(self.timbre, phoneme_count=phoneme_count)
        if self.timbre == self.prosody:
            return acoustic
        prosodic = runtime.mix_styles(self.prosody, phoneme_count=phoneme_count)
        return np.concatenate([acoustic[:ACOUSTIC_SIZE], prosodic[ACOUSTIC_SIZE:]])

    def affine_of(self, runtime: KokoroRuntime, style: Array) -> Array:
        """AdaIN numbers [37396] of the voice with that style."""
        if self.affine is None:
            return runtime.affine(style)
        if self.affine_share == 1.0:
            return self.affine
        share = np.float32(self.affine_share)
        return share * self.affine + (1 - share) * runtime.affine(style)


def stock_voice(voice: str) -> SpeakableVoice:
    """The stock voice itself."""
    return SpeakableVoice({voice: 1.0}, {voice: 1.0})


def mixed_voice(voice: VoiceRef) -> SpeakableVoice:
    """A mix of stock voices, its weights scaled to add up to 1. Raises WorkError (unknown_voice)."""
    total = math.fsum(share.weight for share in voice.weights)
    try:
        weights = {share.voice: share.weight / total for share in voice.weights}
        mixed = KokoroVoice(weights, weights)
    except (ValueError, ZeroDivisionError) as error:
        raise WorkError(UNKNOWN_VOICE, f"The mix {voice.id!r} cannot be spoken: {error}.") from None
    return SpeakableVoice(mixed.timbre, mixed.prosody)


def speakable_voice(voice: KokoroVoice, runtime: KokoroRuntime, *, stock: Mapping[str, float] | None = None) -> SpeakableVoice:
    """A voice file ready to speak; its pitch is measured in about 0.3 CPU seconds.

    stock: shares of stock voices to mix in; the rest up to 1 is the voice's own. Raises ValueError for shares that are not from 0 to 1 and
    for unknown voices.
    """
    shares = dict(stock or {})
    if unknown := set(shares) - set(STOCK_VOICES):
        raise ValueError(f"the mix names the unknown voice {min(unknown)[:40]!r}")
    own = 1.0 - sum(shares.values())
    if min((own, *shares.values())) < -1e-6:
        raise ValueError(f"the shares of a mix are not from 0 to 1: {shares}")
    own = max(own, 0.0)
    prosody = _add(voice.prosody, shares, own=own)
    pitch = UNCHANGED_PITCH if voice.log_f0 is None else _pitch_of_mix(voice.log_f0, prosody, runtime, shares=shares, own=own)
    if voice.affine is None:
        return SpeakableVoice(_add(voice.timbre, shares, own=own), prosody, pitch=pitch, pace=voice.pace)
    timbre = {name: share / (1.0 - own) for name, share in shares.items()} if shares and own < 1.0 else voice.timbre
    return SpeakableVoice(timbre, prosody, voice.affine, own, pitch, voice.pace)


def measure_log_f0(prosody: Mapping[str, float], runtime: KokoroRuntime) -> tuple[float, float]:
    """Mean and standard deviation of log F0, in Hz, with which the runtime reads in the prosody of a mix."""
    tracks = []
    for phonemes in PITCH_SAMPLES:
        tokens, style = runtime.tokens(phonemes), runtime.mix_styles(prosody, phoneme_count=len(phonemes))
        encoding = runtime.encode(tokens, style=style)
        tracks.append(runtime.align(encoding, track=np.repeat(np.arange(len(tokens)), encoding.durations), style=style).f0)
    f0 = np.concatenate(tracks)
    voiced = f0[f0 > PITCHED_HERTZ]
    if not voiced.size:
        return float(np.log(PITCHED_HERTZ)), 0.0
    logarithms = np.log(voiced.astype(np.float64))
    return float(logarithms.mean()), float(logarithms.std())


def pitch_between(spoken: tuple[float, float], target: tuple[float, float]) -> Pitch:
    """The change from one mean and deviation of log F0 to another; the range changes within PITCH_SCALES."""
    scale = float(np.clip(target[1] / max(spoken[1], 1e-3), *PITCH_SCALES))
    return Pitch(scale, target[0] - scale * spoken[0])


def _pitch_of_mix(
    log_f0: tuple[float, float], prosody: Mapping[str, float], runtime: KokoroRuntime, *, shares: Mapping[str, float], own: float
) -> Pitch:
    """The pitch of the voice's speaker, moved towards the stock voices by their shares."""
    spoken = measure_log_f0(prosody, runtime)
    if not shares or own == 1.0:
        return pitch_between(spoken, log_f0)
    stock = measure_log_f0({name: share / (1.0 - own) for name, share in shares.items()}, runtime)
    mixed = (own * log_f0[0] + (1 - own) * stock[0], own * log_f0[1] + (1 - own) * stock[1])
    return pitch_between(spoken, mixed)


def _add(mix: Mapping[str, float], shares: Mapping[str, float], *, own: float) -> dict[str, float]:
    """The mix with its share of `own`, and the other shares beside it."""
    names = dict.fromkeys((*mix, *shares))
    return {name: own * mix.get(name, 0.0) + shares.get(name, 0.0) for name in names}
