"""Converts a part's text to utterances: normalised, with voice settings, and the pauses between."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Final

from workers.contract.errors import INVALID_TEXT, UNKNOWN_VOICE, WorkError
from workers.contract.markup import Segment
from workers.contract.messages import SpeakWork
from workers.contract.speech import GivenPhonemes, WordTiming
from workers.contract.voices import VoiceRef
from workers.text.markup.boundaries import PAUSES, Break
from workers.text.normalise import normalise
from workers.text.pronunciations import PronunciationError, apply_pronunciations
from workers.text.say_as import SayAsError, say_segment
from workers.text.scripts import FIRST_IDEOGRAPH, split_by_script
from workers.text.sentences import Splitter
from workers.text.spoken_text import SpokenText, SpokenTextBuilder, join
from workers.text.voice_choice import speaking_voice

EMPHASIS: Final = {"strong": (0.88, 3.0), "moderate": (0.94, 1.5), "reduced": (1.06, -2.5)}
"""Rate and decibels for models without emphasis of their own: speakers stress a word by slower and louder speech (Lehiste,
Suprasegmentals, 1970, on duration and intensity as cues of stress).
"""


@dataclass(frozen=True, slots=True)
class VoiceSettings:
    """Settings that may change within a text; each change needs a separate engine call."""

    voice: VoiceRef
    language: str
    rate: float
    gain_decibels: float


WITHIN_WORDS: Final = frozenset(".+@_#&'’")
"""Signs that separate no words without an adjacent space."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """Sentence, or the part of one with the same voice settings."""

    spoken: SpokenText
    """Text for the engine, mapped to the written text; `start` counts from the first character of the part."""
    settings: VoiceSettings
    pause_after: float
    """Seconds, at normal speed."""
    given_phonemes: tuple[GivenPhonemes, ...] = ()

    @property
    def written_end(self) -> int:
        """End of this utterance in the part's text."""
        return self.spoken.start + len(self.spoken.written)

    def written_words(self, words: Sequence[WordTiming], *, text: str) -> tuple[WordTiming, ...]:
        """Timings of the spoken text mapped to the written `text` of the part: "twenty one" is one word where "21" is written."""
        timed: list[WordTiming] = []
        for word in words:
            start, end = self.spoken.written_range(word.start_character, word.end_character)
            is_rest = bool(timed) and (
                start < timed[-1].end_character or (start == timed[-1].end_character and _is_inside_word(text, start))
            )
            if is_rest:
                last = timed[-1]
                end = max(end, last.end_character)
                timed[-1] = replace(last, word=text[last.start_character : end], end=word.end, end_character=end)
            elif end > start:
                timed.append(WordTiming(text[start:end], word.start, word.end, start, end))
        return tuple(timed)


def _is_inside_word(text: str, position: int) -> bool:
    """True if one written word continues here: C++, node.js, MP3. Chinese and Japanese have no word separators."""
    around = text[max(0, position - 1) : position + 1]
    is_spaced = len(around) > 1 and max(around) < FIRST_IDEOGRAPH
    return is_spaced and (around.isalnum() or any(character in WITHIN_WORDS for character in around)) and not any(map(str.isspace, around))


@dataclass(frozen=True, slots=True)
class Script:
    """Part, ready for synthesis."""

    written: str
    utterances: tuple[Utterance, ...]
    pause_before: float = 0.0
    """Pause before the first word, from markup, in seconds."""


def write_script(work: SpeakWork, *, engine: Splitter) -> Script:
    """Utterances of a part. Raises WorkError: invalid_text for say-as content of the wrong type, unknown_voice for work without a voice."""
    if work.voice is None:
        raise WorkError(UNKNOWN_VOICE, "The work names no voice.")
    segments = work.spoken_segments
    origin = segments[0].start if segments else 0
    utterances: list[Utterance] = []
    pause_before = 0.0
    for passage in _passages(split_by_script(segments, language=work.language, among=engine.spec.languages)):
        words = [segment for segment in passage if segment.kind != "break"]
        spoken = list(_speak_passage(words, work=work, voice=work.voice, engine=engine, origin=origin))
        breaks = [segment.break_seconds for segment in passage if segment.kind == "break"]
        if spoken:
            pause = sum(breaks) if breaks else _pause_after(words[-1], otherwise=spoken[-1].pause_after) * work.pause_scale
            utterances += [*spoken[:-1], replace(spoken[-1], pause_after=pause)]
        elif utterances and breaks:
            utterances[-1] = replace(utterances[-1], pause_after=utterances[-1].pause_after + sum(breaks))
        else:
            pause_before += sum(breaks)
    return Script("".join(segment.text for segment in segments), tuple(utterances), pause_before)


def _passages(segments: Sequence[Segment]) -> Iterator[list[Segment]]:
    """Groups of segments that end where the markup ends a sentence, or after a pause; a group's pauses are its last segments."""
    passage: list[Segment] = []
    for segment in segments:
        is_pause = segment.kind == "break"
        if passage and not is_pause and passage[-1].kind == "break":
            yield passage
            passage = []
        passage.append(segment)
        if not is_pause and (segment.ends_sentence or segment.ends_paragraph) and segment.text.strip():
            yield passage
            passage = []
    if passage:
        yield passage


def _speak_passage(segments: Sequence[Segment], *, work: SpeakWork, voice: VoiceRef, engine: Splitter, origin: int) -> Iterator[Utterance]:
    """Sentences of a group, each cut where the voice settings change."""
    runs = [
        (settings, list(run)) for settings, run in groupby(segments, key=lambda segment: _voice_settings(segment, work=work, voice=voice))
    ]
    for index, (settings, run) in enumerate(runs):
        spoken, given = _spoken_form(run, settings=settings, work=work, origin=origin)
        if not any(character.isalnum() for character in spoken.text):
            continue
        sentences = engine.split(spoken.text, language=settings.language)
        for number, sentence in enumerate(sentences):
            end = sentence.start + len(sentence.text)
            is_inner_end = number == len(sentences) - 1 and index < len(runs) - 1
            pause = PAUSES[Break.WORD] if is_inner_end and not _ends_sentence(sentence.text) else sentence.pause_after
            yield Utterance(
                spoken.slice(sentence.start, end),
                settings,
                pause * work.pause_scale,
                tuple(one.within(sentence.start, end) for one in given if sentence.start <= one.start and one.end <= end),
            )


def _voice_settings(segment: Segment, *, work: SpeakWork, voice: VoiceRef) -> VoiceSettings:
    """Voice settings of a segment. voice: the work's own."""
    rate, gain = EMPHASIS.get(segment.emphasis, (1.0, 0.0))
    language = segment.language or work.language
    if segment.voice_index:
        spoken_by = work.voices[segment.voice_index - 1]
    else:
        spoken_by = speaking_voice(voice, language=language, voices=work.voices)
    return VoiceSettings(spoken_by, language, segment.rate * rate, segment.volume_decibels + gain + work.gain_decibels)


def _spoken_form(
    segments: Sequence[Segment], *, settings: VoiceSettings, work: SpeakWork, origin: int
) -> tuple[SpokenText, list[GivenPhonemes]]:
    """Spoken form of a run of segments, and the places in it where phonemes are given."""
    parts: list[SpokenText] = []
    given: list[GivenPhonemes] = []
    length = 0
    before = ""
    for segment in segments:
        part = _spoken_segment(segment, language=settings.language or "en", work=work, before=before).shift(segment.start - origin)
        before = (segment.text.split() or [before])[-1]
        if segment.kind == "phoneme":
            given.append(GivenPhonemes(length, length + len(part.text), segment.phonemes))
        parts.append(part)
        length += len(part.text)
    return join(tuple(parts)), given


def _spoken_segment(segment: Segment, *, language: str, work: SpeakWork, before: str) -> SpokenText:
    """Spoken form of a segment: pronunciations and normalisation for plain text, the element's own for others. before: the preceding word."""
    rules, has_html = work.pronunciations, not work.segments  # markup has no HTML left: its parser removed tags and references
    if segment.kind == "text":
        try:
            said = apply_pronunciations(segment.text, rules, language=language) if rules else SpokenText.verbatim(segment.text)
        except PronunciationError as error:
            raise WorkError(INVALID_TEXT, str(error)) from error
        return said.then(normalise(said.text, language=language, has_html=has_html))
    builder = SpokenTextBuilder(segment.text)
    if segment.kind == "say_as":
        try:
            builder.say(say_segment(segment, language=language, before=before), up_to=len(segment.text))
        except SayAsError as error:
            if work.is_language_detected and not segment.language:
                return normalise(segment.text, language=language, has_html=has_html)
            raise WorkError(INVALID_TEXT, f"{segment.text[:50]!r} cannot be read as {segment.interpret_as}: {error}") from error
    elif segment.kind == "sub":
        builder.say(segment.alias, up_to=len(segment.text))
    return builder.build()


def _pause_after(segment: Segment, *, otherwise: float) -> float:
    if segment.ends_paragraph:
        return PAUSES[Break.PARAGRAPH]
    return max(otherwise, PAUSES[Break.SENTENCE]) if segment.ends_sentence else otherwise


def _ends_sentence(text: str) -> bool:
    return text.rstrip().endswith((".", "!", "?", "…", ":", ";", ",", "。", "！", "？", "।"))
