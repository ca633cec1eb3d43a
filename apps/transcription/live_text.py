"""Text of a recording in order, from the windows that its parts publish while they are transcribed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from workers.contract.transcription import TranscriptDocument, TranscriptSegment, TranscriptWindow
from workers.text.transcripts import separator_of, without_repetition


@dataclass(frozen=True, slots=True)
class TextDelta:
    """Text that follows what was read before."""

    text: str
    """Text with the separator before it: all deltas together are the transcript."""
    segments: tuple[TranscriptSegment, ...]


class LiveText:
    """Puts the windows of all parts into the order of the recording, each once. Holds the text of parts that are ahead."""

    def __init__(self, parts: Sequence[int]) -> None:
        """parts: indexes of the parts that transcribe, in the order of the recording."""
        self._parts = list(parts)
        self._ahead: dict[int, list[TranscriptWindow]] = {part: [] for part in parts}
        self._published_until: dict[int, float] = {}
        self._last: TranscriptSegment | None = None
        self._is_piece_new = False

    def add(self, event: Mapping[str, Any]) -> list[TextDelta]:
        """Text that an event of the job's stream makes readable. Repetitions by a second attempt are dropped."""
        if event.get("type") != TranscriptWindow.EVENT:
            return []
        window = TranscriptWindow.from_dict(event)
        is_repeated = window.end <= self._published_until.get(window.part, -1.0) and not (window.is_last and not window.segments)
        if window.part not in self._ahead or is_repeated:
            return []
        self._published_until[window.part] = window.end
        self._ahead[window.part].append(window)
        return [delta for ready in self._read_ready() if (delta := self._delta(ready.segments, language=ready.language))]

    def finish(self, document: TranscriptDocument, *, language: str) -> TextDelta | None:
        """Text of the finished transcript that no event brought. language: of its text."""
        done = self._last.end if self._last is not None else -1.0
        missing = [segment for segment in document.segments if (segment.start + segment.end) / 2 > done]
        return self._delta(missing, language=language)

    def _read_ready(self) -> Iterator[TranscriptWindow]:
        while self._parts and self._ahead[self._parts[0]]:
            windows, self._ahead[self._parts[0]] = self._ahead[self._parts[0]], []
            yield from windows
            if not windows[-1].is_last:
                return
            del self._ahead[self._parts.pop(0)]
            self._is_piece_new = True

    def _delta(self, segments: Sequence[TranscriptSegment], *, language: str) -> TextDelta | None:
        following = list(segments)
        if following and self._last is not None and self._is_piece_new:
            following[0] = without_repetition(self._last, following[0])
        following = [replace(segment, text=text) for segment in following if (text := segment.text.strip())]
        if not following:
            return None
        separator = separator_of(language)
        before = separator if self._last is not None else ""
        self._last, self._is_piece_new = following[-1], False
        return TextDelta(before + separator.join(segment.text for segment in following), tuple(following))
