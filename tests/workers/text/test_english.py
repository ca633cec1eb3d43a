"""English phonemes, and the written word that each of them belongs to."""

import sys
from collections.abc import Callable
from functools import cache
from itertools import pairwise
from types import FrameType

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from workers.text.english import align, english_phonemizer
from workers.text.phonemes import PhonemisedText, WordPhonemes, phoneme_boundaries, time_words


def american(text: str) -> PhonemisedText:
    """Phonemes in American English."""
    return american_phonemizer()(text)


@cache
def american_phonemizer() -> Callable[[str], PhonemisedText]:
    """One for all tests; made by the first, since every process of the tests imports this module."""
    return english_phonemizer(is_british=False)


HOSTILE = st.text(max_size=30) | st.lists(
    st.sampled_from(
        [
            *"0123456789.,-'’:/$€£%+=#&@*()[]{}_ !^|",
            "](/",
            "Dr. ",
            "pm",
            "½",
            "²",
            "①",
            "٣",
            "ﬁ",
            "𝓗",
            "中",
            "🎉",
            "\u200d",
            "—",
            "Henry ",
            "XL",
            "9" * 40,
        ]
    ),
    max_size=25,
).map("".join)


def spoken_words(text: str) -> list[tuple[str, str]]:
    phonemised = american(text)
    return [(text[w.start_character : w.end_character], phonemised.phonemes[w.first : w.end]) for w in phonemised.words]


def test_plain_words_are_spoken_one_by_one() -> None:
    assert american("Hello world.").phonemes == "həlˈO wˈɜɹld."
    assert spoken_words("Hello world.") == [("Hello", "həlˈO"), ("world.", "wˈɜɹld")]


def test_british_phonemes_differ_from_american() -> None:
    assert american("Car").phonemes == "kˈɑɹ"
    assert english_phonemizer(is_british=True)("Car").phonemes == "kˈɑː"


def test_numbers_times_and_titles_keep_the_spelling_of_the_customer() -> None:
    words = dict(spoken_words("Dr. Smith paid $5 million at 7:30 p.m. on 5 March."))
    assert words == {
        "Dr.": "dˈɑktəɹ",
        "Smith": "smˈɪθ",
        "paid": "pˈAd",
        "$5": "fˈIv",
        "million": "mˈɪljᵊn dˈɑləɹz",
        "at": "æt",
        "7:30": "sˈɛvən θˈɜɹTi",
        "p.m.": "pˌiˈɛm",
        "on": "ˌɔn",
        "5": "ðə fˈɪfθ ʌv",
        "March.": "mˈɑɹʧ",
    }


def test_a_king_whose_name_begins_like_a_roman_numeral_keeps_it() -> None:
    assert american("King Charles and Queen Victoria").phonemes == "kˈɪŋ ʧˈɑɹlz ænd kwˈin vɪktˈɔɹiə"


def test_spelled_letters_are_read_by_their_names() -> None:
    assert american("N A S A").phonemes == "ˈɛn ˈA ˈɛs ˈA"
    assert american("N, A, S, A").phonemes == "ˈɛn, ˈA, ˈɛs, ˈA"
    assert american("A").phonemes == "ˈA"
    assert american("A four").phonemes == "ɐ fˈɔɹ"
    assert american("A cat").phonemes == "ɐ kˈæt"


def test_silent_characters_have_no_word() -> None:
    assert [word for word, _ in spoken_words("Hello 🎉 — 你好 *** world \u200b!")] == ["Hello", "world"]
    assert american("🎉 --- ***").words == ()
    assert american("").words == ()


def test_a_dash_without_spaces_parts_two_words() -> None:
    assert [word for word, _ in spoken_words("word—another")] == ["word—", "another"]


def test_markup_of_the_phonemizer_is_read_as_text() -> None:
    assert [word for word, _ in spoken_words("See [link](/həlˈO/) now")] == ["See", "[link](/həlˈO/)", "now"]
    assert "həlˈO" not in american("[x](/həlˈO/)").phonemes


def test_a_long_number_is_read_digit_by_digit_as_one_word() -> None:
    ((word, phonemes),) = spoken_words("4" * 40)
    assert (word, phonemes) == ("4" * 40, " ".join(["fˈɔɹ"] * 40))


def test_a_long_word_is_read_to_its_end() -> None:
    assert american("a" * 20 + "bcd" * 20).phonemes.count(" ") >= 3
    assert american("Antidisestablishmentarianism").phonemes.count(" ") == 0  # it stands in the lexicon


def test_the_last_words_survive_a_row_of_marks() -> None:
    assert american("Wait" + "!" * 1000 + " - " * 500 + "what?").phonemes == "wˈAt!!! wˌʌt?"
    assert american("a" + " ..." * 1000 + " b").phonemes == "ɐ... bˈi"


def test_rewritten_words_are_shared_out_in_order() -> None:
    assert align(["5", "Nov.", "now"], ["the", "fifth", "of", "November", "now"]) == [0, 0, 1, 1, 2]
    assert align(["$5", "million"], ["5", "million", "dollars"]) == [0, 1, 1]


@settings(deadline=None)
@given(HOSTILE)
@example("①ß")
@example("9" * 500)
@example("\ud83d")
@example("5 March ™ $5 million ½")
def test_no_text_breaks_the_order_of_words(text: str) -> None:
    phonemised = american(text)
    places = [(w.first, w.end, w.start_character, w.end_character) for w in phonemised.words]
    assert all(first < end <= len(phonemised.phonemes) and start < stop <= len(text) for first, end, start, stop in places)
    assert all(a[1] <= b[0] and a[3] <= b[2] for a, b in pairwise(places))


@pytest.mark.parametrize("unit", ["1-", "1/", "[a]", "a'", "aA", "1,", "a# ", "^ a ", "½", "("])
def test_hostile_sentences_do_not_stop_the_worker(unit: str) -> None:
    """Counts calls, which are the same on every machine: about 1.5 million for "1-", for which hibari alone takes seconds."""
    calls = 0

    def count(frame: FrameType, event: str, argument: object) -> None:
        nonlocal calls
        calls += event in {"call", "c_call"}

    sys.setprofile(count)
    try:
        american((unit * 300)[:300])
    finally:
        sys.setprofile(None)
    assert calls < 3_000_000


def test_unknown_phonemes_are_dropped_and_the_words_stay_in_place() -> None:
    phonemised = PhonemisedText("ab xx cd.", (WordPhonemes(0, 2, 0, 2), WordPhonemes(3, 5, 3, 5), WordPhonemes(6, 8, 6, 8)))
    assert phonemised.restrict("abcd. ".__contains__) == PhonemisedText("ab  cd.", (WordPhonemes(0, 2, 0, 2), WordPhonemes(6, 8, 4, 6)))


def test_durations_become_the_times_of_words() -> None:
    phonemised = PhonemisedText("ab cd", (WordPhonemes(0, 2, 0, 2), WordPhonemes(3, 7, 3, 5)))
    boundaries = phoneme_boundaries([5, 2, 2, 1, 4, 4, 9], unit_seconds=0.025, lead_units=3)
    assert boundaries == pytest.approx([0.05, 0.1, 0.15, 0.175, 0.275, 0.375])
    first, second = time_words(phonemised, text="ab ceed", boundaries=boundaries)
    assert (first.word, first.start, first.end) == ("ab", 0.05, 0.15)
    assert (second.word, second.start, second.end, second.start_character, second.end_character) == ("ceed", 0.175, 0.375, 3, 7)
