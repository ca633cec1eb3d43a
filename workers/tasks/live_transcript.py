"""Publishes the text of a part on its job's stream while it is transcribed: window by window, in order."""

from collections.abc import Sequence

from workers.contract.messages import PartMessage
from workers.contract.transcription import TranscriptSegment, TranscriptWindow
from workers.recognition.windows import Window
from workers.stream import LiveEvents
from workers.text.transcripts import compact_segment


class LiveTranscript:
    """Text of one part as it is published. Windows may be added in any order; each is published once those before it are."""

    def __init__(self, live: LiveEvents, *, message: PartMessage, windows: Sequence[Window], is_published: bool) -> None:
        self._live = live
        self._message = message
        self._windows = windows if is_published else ()
        self._published = 0
        self._waiting: dict[Window, TranscriptWindow] = {}
        if is_published and not windows:
            self._publish([TranscriptWindow(part=message.part, is_last=True)])

    def add(self, window: Window, *, segments: Sequence[TranscriptSegment], language: str) -> None:
        """Publish the text of a window and of those that waited for it. language: primary tag of the text."""
        if not self._windows:
            return
        self._waiting[window] = TranscriptWindow(
            part=self._message.part,
            start=window.start,
            end=window.end,
            language=language,
            segments=tuple(segments),
            is_last=window is self._windows[-1],
        )
        ready = []
        while self._published < len(self._windows) and (found := self._waiting.pop(self._windows[self._published], None)):
            ready.append(found)
            self._published += 1
        self._publish(ready)

    def _publish(self, windows: Sequence[TranscriptWindow]) -> None:
        self._live.publish(self._message.stream, events=[_event(window) for window in windows])


def _event(window: TranscriptWindow) -> dict[str, object]:
    segments = [compact_segment(segment) for segment in window.segments]
    return {**window.to_dict(), "type": TranscriptWindow.EVENT, "segments": segments}
