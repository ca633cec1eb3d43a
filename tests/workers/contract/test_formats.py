"""The table of formats."""

import pytest

from workers.contract.formats import FORMATS


def test_every_documented_format_is_available() -> None:
    assert list(FORMATS) == ["mp3", "wav", "flac", "ogg", "opus", "aac", "m4a", "pcm"]
    assert {entry.name: entry.content_type for entry in FORMATS.values()} == {
        "mp3": "audio/mpeg",
        "wav": "audio/wav",
        "flac": "audio/flac",
        "ogg": "audio/ogg",
        "opus": "audio/ogg; codecs=opus",
        "aac": "audio/aac",
        "m4a": "audio/mp4",
        "pcm": "audio/pcm",
    }


@pytest.mark.parametrize(("wanted", "chosen"), [(24000, 24000), (22050, 24000), (44100, 48000), (96000, 48000), (1, 8000)])
def test_opus_takes_the_next_rate_that_it_has(wanted: int, chosen: int) -> None:
    assert FORMATS["opus"].choose_sample_rate(wanted) == chosen


def test_a_bitrate_stays_within_the_limits_and_means_nothing_to_lossless_formats() -> None:
    assert [FORMATS["mp3"].choose_bitrate(wanted) for wanted in (0, 1, 64_000, 999_000)] == [128_000, 32_000, 64_000, 320_000]
    assert [entry.name for entry in FORMATS.values() if entry.is_lossless] == ["wav", "flac", "pcm"]
    assert FORMATS["flac"].choose_bitrate(64_000) == 0
