"""English translation of a window assigned to the segments of its original."""

from workers.recognition.whisper.pairing import pair_by_time

SPANS = [(0.0, 4.0), (4.5, 9.0), (9.5, 12.0)]


def test_each_text_goes_where_it_overlaps_most() -> None:
    texts = [(0.2, 4.4, "One."), (4.4, 8.0, " Two."), (9.0, 12.0, "Three. ")]
    assert pair_by_time(SPANS, texts) == ["One.", "Two.", "Three."]


def test_several_texts_at_one_segment_are_joined_and_a_segment_may_have_none() -> None:
    assert pair_by_time(SPANS, [(0.0, 2.0, "One,"), (2.0, 4.0, "and a half."), (10.0, 11.0, "Three.")]) == [
        "One, and a half.",
        "",
        "Three.",
    ]


def test_a_text_that_overlaps_nothing_goes_to_the_nearest() -> None:
    assert pair_by_time(SPANS, [(13.0, 14.0, "Late.")]) == ["", "", "Late."]


def test_pairing_without_segments_is_empty() -> None:
    assert pair_by_time([], [(0.0, 1.0, "Lost.")]) == []
