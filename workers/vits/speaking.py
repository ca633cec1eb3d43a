"""Synthesis of a sentence with a VITS voice: symbols, model, tempo, word timings."""

from collections.abc import Sequence
from dataclasses import dataclass

from workers.audio.samples import SynthesisedAudio
from workers.audio.tempo import change_tempo
from workers.contract.engines import VoiceSpec
from workers.contract.speech import GivenPhonemes, Sentence
from workers.text.phonemes import PhonemisedText, time_words
from workers.text.sentences import split_sentences
from workers.vits.folder import VitsVoice
from workers.vits.model import VitsModel
from workers.vits.symbols import symbols_of

LONGEST_CHARACTERS = 300


@dataclass(frozen=True, slots=True)
class VitsSpeaker:
    """Selectable voice: a model and, for a multi-speaker model, one of its speakers."""

    spec: VoiceSpec
    voice: VitsVoice
    speaker: int = 0

    @property
    def id(self) -> str:
        return self.spec.id


def speakers_of(voice: VitsVoice, *, voice_id: str, name: str) -> list[VitsSpeaker]:
    """One voice, or one per speaker of a multi-speaker model: `<voice id>-<speaker>`."""
    if not voice.speakers:
        return [VitsSpeaker(VoiceSpec(voice_id, name, voice.language), voice)]
    return [
        VitsSpeaker(VoiceSpec(f"{voice_id}-{speaker}", f"{name} {speaker}", voice.language), voice, number)
        for speaker, number in voice.speakers.items()
    ]


def split_for_vits(text: str) -> list[Sentence]:
    return split_sentences(text, longest=LONGEST_CHARACTERS)


def speak_with(
    model: VitsModel, speaker: VitsSpeaker, *, text: str, speed: float, phonemes: Sequence[GivenPhonemes] = ()
) -> SynthesisedAudio:
    """Synthesise one sentence; other speeds are stretched at constant pitch. Raises WorkError (nothing_to_say).

    VITS rounds the duration of each symbol up to whole frames: by its length scale Piper's joe is 1.56 times as fast for 2.0 and 0.57 for
    0.5. Stretched speech has the requested duration with every model, and Whisper transcribes it as well.
    """
    run = symbols_of(text, speaker.voice, given=phonemes)
    samples, starts = model.speak(run.ids, speed=1.0, speaker=speaker.speaker)
    sample_rate = speaker.voice.sample_rate
    samples = change_tempo(samples, sample_rate=sample_rate, tempo=speed)
    if starts is None:
        return SynthesisedAudio(samples, sample_rate)
    timed = PhonemisedText("", run.words)
    return SynthesisedAudio(samples, sample_rate, time_words(timed, text=text, boundaries=(starts / speed).tolist()))
