"""Writes cues as SubRip and WebVTT."""

from collections.abc import Iterable
from typing import Final

from workers.text.subtitles.cues import Cue

CONTENT_TYPES: Final = {"srt": "application/x-subrip", "vtt": "text/vtt"}
ARROW: Final = "-->"
"""Separator of a cue's times, which would confuse a parser inside a text."""


def write_srt(cues: Iterable[Cue]) -> str:
    return "".join(
        f"{number}\n{_time(cue.start, mark=',')} {ARROW} {_time(cue.end, mark=',')}\n{_plain(cue)}\n\n"
        for number, cue in enumerate(cues, 1)
    )


def write_vtt(cues: Iterable[Cue]) -> str:
    """WebVTT; a speaker becomes the cue's voice (<v SPEAKER_00>)."""
    return "WEBVTT\n\n" + "".join(f"{_time(cue.start, mark='.')} {ARROW} {_time(cue.end, mark='.')}\n{_marked(cue)}\n\n" for cue in cues)


def _plain(cue: Cue) -> str:
    return "\n".join(cue.lines).replace(ARROW, "->")


def _marked(cue: Cue) -> str:
    text = _escaped("\n".join(cue.lines))
    return f"<v {_escaped(cue.speaker)}>{text}" if cue.speaker else text


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _time(seconds: float, *, mark: str) -> str:
    """hh:mm:ss and three digits, with as many hour digits as needed."""
    milliseconds = round(seconds * 1000)
    minutes, rest = divmod(milliseconds, 60_000)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{rest // 1000:02d}{mark}{rest % 1000:03d}"
