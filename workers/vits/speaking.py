"""Speaking a sentence with a VITS voice: symbols, model, tempo, word timings."""

from collections.abc import Sequence
from dataclasses import dataclass

from workers.audio.tempo import change_tempo
from workers.contract.engines import VoiceSpec
from workers.engines.base import GivenPhonemes, Sentence, Spoken
from workers.text.phonemes import Phonemised, time_words
from workers.text.sentences import split_sentences
from workers.vits.folder import VitsVoice
from workers.vits.model import VitsModel
from workers.vits.symbols import symbols_of

LONGEST_CHARACTERS = 300
SLOWEST, FASTEST = 0.5, 2.0
"""What the length scale does clearly; the rest of a speed is made by stretching at constant pitch."""


@dataclass(frozen=True, slots=True)
class VitsSpeaker:
    """One voice that a customer can choose: a model and, where it has several, one of its speakers."""

    spec: VoiceSpec
    voice: VitsVoice
    speaker: int = 0

    @property
    def id(self) -> str:
        """The voice's id."""
        return self.spec.id


def speakers_of(voice: VitsVoice, *, voice_id: str, name: str) -> list[VitsSpeaker]:
    """One speaker, or all of a model that has several: `<voice id>-<speaker>`."""
    if not voice.speakers:
        return [VitsSpeaker(VoiceSpec(voice_id, name, voice.language), voice)]
    return [
        VitsSpeaker(VoiceSpec(f"{voice_id}-{speaker}", f"{name} {speaker}", voice.language), voice, number)
        for speaker, number in voice.speakers.items()
    ]


def split_for_vits(text: str) -> list[Sentence]:
    """Sentences of a length that VITS speaks well."""
    return split_sentences(text, longest=LONGEST_CHARACTERS)


def speak_with(model: VitsModel, speaker: VitsSpeaker, *, text: str, speed: float, phonemes: Sequence[GivenPhonemes] = ()) -> Spoken:
    """One sentence. Raises WorkError (nothing_to_say)."""
    run = symbols_of(text, speaker.voice, given=phonemes)
    model_speed = min(max(speed, SLOWEST), FASTEST)
    samples, starts = model.speak(run.ids, speed=model_speed, speaker=speaker.speaker)
    tempo = speed / model_speed
    sample_rate = speaker.voice.sample_rate
    samples = change_tempo(samples, sample_rate=sample_rate, tempo=tempo)
    if starts is None:
        return Spoken(samples, sample_rate)
    timed = Phonemised("", run.words)
    return Spoken(samples, sample_rate, time_words(timed, text=text, boundaries=(starts / tempo).tolist()))
