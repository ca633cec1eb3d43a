"""Spoken text stays mapped to the written text."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.text.spoken_text import Span, SpokenText, SpokenTextBuilder, join

PIECES = st.lists(st.tuples(st.text(max_size=6), st.none() | st.text(max_size=6)), max_size=8)
"""Written pieces, each with its spoken form; None if spoken as written."""


def build(pieces: list[tuple[str, str | None]]) -> SpokenText:
    builder = SpokenTextBuilder("".join(written for written, _ in pieces))
    for written, spoken in pieces:
        end = builder.position + len(written)
        if spoken is None:
            builder.keep(up_to=end)
        else:
            builder.say(spoken, up_to=end)
    return builder.build()


def price() -> SpokenText:
    return build([("It costs ", None), ("$5", "five dollars"), (" *", ""), ("today", None)])


def assert_gapless(spoken: SpokenText) -> None:
    position = (0, 0)
    for span in spoken.spans:
        assert (span.spoken_start, span.written_start) == position
        assert span.spoken_end > span.spoken_start or span.written_end > span.written_start
        if span.is_verbatim:
            assert spoken.text[span.spoken_start : span.spoken_end] == spoken.written[span.written_start : span.written_end]
        position = (span.spoken_end, span.written_end)
    assert position == (len(spoken.text), len(spoken.written))


def test_a_verbatim_text_is_one_span() -> None:
    assert SpokenText.verbatim("Hi") == SpokenText("Hi", "Hi", (Span(0, 2, 0, 2, is_verbatim=True),))
    assert SpokenText.verbatim("").spans == ()


def test_pieces_are_joined_in_order_and_neighbours_that_are_kept_make_one_span() -> None:
    spoken = build([("It ", None), ("costs ", None), ("$5", "five dollars"), ("!", None)])
    assert spoken.text == "It costs five dollars!"
    assert spoken.spans == (Span(0, 9, 0, 9, is_verbatim=True), Span(9, 21, 9, 11), Span(21, 22, 11, 12, is_verbatim=True))


def test_a_spoken_word_is_found_where_it_was_written() -> None:
    spoken = price()
    assert spoken.text == "It costs five dollarstoday"
    assert spoken.written_range(3, 8) == (3, 8)
    assert spoken.written_range(9, 13) == (9, 11), "the whole of a rewritten piece"
    assert spoken.written_range(14, 21) == (9, 11)
    assert spoken.written_range(21, 26) == (13, 18), "what is silent belongs to no word"
    assert spoken.written_range(0, len(spoken.text)) == (0, 18)
    assert spoken.written_range(3, 3) == (3, 3)


def test_an_offset_moves_every_range() -> None:
    assert price().shift(100).written_range(9, 13) == (109, 111)
    assert price().shift(100).shift(1).written_range(3, 8) == (104, 109)


def test_a_slice_is_a_spoken_text_of_its_own() -> None:
    part = price().shift(100).slice(3, 21)
    assert (part.written, part.text, part.start) == ("costs $5", "costs five dollars", 103)
    assert part.written_range(6, 10) == (109, 111)


def test_a_cut_inside_a_rewritten_piece_leaves_it_whole_on_both_sides() -> None:
    spoken = price()
    assert spoken.slice(0, 13).written == "It costs $5"
    assert spoken.slice(13, 26).written == "$5 *today"


def test_then_chains_two_steps() -> None:
    first = build([("ﬁ", "fi"), ("ve ", None), ("１０", "10"), (" km", None)])
    second = build([("five ", None), ("10 km", "ten kilometers")])
    both = first.then(second)
    assert (both.written, both.text) == ("ﬁve １０ km", "five ten kilometers")
    assert both.written_range(0, 4) == (0, 3)
    assert both.written_range(5, 8) == (4, 9)


def test_text_silenced_by_the_first_step_stays_silent() -> None:
    first = build([("\u00ad", ""), ("a", None), ("\x00", ""), ("b", None), ("\x00", "")])
    both = first.then(build([("a", None), ("b", "bee")]))
    assert (both.written, both.text) == ("\u00ada\x00b\x00", "abee")
    assert both.written_range(0, 1) == (1, 2)


def test_a_step_must_start_from_the_text_before() -> None:
    with pytest.raises(ValueError, match="start from"):
        SpokenText.verbatim("a").then(SpokenText.verbatim("b"))


def test_parts_that_adjoin_are_joined() -> None:
    whole = join((price(), SpokenText.verbatim(" or never", start=18)))
    assert whole.written == "It costs $5 *today or never"
    assert whole.text == "It costs five dollarstoday or never"
    with pytest.raises(ValueError, match="adjoin"):
        join((price(), SpokenText.verbatim("x", start=7)))


@given(PIECES)
def test_spans_cover_both_texts_without_a_gap(pieces: list[tuple[str, str | None]]) -> None:
    spoken = build(pieces)
    assert spoken.written == "".join(written for written, _ in pieces)
    assert_gapless(spoken)


@given(PIECES, st.data())
def test_a_slice_covers_what_it_says_and_points_where_the_whole_points(pieces: list[tuple[str, str | None]], data: st.DataObject) -> None:
    spoken = build(pieces)
    start = data.draw(st.integers(0, len(spoken.text)))
    end = data.draw(st.integers(start, len(spoken.text)))
    part = spoken.slice(start, end)
    assert part.text == spoken.text[start:end]
    assert_gapless(part)
    first = data.draw(st.integers(start, end))
    last = data.draw(st.integers(first, end))
    if last > first:
        assert part.written_range(first - start, last - start) == spoken.written_range(first, last)


@given(PIECES, st.data())
def test_ranges_never_go_back(pieces: list[tuple[str, str | None]], data: st.DataObject) -> None:
    spoken = build(pieces)
    cuts = sorted(set(data.draw(st.lists(st.integers(0, len(spoken.text)), max_size=6))))
    ranges = [spoken.written_range(start, end) for start, end in pairwise(cuts)]
    assert ranges == sorted(ranges)
    assert all(0 <= start <= end <= len(spoken.written) for start, end in ranges)


@given(PIECES, st.data())
def test_two_steps_cover_the_first_text_and_the_last(pieces: list[tuple[str, str | None]], data: st.DataObject) -> None:
    first = build(pieces)
    builder = SpokenTextBuilder(first.text)
    while builder.position < len(first.text):
        end = data.draw(st.integers(builder.position + 1, len(first.text)))
        if data.draw(st.booleans()):
            builder.keep(up_to=end)
        else:
            builder.say(data.draw(st.text(max_size=3)), up_to=end)
    both = first.then(builder.build())
    assert (both.written, both.text) == (first.written, builder.build().text)
    assert_gapless(both)
