"""Mapping between written and spoken words."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import examples
from workers.recognition.align.text_mapping import AlignedSpan, cut_pieces, normalise_for_alignment, written_words


def heard_of(spoken: str, *, step: float = 1.0) -> list[AlignedSpan]:
    """Each word of a spoken text for a second."""
    spans, position = [], 0
    for number, word in enumerate(spoken.split()):
        position = spoken.index(word, position)
        spans.append(AlignedSpan(position, position + len(word), step * number, step * number + step))
        position += len(word)
    return spans


def test_a_number_has_the_time_of_all_its_words() -> None:
    text = "It costs $42 now."
    spoken = normalise_for_alignment(text, language="en")
    assert spoken.text == "It costs forty-two dollars now."
    words = written_words(spoken, heard_of(spoken.text))
    assert [(word.word, word.start, word.end) for word in words] == [("It", 0, 1), ("costs", 1, 2), ("$42", 2, 4), ("now.", 4, 5)]
    assert [text[word.start_character : word.end_character] for word in words] == [word.word for word in words]


def test_words_that_are_one_to_the_ear_share_its_time() -> None:
    spoken = normalise_for_alignment("At 5 p.m. sharp", language="en")
    words = written_words(spoken, heard_of(spoken.text))
    assert [word.word for word in words] == ["At", "5", "p.m.", "sharp"]
    assert (words[1].start, words[1].end, words[2].start, words[2].end) == (1.0, 1.4, 1.4, 3.0)


def test_words_without_audio_have_no_times() -> None:
    spoken = normalise_for_alignment("one 日 two", language="en")
    heard = [span for span in heard_of(spoken.text) if spoken.text[span.start_character] != "日"]
    assert [word.word for word in written_words(spoken, heard)] == ["one", "two"]


def test_characters_of_a_script_without_spaces_are_timed_one_by_one() -> None:
    spoken = normalise_for_alignment("你好 world世界", language="zh")
    heard = [AlignedSpan(0, 2, 0.0, 1.0), AlignedSpan(3, 8, 1.0, 2.0), AlignedSpan(8, 10, 2.0, 3.0)]
    assert [(word.word, word.start, word.end) for word in written_words(spoken, heard)] == [
        ("你", 0.0, 0.5),
        ("好", 0.5, 1.0),
        ("world", 1.0, 2.0),
        ("世", 2.0, 2.5),
        ("界", 2.5, 3.0),
    ]


def test_pieces_are_sentences_and_hold_something_to_say() -> None:
    spoken = "*** Hello. --- How are you? ..."
    pieces = cut_pieces(spoken)
    assert [spoken[piece.start : piece.end] for piece in pieces] == ["*** Hello. ", "--- How are you? ..."]
    assert [piece.weight for piece in pieces] == [5, 9]
    assert cut_pieces(" … !") == []
    assert cut_pieces("") == []


@settings(max_examples=examples(60), deadline=None)
@given(st.text(max_size=400))
def test_pieces_cover_every_text_completely(spoken: str) -> None:
    pieces = cut_pieces(spoken)
    if any(map(str.isalnum, spoken)):
        assert "".join(spoken[piece.start : piece.end] for piece in pieces) == spoken
        assert sum(piece.weight for piece in pieces) == sum(map(str.isalnum, spoken))
        assert all(piece.weight for piece in pieces)
    else:
        assert pieces == []
