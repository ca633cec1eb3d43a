"""Subtitle files as FFmpeg's own readers read them."""

import io

import av
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import examples
from workers.text.subtitles import make_cues, write_srt, write_vtt
from workers.text.subtitles.cues import Cue
from workers.text.subtitles.words import ShownWord

LINE = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z"), exclude_characters="&<>{}\\"), min_size=1, max_size=30)


@st.composite
def cues(draw: st.DrawFn) -> list[Cue]:
    at, made = 0.0, []
    for lines in draw(st.lists(st.lists(LINE, min_size=1, max_size=2), min_size=1, max_size=10)):
        start = at + draw(st.integers(0, 5000)) / 1000
        at = start + draw(st.integers(1, 7000)) / 1000
        made.append(Cue(round(start, 3), round(at, 3), tuple(lines)))
    return made


def read_by_ffmpeg(text: str, *, kind: str) -> list[tuple[int, int, list[str]]]:
    """Start and length in milliseconds, and the lines, as the demuxer has them."""
    with av.open(io.BytesIO(text.encode()), format=kind) as container:
        packets = [packet for packet in container.demux() if packet.size]
        return [(packet.pts, packet.duration, bytes(packet).decode().split("\n")) for packet in packets]


@settings(max_examples=examples(100), deadline=None)
@given(cues())
def test_ffmpeg_reads_the_same_cues(made: list[Cue]) -> None:
    expected = [(round(1000 * cue.start), round(1000 * cue.end) - round(1000 * cue.start), list(cue.lines)) for cue in made]
    assert read_by_ffmpeg(write_srt(made), kind="srt") == expected
    assert read_by_ffmpeg(write_vtt(made), kind="webvtt") == expected


def test_ffmpeg_reads_speakers_and_marks() -> None:
    words = [ShownWord("1 < 2", 0.0, 1.0, speaker="SPEAKER_00"), ShownWord("& so", 1.0, 2.0, speaker="SPEAKER_01")]
    assert read_by_ffmpeg(write_srt(make_cues(words, columns=42, has_labels=True)), kind="srt") == [
        (0, 1000, ["SPEAKER_00: 1 < 2"]),
        (1000, 1000, ["SPEAKER_01: & so"]),
    ]
    assert read_by_ffmpeg(write_vtt(make_cues(words, columns=42)), kind="webvtt") == [
        (0, 1000, ["<v SPEAKER_00>1 &lt; 2"]),
        (1000, 1000, ["<v SPEAKER_01>&amp; so"]),
    ]
