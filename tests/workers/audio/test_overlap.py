"""Parts with common audio are joined without a seam."""

import numpy as np
import pytest

from workers.audio.convert import Overlap

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


def test_without_overlap_parts_follow_each_other_unchanged() -> None:
    assert join(WHOLE[:300], WHOLE[300:], length=0, block=64).tolist() == WHOLE.tolist()


def test_a_part_shorter_than_two_overlaps_is_still_mixed_in() -> None:
    joined = join(WHOLE[:420], WHOLE[380:430], WHOLE[390:], length=40, block=16)
    np.testing.assert_allclose(joined, WHOLE, atol=1e-6)


def test_the_middle_of_a_cross_fade_is_the_mean_of_both_parts() -> None:
    joined = join(np.zeros(100, np.float32), np.ones(100, np.float32), length=40, block=1000)
    assert len(joined) == 160
    assert joined[79] + joined[80] == pytest.approx(1.0)
    assert (np.diff(joined[60:100]) >= 0).all()
