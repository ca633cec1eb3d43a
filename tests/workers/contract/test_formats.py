"""The table of formats."""

import pytest

from workers.contract.formats import FORMATS


def test_every_documented_format_is_available() -> None:
    assert list(FORMATS) == ["mp3", "wav", "flac", "ogg", "opus", "aac", "m4a", "m4b", "pcm"]
    assert {entry.name: entry.content_type for entry in FORMATS.values()} == {
        "mp3": "audio/mpeg",
        "wav": "audio/wav",
        "flac": "audio/flac",
        "ogg": "audio/ogg",
        "opus": "audio/ogg; codecs=opus",
        "aac": "audio/aac",
        "m4a": "audio/mp4",
        "m4b": "audio/mp4",
        "pcm": "audio/pcm",
    }


@pytest.mark.parametrize(("wanted", "chosen"), [(24000, 24000), (22050, 24000), (44100, 48000), (96000, 48000), (1, 8000)])
def test_opus_takes_the_next_rate_that_it_has(wanted: int, chosen: int) -> None:
    assert FORMATS["opus"].choose_sample_rate(wanted) == chosen


def test_a_bitrate_stays_within_the_limits_and_means_nothing_to_lossless_formats() -> None:
    assert [FORMATS["mp3"].choose_bitrate(wanted) for wanted in (0, 1, 64_000, 999_000)] == [128_000, 32_000, 64_000, 320_000]
    assert [entry.name for entry in FORMATS.values() if entry.is_lossless] == ["wav", "flac", "pcm"]
    assert FORMATS["flac"].choose_bitrate(64_000) == 0


@pytest.mark.parametrize(
    ("name", "wanted", "chosen"),
    [("wav", 96_001, 96_001), ("flac", 96_001, 96_010), ("flac", 37_811, 37_811), ("flac", 400_000, 192_000), ("mp3", 37_811, 44_100)],
)
def test_a_format_keeps_every_sample_rate_that_it_can_hold(name: str, wanted: int, chosen: int) -> None:
    assert FORMATS[name].choose_sample_rate(wanted) == chosen


def test_channels_and_bitrates_of_stereo_and_surround_are_those_of_the_format() -> None:
    assert [FORMATS[name].choose_channels(6) for name in ("mp3", "wav", "flac", "ogg", "opus", "aac", "m4a")] == [2, 6, 6, 6, 6, 6, 6]
    assert [FORMATS["m4a"].choose_channels(count) for count in (1, 2, 3, 8)] == [1, 2, 2, 2]
    assert [FORMATS["mp3"].choose_bitrate(0, channels=count) for count in (1, 2)] == [128_000, 256_000]
    assert [FORMATS[name].choose_bitrate(320_000, channels=2) for name in ("mp3", "opus", "m4a")] == [320_000] * 3
    assert [FORMATS[name].choose_bit_depth(24) for name in ("wav", "flac", "pcm")] == [24, 24, 16]
