"""Transcripts in Deepgram's shapes: words, alternatives, utterances, paragraphs, hits of a search."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from apps.compat.deepgram.listening_options import ListeningOptions
from workers.contract.transcription import TranscriptDocument, TranscriptSegment, TranscriptWord
from workers.text.transcripts import separator_of

SENTENCE_END: Final = re.compile(r"[.!?…。！？]['\"”’)\]]*$")
SENTENCES_OF_A_PARAGRAPH: Final = 5
EDGES: Final = re.compile(r"^[^\w]+|[^\w]+$")
"""Punctuation around a word."""


@dataclass(frozen=True, slots=True)
class HeardWord:
    """Word with its times in the stream."""

    written: str
    """Word as it was recognised, with capital letters and punctuation."""
    start: float
    end: float
    confidence: float
    speaker: int | None = None

    @property
    def bare(self) -> str:
        """The word in small letters without punctuation."""
        return EDGES.sub("", self.written).casefold()

    def shape(self, options: ListeningOptions, *, language: str = "") -> dict[str, Any]:
        """The word as responses have it. language: shown if it is not empty."""
        return {
            "word": self.bare,
            "start": round(self.start, 3),
            "end": round(self.end, 3),
            "confidence": round(self.confidence, 4),
            **({"punctuated_word": self.written} if options.has_punctuation else {}),
            **({"language": language} if language else {}),
            **({"speaker": self.speaker} if self.speaker is not None else {}),
        }


class Transcript:
    """Words of one channel, or of one utterance of it."""

    def __init__(self, words: Sequence[HeardWord], *, language: str, options: ListeningOptions) -> None:
        self.words = words
        self._language = language
        self._options = options

    @property
    def language(self) -> str:
        """Tag of the language; empty without speech."""
        return self._language

    @property
    def text(self) -> str:
        """The transcript, with punctuation if the client asked for it."""
        is_written = self._options.has_punctuation
        found = (word.written if is_written else word.bare for word in self.words)
        return separator_of(self._language).join(filter(None, found))

    @property
    def confidence(self) -> float:
        """Mean confidence of the words; 0 without any."""
        return round(sum(word.confidence for word in self.words) / len(self.words), 4) if self.words else 0.0

    @property
    def speaker(self) -> int | None:
        """Speaker of the first word."""
        return self.words[0].speaker if self.words else None

    def alternative(self) -> dict[str, Any]:
        """The transcript with its words, the only alternative."""
        language = self._language if self._options.is_multilingual else ""
        shape: dict[str, Any] = {
            "transcript": self.text,
            "confidence": self.confidence,
            "words": [word.shape(self._options, language=language) for word in self.words],
        }
        return shape | ({"languages": [language]} if language else {})

    def split(self, pause_seconds: float) -> Iterator["Transcript"]:
        """Utterances: cut at pauses and where the speaker changes."""
        start = 0
        for index in range(1, len(self.words)):
            before, word = self.words[index - 1], self.words[index]
            if word.start - before.end >= pause_seconds or word.speaker != before.speaker:
                yield self._part(start, index)
                start = index
        if self.words:
            yield self._part(start, len(self.words))

    def sentences(self) -> Iterator["Transcript"]:
        """Sentences, by the punctuation."""
        start = 0
        for index, word in enumerate(self.words, 1):
            if SENTENCE_END.search(word.written) or index == len(self.words):
                yield self._part(start, index)
                start = index

    def utterance(self, identifier: str, *, channel: int) -> dict[str, Any]:
        """The words as one entry of `utterances`."""
        speaker = {"speaker": self.speaker} if self.speaker is not None else {}
        return {
            "start": round(self.words[0].start, 3),
            "end": round(self.words[-1].end, 3),
            "confidence": self.confidence,
            "channel": channel,
            "transcript": self.text,
            "words": [word.shape(self._options) for word in self.words],
            **speaker,
            "id": identifier,
        }

    def paragraphs(self, *, pause_seconds: float) -> dict[str, Any]:
        """Paragraphs of a few sentences each, cut where the speaker pauses or changes."""
        groups: list[list[Transcript]] = []
        for sentence in self.sentences():
            last = groups[-1] if groups else []
            is_new = not last or len(last) >= SENTENCES_OF_A_PARAGRAPH or sentence.speaker != last[-1].speaker
            if is_new or sentence.words[0].start - last[-1].words[-1].end >= 3 * pause_seconds:
                groups.append([])
            groups[-1].append(sentence)
        shapes = [_paragraph(group) for group in groups]
        text = "\n\n".join(_with_speaker(group, text=" ".join(one.text for one in group)) for group in groups)
        return {"transcript": f"\n{text}" if text else "", "paragraphs": shapes}

    def search(self, query: str) -> dict[str, Any]:
        """Places where the words of the query are said."""
        wanted = [bare for part in query.split() if (bare := EDGES.sub("", part).casefold())]
        said = [word.bare for word in self.words]
        places = [at for at in range(len(said) - len(wanted) + 1) if wanted and said[at : at + len(wanted)] == wanted]
        return {"query": query, "hits": [self._hit(at, count=len(wanted)) for at in places]}

    def _hit(self, at: int, *, count: int) -> dict[str, Any]:
        found = self._part(at, at + count)
        return {
            "confidence": found.confidence,
            "start": round(found.words[0].start, 3),
            "end": round(found.words[-1].end, 3),
            "snippet": " ".join(word.bare for word in found.words),
        }

    def _part(self, start: int, end: int) -> "Transcript":
        return Transcript(self.words[start:end], language=self._language, options=self._options)


def read_transcript_of(heard: TranscriptDocument, *, options: ListeningOptions, offset_seconds: float = 0.0) -> Transcript:
    """Words of a document, replaced as the client asked. offset_seconds: of the recording in its stream."""
    found = [word for segment in heard.segments for word in _words(segment, offset_seconds=offset_seconds, options=options)]
    replacements = dict(options.replacements)
    words = [_replaced(word, replacements) for word in found] if replacements else found
    return Transcript([word for word in words if word.written], language=heard.language, options=options)


def _words(segment: TranscriptSegment, *, offset_seconds: float, options: ListeningOptions) -> Iterator[HeardWord]:
    """Words of a segment; those of a model without word timings share the segment's time equally."""
    speaker = _speaker(segment.speaker) if options.is_diarized else None
    for word in segment.words or _evenly_timed(segment):
        written = word.word.strip()
        if written:
            yield HeardWord(written, offset_seconds + word.start, offset_seconds + word.end, word.probability, speaker)


def _evenly_timed(segment: TranscriptSegment) -> Iterator[TranscriptWord]:
    parts = segment.text.split()
    step = (segment.end - segment.start) / max(1, len(parts))
    confidence = min(1.0, max(0.0, 1.0 - segment.no_speech_probability))
    for index, part in enumerate(parts):
        yield TranscriptWord(part, segment.start + step * index, segment.start + step * (index + 1), confidence)


def _replaced(word: HeardWord, replacements: Mapping[str, str]) -> HeardWord:
    if word.bare not in replacements:
        return word
    written = word.written.casefold().replace(word.bare, replacements[word.bare], 1) if replacements[word.bare] else ""
    return HeardWord(written, word.start, word.end, word.confidence, word.speaker)


def _speaker(label: str) -> int:
    """0 for SPEAKER_00."""
    number = label.rpartition("_")[2]
    return int(number) if number.isdigit() else 0


def _paragraph(sentences: Sequence[Transcript]) -> dict[str, Any]:
    first, last = sentences[0], sentences[-1]
    speaker = {"speaker": first.speaker} if first.speaker is not None else {}
    return {
        "sentences": [{"text": one.text, "start": round(one.words[0].start, 3), "end": round(one.words[-1].end, 3)} for one in sentences],
        **speaker,
        "num_words": sum(len(one.words) for one in sentences),
        "start": round(first.words[0].start, 3),
        "end": round(last.words[-1].end, 3),
    }


def _with_speaker(sentences: Sequence[Transcript], *, text: str) -> str:
    speaker = sentences[0].speaker
    return text if speaker is None else f"Speaker {speaker}: {text}"
