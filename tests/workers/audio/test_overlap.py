"""Parts with common audio are joined without a seam."""

from pathlib import Path

import numpy as np
import pytest

from tests.workers.audio.decoding import read_samples
from tests.workers.audio.stepping import opened, run_steps
from workers.audio.convert import Overlap, join_files
from workers.audio.encoding import EncodingOptions, encode_file

WHOLE = np.sin(np.arange(1000) / 7).astype(np.float32)


def join(*parts: "np.ndarray[tuple[int], np.dtype[np.float32]]", length: int, block: int) -> "np.ndarray[tuple[int], np.dtype[np.float32]]":
    overlap, blocks = Overlap(length), []
    for part in parts:
        blocks += [overlap.feed(part[first : first + block]) for first in range(0, len(part), block)]
        blocks.append(overlap.end_part())
    return np.concatenate([*blocks, overlap.finish()])


@pytest.mark.parametrize("block", [7, 40, 1000])
def test_overlapping_parts_of_one_sound_give_the_sound(block: int) -> None:
    joined = join(WHOLE[:420], WHOLE[380:700], WHOLE[660:], length=40, block=block)
    np.testing.assert_allclose(joined, WHOLE, atol=1e-6)


def test_parts_without_overlap_are_concatenated_unchanged() -> None:
    assert join(WHOLE[:300], WHOLE[300:], length=0, block=64).tolist() == WHOLE.tolist()


def test_a_part_shorter_than_two_overlaps_is_still_mixed_in() -> None:
    joined = join(WHOLE[:420], WHOLE[380:430], WHOLE[390:], length=40, block=16)
    np.testing.assert_allclose(joined, WHOLE, atol=1e-6)


def test_the_middle_of_a_cross_fade_is_the_mean_of_both_parts() -> None:
    joined = join(np.zeros(100, np.float32), np.ones(100, np.float32), length=40, block=1000)
    assert len(joined) == 160
    assert joined[79] + joined[80] == pytest.approx(1.0)
    assert (np.diff(joined[60:100]) >= 0).all()


def test_a_part_shorter_than_the_overlap_is_mixed_into_the_end_before_it() -> None:
    joined = join(WHOLE[:420], WHOLE[410:420], WHOLE[380:], length=40, block=16)
    np.testing.assert_allclose(joined, WHOLE, atol=1e-6)


def test_pauses_are_written_between_parts_which_are_then_not_faded(tmp_path: Path) -> None:
    tone = np.full(2400, 0.5, np.float32)
    paths = [tmp_path / name for name in "abc"]
    for path in paths:
        encode_file(path, [tone], audio_format="wav", input_rate=24_000)
    options = EncodingOptions()
    steps = join_files(opened(paths), tmp_path / "all", audio_format="wav", options=options, overlap_seconds=0.05, pauses=[0.0, 0.2, 0.0])
    joined = run_steps(steps)
    assert joined.part_starts == (0.0, pytest.approx(0.3), pytest.approx(0.35))
    samples, _ = read_samples(tmp_path / "all")
    assert len(samples) == 2400 + 4800 + 2400 - 1200 + 2400
    assert np.abs(samples[2400:7200]).max() == 0.0
    np.testing.assert_allclose(samples[7200:], 0.5, atol=1e-3)
