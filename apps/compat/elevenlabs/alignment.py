"""Times of characters, from the times of words: a word's characters share its time evenly, what stands between two words the time between them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Alignment:
    """Characters of a text with their times in seconds."""

    characters: list[str] = field(default_factory=list)
    starts: list[float] = field(default_factory=list)
    ends: list[float] = field(default_factory=list)

    def add(self, text: str, *, start: float, end: float) -> None:
        """Spread the characters evenly over the time."""
        span = max(0.0, end - start)
        for index, character in enumerate(text):
            self.characters.append(character)
            self.starts.append(round(start + span * index / len(text), 3))
            self.ends.append(round(start + span * (index + 1) / len(text), 3))

    def shape(self) -> dict[str, Any] | None:
        """Shape of responses over HTTP; None without characters."""
        if not self.characters:
            return None
        return {
            "characters": self.characters,
            "character_start_times_seconds": self.starts,
            "character_end_times_seconds": self.ends,
        }

    def socket_shape(self) -> dict[str, Any] | None:
        """Shape of messages of WebSockets, in milliseconds; None without characters."""
        if not self.characters:
            return None
        starts = [round(1000 * start) for start in self.starts]
        ends = [round(1000 * end) for end in self.ends]
        return {
            "chars": self.characters,
            "charStartTimesMs": starts,
            "charDurationsMs": [end - start for start, end in zip(starts, ends, strict=True)],
        }


@dataclass(frozen=True, slots=True)
class Turn:
    """Turn of a dialogue."""

    voice_id: str
    text: str


def voice_segments(alignment: Alignment, *, turns: Sequence[Turn], first: int) -> list[dict[str, Any]]:
    """Turns within an alignment, which begins at the character `first` of all turns' texts; character indices are the alignment's own."""
    shapes, start = [], -first
    for index, turn in enumerate(turns):
        end = start + len(turn.text)
        inside = range(max(0, start), min(len(alignment.characters), end))
        if inside:
            shapes.append(
                {
                    "voice_id": turn.voice_id,
                    "start_time_seconds": alignment.starts[inside[0]],
                    "end_time_seconds": alignment.ends[inside[-1]],
                    "character_start_index": inside[0],
                    "character_end_index": inside[-1] + 1,
                    "dialogue_input_index": index,
                }
            )
        start = end
    return shapes


class Aligner:
    """Aligns a text whose words are heard one after the other. Words that the text does not contain in this form are skipped."""

    def __init__(self, text: str = "", *, start: float = 0.0) -> None:
        """start: second at which the text begins to be heard."""
        self._text = text
        self._place = 0
        self._heard = start

    def hear(self, words: Iterable[Mapping[str, Any]]) -> Alignment:
        """Characters up to the end of these words, with the marks that follow the last one directly."""
        alignment = Alignment()
        for word in words:
            spoken = str(word["word"]).strip()
            found = self._text.find(spoken, self._place) if spoken else -1
            if found < 0:
                continue
            start, end = float(word["start"]), float(word["end"])
            alignment.add(self._text[self._place : found], start=min(self._heard, start), end=start)
            alignment.add(spoken, start=start, end=end)
            self._place, self._heard = found + len(spoken), end
        return alignment

    def finish(self, *, seconds: float) -> Alignment:
        """The rest of the text, heard until the end of the audio; nothing if no word's time was known."""
        alignment = Alignment()
        if not self._place:
            return alignment
        alignment.add(self._text[self._place :], start=min(self._heard, seconds), end=seconds)
        self._place, self._heard = len(self._text), seconds
        return alignment


def joined(parts: Iterable[Alignment]) -> Alignment:
    """One alignment of consecutive ones."""
    whole = Alignment()
    for part in parts:
        whole.characters += part.characters
        whole.starts += part.starts
        whole.ends += part.ends
    return whole
