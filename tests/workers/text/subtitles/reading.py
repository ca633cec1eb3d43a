"""Strict reader of SubRip and WebVTT: everything unexpected is an error."""

import html
import re
from dataclasses import dataclass

SRT_TIMES = re.compile(r"(\d{2,}):([0-5]\d):([0-5]\d),(\d{3}) --> (\d{2,}):([0-5]\d):([0-5]\d),(\d{3})")
VTT_TIMES = re.compile(r"(\d{2,}):([0-5]\d):([0-5]\d)\.(\d{3}) --> (\d{2,}):([0-5]\d):([0-5]\d)\.(\d{3})")
VOICE = re.compile(r"<v ([^>\n]+)>")


@dataclass(frozen=True)
class ReadCue:
    """Cue as a player reads it."""

    start: int
    """Milliseconds."""
    end: int
    lines: list[str]
    speaker: str = ""


def read_srt(text: str) -> list[ReadCue]:
    """Every cue numbered from 1, with its times, one or two lines, and an empty line."""
    cues = []
    for number, block in enumerate(_blocks(text), start=1):
        head, times, *lines = block.split("\n")
        assert head == str(number)
        cues.append(_cue(SRT_TIMES, times, lines=lines))
    return cues


def read_vtt(text: str) -> list[ReadCue]:
    """Read the parts of the WebVTT syntax that are used: voices and escapes."""
    header, *blocks = _blocks(text)
    assert header == "WEBVTT"
    cues = []
    for block in blocks:
        times, *lines = block.split("\n")
        voice = VOICE.match(lines[0])
        if voice:
            lines[0] = lines[0][voice.end() :]
        assert not any("<" in line or ">" in line for line in lines)
        assert not any(re.search(r"&(?!(?:amp|lt|gt);)", line) for line in lines)
        cues.append(_cue(VTT_TIMES, times, lines=[html.unescape(line) for line in lines], speaker=voice[1] if voice else ""))
    return cues


def _blocks(text: str) -> list[str]:
    if not text:
        return []
    assert text.endswith("\n\n")
    assert "\r" not in text
    return text[:-2].split("\n\n")


def _cue(pattern: re.Pattern[str], times: str, *, lines: list[str], speaker: str = "") -> ReadCue:
    match = pattern.fullmatch(times)
    assert match, times
    assert 1 <= len(lines) <= 2
    assert all(line == line.strip() and line for line in lines)
    assert not any("-->" in line for line in lines)
    hours, minutes, seconds, milliseconds, *end = map(int, match.groups())
    start = ((hours * 60 + minutes) * 60 + seconds) * 1000 + milliseconds
    return ReadCue(start, ((end[0] * 60 + end[1]) * 60 + end[2]) * 1000 + end[3], lines, speaker)
