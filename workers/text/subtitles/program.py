"""Writes a subtitle file from a job's words; as a program, from JSON on standard input, so that a whole book delays no other request."""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from workers.contract.codec import Message
from workers.contract.transcription import AlignedWord, TranscriptSegment, TranscriptWord
from workers.text.subtitles.cues import make_cues
from workers.text.subtitles.files import write_srt, write_vtt
from workers.text.subtitles.lines import columns_for
from workers.text.subtitles.words import ShownWord, TimedSpan, locate_words, words_of_text, words_of_transcript


@dataclass(frozen=True, slots=True)
class SubtitleOrder(Message):
    """Text with timed words, or transcript, to make subtitles of."""

    format: str
    """srt or vtt."""
    language: str = ""
    """BCP 47, for the width of lines; by the text's script if empty."""
    text: str = ""
    words: tuple[AlignedWord, ...] = ()
    """Words of the text in order; offsets that do not match the text are ignored."""
    segments: tuple[TranscriptSegment, ...] = ()
    """Transcript, instead of text and words."""

    @property
    def size(self) -> int:
        """Number of characters, to which the work is proportional."""
        return len(self.text) + sum(len(segment.text) for segment in self.segments)


def write_subtitles(order: SubtitleOrder) -> str:
    words = _words(order)
    columns = columns_for(order.language, "".join(word.text for word in words))
    if order.format == "vtt":
        return write_vtt(make_cues(words, columns=columns))
    return write_srt(make_cues(words, columns=columns, has_labels=True))


def _words(order: SubtitleOrder) -> Sequence[ShownWord]:
    if order.segments:
        return words_of_transcript(order.segments)
    if all(order.text[word.start_character : word.end_character] == word.word for word in order.words):
        return words_of_text(
            order.text, (TimedSpan(word.start, word.end, word.start_character, word.end_character) for word in order.words)
        )
    # Shares of a translation are spoken by parts that know no offset in the whole.
    timed = [TranscriptWord(word.word, word.start, word.end) for word in order.words]
    return words_of_text(order.text, locate_words(order.text, timed))


def main() -> None:
    """Read an order and write the file, both in UTF-8."""
    order = SubtitleOrder.from_dict(json.loads(sys.stdin.buffer.read()))
    sys.stdout.buffer.write(write_subtitles(order).encode())


if __name__ == "__main__":
    main()
