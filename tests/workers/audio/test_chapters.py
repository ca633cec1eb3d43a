"""Chapters in files, and WAV files beyond 4 GB."""

import struct
from collections.abc import Sequence
from pathlib import Path

import av
import numpy as np
import pytest

from tests.workers.audio.decoding import read_samples
from tests.workers.audio.stepping import opened, run_steps
from workers.audio.convert import join_files
from workers.audio.encoding import EncodingOptions, FileEncoder, encode_file
from workers.audio.encoding.id3 import chapter_tag
from workers.audio.encoding.wav import wav_header
from workers.contract.chapters import ChapterTime

RATE = 24_000
CHAPTERS = [ChapterTime("Préface", 0.0, 1.0), ChapterTime("第一章", 1.0, 2.5), ChapterTime("Ende & Schluss", 2.5, 3.0)]
SOUND = (0.2 * np.sin(np.arange(3 * RATE) * 0.05)).astype(np.float32)


def read_chapters(path: Path) -> list[tuple[str, float, float]]:
    with av.open(str(path)) as file:
        return [
            (chapter["metadata"]["title"], float(chapter["start"] * chapter["time_base"]), float(chapter["end"] * chapter["time_base"]))
            for chapter in file.chapters()
        ]


@pytest.mark.parametrize("audio_format", ["mp3", "m4a", "m4b"])
def test_chapters_of_a_joined_file_are_read_back_by_ffmpeg(tmp_path: Path, audio_format: str) -> None:
    encode_file(tmp_path / "a", [SOUND[:RATE]], audio_format="flac", input_rate=RATE)
    encode_file(tmp_path / "b", [SOUND[RATE:]], audio_format="flac", input_rate=RATE)
    reported: list[tuple[list[float], float]] = []

    def chapters(starts: Sequence[float], seconds: float) -> list[ChapterTime]:
        reported.append((list(starts), seconds))
        return CHAPTERS

    target = tmp_path / f"book.{audio_format}"
    options = EncodingOptions(chapter_titles=tuple(chapter.title for chapter in CHAPTERS))
    sources = opened([tmp_path / "a", tmp_path / "b"])
    joined = run_steps(join_files(sources, target, audio_format=audio_format, options=options, chapters=chapters))
    assert reported == [([0.0, 1.0], 3.0)]
    assert read_chapters(target) == [(one.title, one.start, one.end) for one in CHAPTERS]
    assert joined.file.size_bytes == target.stat().st_size
    samples, rate = read_samples(target)
    assert (rate, len(samples) / rate) == (RATE, pytest.approx(3.0, abs=0.06))


def test_an_mp3_with_chapters_plays_the_same_sound_as_one_without(tmp_path: Path) -> None:
    for name, titles in (("with", tuple(one.title for one in CHAPTERS)), ("without", ())):
        with FileEncoder(tmp_path / name, "mp3", input_rate=RATE, options=EncodingOptions(chapter_titles=titles)) as encoder:
            encoder.write(SOUND)
            encoder.finish(CHAPTERS)
    assert np.array_equal(read_samples(tmp_path / "with")[0], read_samples(tmp_path / "without")[0])


def test_an_audiobook_has_the_brand_of_audiobooks(tmp_path: Path) -> None:
    encode_file(tmp_path / "book", [SOUND], audio_format="m4b", input_rate=RATE)
    assert (tmp_path / "book").read_bytes()[4:12] == b"ftypM4B "


def test_the_size_of_a_chapter_tag_depends_on_its_titles_alone() -> None:
    untimed = chapter_tag([ChapterTime(one.title, 0.0, 0.0) for one in CHAPTERS], tags={"title": "Book"})
    assert len(untimed) == len(chapter_tag(CHAPTERS, tags={"title": "Book"}))


def test_a_chapter_tag_of_255_chapters_has_a_whole_table_of_contents() -> None:
    tag = chapter_tag([ChapterTime(f"Chapter {number}", number, number + 1) for number in range(255)], tags={})
    place = tag.index(b"CTOC") + 10
    assert tag[place : place + 6] == b"toc\0\x03\xff"
    assert tag.count(b"CHAP") == 255


def test_a_wav_header_beyond_four_gigabytes_becomes_rf64() -> None:
    data_bytes = 5_000_000_000
    header = wav_header(sample_rate=RATE, data_bytes=data_bytes, has_room_for_rf64=True)
    assert header[:16] == b"RF64\xff\xff\xff\xffWAVEds64"
    assert struct.unpack("<IQQQI", header[16:48]) == (28, len(header) - 8 + data_bytes, data_bytes, data_bytes // 2, 0)
    assert header[-8:] == b"data\xff\xff\xff\xff"


def test_a_wav_file_with_room_for_rf64_is_read_like_any_other(tmp_path: Path) -> None:
    hours = EncodingOptions(expected_seconds=100_000)
    with FileEncoder(tmp_path / "long", "wav", input_rate=RATE, options=hours) as encoder:
        encoder.write(SOUND)
        size = encoder.finish().size_bytes
    assert size == 44 + 36 + 2 * len(SOUND)
    assert (tmp_path / "long").read_bytes()[12:16] == b"JUNK"
    assert len(read_samples(tmp_path / "long")[0]) == len(SOUND)
