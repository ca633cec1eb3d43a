"""Language and voices of a text, chosen among voices that the platform resolved.

The platform chooses for the texts that it accepts; a worker does so only for a text that an earlier part of the job wrote.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from workers.contract.messages import SpeakWork
from workers.contract.tags import is_same_language, primary_tag
from workers.contract.voices import VoiceRef
from workers.text.language import detect_against, detect_language
from workers.text.scripts import SCRIPT_LANGUAGES


@dataclass(frozen=True, slots=True)
class TextVoice:
    """Voice and language of a text."""

    chosen: VoiceRef
    """The voice that the request names, or that was chosen for it."""
    voice: VoiceRef
    """`chosen`, or a voice of its gender that speaks the language if it does not."""
    language: str
    """Full tag."""
    is_detected: bool = False
    """True if the text alone tells its language: neither the request nor the chosen voice did."""
    is_chosen_by_text: bool = False
    """True if the voice was chosen by the language of the text alone."""


def choose_text_voice(
    text: str, *, chosen: VoiceRef | None, language: str, languages: Collection[str], voices: Sequence[VoiceRef]
) -> TextVoice:
    """The voice and the language of a text: the language asked for, else the one it is written in.

    chosen: the voice of the request; None takes the first of `voices` that speaks the text's language. language: of the request, empty to
    detect it. languages: the engine's, primary tags; without any, nothing is detected. voices: the engine's, its default first.
    """
    found = language
    if not language and languages:
        if chosen is not None:
            found = detect_against(text, among=languages, own=chosen.language)
        else:
            found = detect_language(text, among=languages, preferred=voices[0].language)
    is_detected, is_chosen_by_text = found != language and not (chosen and found == primary_tag(chosen.language)), chosen is None
    if chosen is None:
        chosen = pick_voice(voices, language=found) or voices[0]
    voice = speaking_voice(chosen, language=found, voices=voices)
    return TextVoice(chosen, voice, with_region(found, own=voice.language) or voice.language, is_detected, is_chosen_by_text)


def with_region(language: str, *, own: str) -> str:
    """The language of a voice in place of its primary tag: `en-gb` for `en` beside a British voice; any other tag as it is."""
    return own if language == primary_tag(own) else language


def pick_voice(voices: Iterable[VoiceRef], *, language: str, genders: Sequence[str] = ()) -> VoiceRef | None:
    """The first voice that speaks the language and is of the first gender that one of them has; None if no voice speaks it."""
    fitting = [voice for voice in voices if is_same_language(voice.language, language)]
    by_gender = (voice for gender in genders for voice in fitting if voice.gender == gender)
    return next(by_gender, fitting[0] if fitting else None)


def speaking_voice(chosen: VoiceRef, *, language: str, voices: Iterable[VoiceRef]) -> VoiceRef:
    """The chosen voice, or one of the same gender that speaks the language if it does not.

    An own voice and a mix speak every language of their engine's voices, in the language of one of them; a mix of built-in voices also with
    the accent of another region.
    """
    if not language or is_same_language(chosen.language, language):
        is_regional = bool(chosen.weights) and chosen.conditioning is None and language != chosen.language
        return replace(chosen, language=language) if is_regional and any(voice.language == language for voice in voices) else chosen
    other = pick_voice(voices, language=language, genders=(chosen.gender,))
    if other is not None and chosen.speaks_all_languages:
        return replace(chosen, language=other.language)
    return other or chosen


class VoiceAssigner:
    """Settles the voice of each segment of a text for which the markup names a voice or a language."""

    def __init__(self, speaker: TextVoice, *, voices: Sequence[VoiceRef], named: Mapping[str, VoiceRef]) -> None:
        """speaker: its chosen voice speaks where the markup names none; one of `voices` where it does not speak the language.

        named: the voices that the markup names; where one does not speak the language of its `<lang>`, one of its gender does.
        """
        self._speaker = speaker
        self._voices = voices
        self._named = named
        self._speaking: dict[tuple[VoiceRef, str], VoiceRef] = {}

    def assign(self, work: SpeakWork) -> SpeakWork:
        """The work of one part with the voices of its segments. `voices` begins with those that words in another script may need."""
        segments = work.spoken_segments
        is_ascii = all(segment.text.isascii() for segment in segments)
        others = () if is_ascii else (self._speaking_voice(self._speaker.chosen, language=language) for language in SCRIPT_LANGUAGES)
        table = {voice: index for index, voice in enumerate(dict.fromkeys([self._speaker.voice, *others]))}
        settled = []
        for segment in segments:
            if segment.voice or segment.language:
                chosen = self._named[segment.voice] if segment.voice else self._speaker.chosen
                voice = self._speaking_voice(chosen, language=segment.language)
                index, language = table.setdefault(voice, len(table)), segment.language or voice.language
                settled.append(replace(segment, voice="", voice_index=index, language=language))
            else:
                settled.append(segment)
        return replace(work, segments=tuple(settled) if work.segments else (), voices=tuple(table)[1:])

    def _speaking_voice(self, chosen: VoiceRef, *, language: str) -> VoiceRef:
        if (chosen, language) not in self._speaking:
            self._speaking[chosen, language] = speaking_voice(chosen, language=language, voices=self._voices)
        return self._speaking[chosen, language]
