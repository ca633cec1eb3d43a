"""Words to segments."""

from hypothesis import given
from hypothesis import strategies as st

from workers.recognition.segmentation import LONGEST_CHARACTERS, TimedWord, split_words, text_of


def words_of(text: str, *, seconds_a_word: float = 0.4) -> list[TimedWord]:
    return [TimedWord(f" {word}", index * seconds_a_word, (index + 1) * seconds_a_word) for index, word in enumerate(text.split())]


def texts(words: list[TimedWord]) -> list[str]:
    return [text_of(group) for group in split_words(words)]


def test_a_sentence_is_a_segment() -> None:
    assert texts(words_of("He came. She left! Why? Nobody knows")) == ["He came.", "She left!", "Why?", "Nobody knows"]


def test_abbreviation_initial_and_number_end_no_sentence() -> None:
    assert texts(words_of("Mr. John Dashwood met J. Smith at 3 p.m. and paid 3.5 pounds. He left.")) == [
        "Mr. John Dashwood met J. Smith at 3 p.m. and paid 3.5 pounds.",
        "He left.",
    ]


def test_a_quote_closes_its_sentence() -> None:
    assert texts(words_of('"Come in." "Thank you."')) == ['"Come in."', '"Thank you."']


def test_a_long_pause_ends_a_segment() -> None:
    words = [TimedWord(" one", 0.0, 0.5), TimedWord(" two", 0.6, 1.0), TimedWord(" three", 2.5, 3.0)]
    assert texts(words) == ["one two", "three"]


def test_languages_without_spaces_have_sentences_too() -> None:
    words = [
        TimedWord(word, index * 0.3, index * 0.3 + 0.3) for index, word in enumerate(["今天", "天气", "很好。", "我们", "去", "海滩。"])
    ]
    assert texts(words) == ["今天天气很好。", "我们去海滩。"]


def test_a_long_sentence_is_cut_at_a_clause() -> None:
    text = "when the wind had turned and the rain was over at last the children ran out to the river to look for their boats, " * 2
    pieces = texts(words_of(text.strip(), seconds_a_word=0.3))
    assert all(len(piece) <= LONGEST_CHARACTERS for piece in pieces)
    assert pieces[0].endswith("boats,")


@given(st.lists(st.sampled_from(["a", "Then,", "word.", "Mr.", "…", "very-long-word-" * 4, "3"]), max_size=120), st.floats(0.0, 2.0))
def test_together_the_segments_are_the_words(names: list[str], seconds: float) -> None:
    words = words_of(" ".join(names), seconds_a_word=seconds)
    groups = split_words(words)
    assert [word for group in groups for word in group] == words
    assert all(groups)
