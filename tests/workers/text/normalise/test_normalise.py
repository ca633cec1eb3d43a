"""Every text can be normalised, in linear time, without losing a word."""

import re
import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import examples
from tests.growth import assert_linear
from workers.text.normalise import normalise
from workers.text.spoken_text import SpokenText

LANGUAGES = ("en", "en-gb", "es", "fr", "de", "it", "pt", "pt-pt", "zh", "ja", "hi", "xx", "")
WRITTEN_RUN = re.compile(r"[^\W_]+")

FRAGMENTS = (
    "1", "12", "1.5", "1,234", "1.234,56", "$", "€", "£", "R$", "%", "km", "km/h", "h", "°C", "/", "-", "–", ":", ".", ",", "!", "?", "#",
    "@", "&", "+", "=", "<", ">", "*", "_", "~", "x", "a", "I", "V", "XIV", "VIII", "A", "USA", "NASA", "HIS", "IT'S ", "MR. ", "TRY ", "Dr.", "St.", "z. B.", "p.ej.",
    "etc.", "No.", "e.g.", "Henry", "siècle", "31/12/1999", "1999-12-31", "14:30", "2pm", "14h30", "1er", "3º", "21st", "½", "²", "⁶",
    "mai", "May", "de", "10-20", "7 - 2 =", "^6", "2x", "~", ".5", "90er", "1,-", "XVI-XVII", "1/2 tasse", "1½ kg", "24h/24", "9h-17h", "janv. 2024", "S. ", "vol. ", "2个人", "90后", "21वीं", "+1-555-867-5309", "https://a.b/c", "j@x.com", "🎉", "👍🏽", "日本", "हिन्दी", "ｆｕｌｌ", "ﬁ", "é",
    "e\u0301", "\u00ad", "\u200b", "\x00", "\n", " ", " ", " ", " ", "M", "million", "Mio.", "§§", "Hauptstr.", "Mon.-Fri.", "5 lbs.", "Bros. Ltd.", "Tel. ", "s/n", "c/o", "pág.", "мир", "مرحبا", "오늘", "ไทย", "今日は", "'", "’", '"', "(", ")", "…", "№", "१२",
)  # fmt: skip

TEXTS = st.text(max_size=60) | st.lists(st.sampled_from(FRAGMENTS), max_size=16).map("".join)


def assert_nothing_is_lost(spoken: SpokenText) -> None:
    """Spans cover both texts without gaps, and every written letter or digit lies in an audible span."""
    position = (0, 0)
    for span in spoken.spans:
        assert (span.spoken_start, span.written_start) == position
        position = (span.spoken_end, span.written_end)
    assert position == (len(spoken.text), len(spoken.written))
    for run in WRITTEN_RUN.finditer(spoken.written):
        heard = [span for span in spoken.spans if span.written_start < run.end() and span.written_end > run.start()]
        assert any(spoken.text[span.spoken_start : span.spoken_end].strip() for span in heard), run[0]


@settings(max_examples=examples(100), deadline=None)
@given(TEXTS, st.sampled_from(LANGUAGES))
def test_every_written_word_is_spoken(text: str, language: str) -> None:
    spoken = normalise(text, language=language)
    assert spoken.written == text
    assert_nothing_is_lost(spoken)


@settings(max_examples=examples(100), deadline=None)
@given(TEXTS, st.sampled_from(("en", "es", "fr", "de", "it", "pt")))
def test_no_figure_is_left_to_the_engine(text: str, language: str) -> None:
    spoken = normalise(text, language=language).text
    assert not [character for character in spoken if unicodedata.category(character) == "Nd"]


@pytest.mark.parametrize("language", ["en", "es", "fr", "de", "it", "pt"])
def test_plain_prose_is_normalised_to_itself(language: str) -> None:
    text = "She folded the letter, twice; and put it back (under the clock) -- “quickly”? Yes!".replace("--", "—")
    assert normalise(text, language=language) == SpokenText.verbatim(text)


def test_a_spoken_word_leads_back_to_the_figure_that_was_written() -> None:
    spoken = normalise("It costs $3.50 today.", language="en")
    start = spoken.text.index("dollars")
    assert spoken.text == "It costs three dollars and fifty cents today."
    assert spoken.written_range(start, start + len("dollars")) == (9, 14)
    assert spoken.written_range(spoken.text.index("today"), spoken.text.index("today") + 5) == (15, 20)


def test_full_width_text_is_read_and_leads_back() -> None:
    spoken = normalise("ＡＢＣ costs １２ ﬁve", language="en")
    assert spoken.text == "A B C costs twelve five"
    assert spoken.written_range(spoken.text.index("twelve"), spoken.text.index("twelve") + 6) == (10, 12)


def test_mixed_languages_and_scripts_stay_in_place() -> None:
    assert normalise("Das ist 日本語 and हिन्दी, 5 €.", language="de").text == "Das ist 日本語 and हिन्दी, fünf Euro."


def test_punctuation_of_other_scripts_is_kept() -> None:
    text = "今天很好。「はい」、हाँ। مرحبا؟ Bonjour «toi»"
    assert normalise(text, language="en").text == text


def test_a_language_without_rules_keeps_its_figures_and_folds_its_letters() -> None:
    assert normalise("오늘은 １０시", language="ko").text == "오늘은 10시"
    assert normalise("soft\u00adware", language="ru").text == "software"


def test_british_english_puts_the_day_first_and_says_and() -> None:
    assert normalise("05/06/2020, 105", language="en-GB").text == "the fifth of June, twenty twenty, one hundred and five"


def test_portuguese_of_portugal_has_its_own_numbers() -> None:
    assert normalise("16, 5,50 €", language="pt-PT").text == "dezasseis, cinco euros e cinquenta cêntimos"


HOSTILE = (
    "1", "1.", "1,", "1 ", "1-", "1/", "1:", "1\u00a0", "$1", "-", "a", "a.", "a-", "A", "A.", "I ", "IX ", "a@", "a@a.", "www.", "http://",
    "a.com", "#a", "e\u0301", "\u0301", "½", "(12)", "!?", "🎉", "\u200d", "_", "a1", "Dr. ", "z. B. ", "1 mai ", "December 1, ", "12:30 ",
    "1 000 ", "1€", "\x00", "\u00ad", "٣", "²", "&", "< ", "é.", "MM", "000 ", "1'", "AA ", "A'B", "a>1 ", "<3", "H₂", "1e", "::1", "a1b2c3d4", "5kg-", "1 234 ", "$x^", "\\frac{",
)  # fmt: skip


@pytest.mark.parametrize("unit", HOSTILE)
def test_normalising_hostile_text_takes_linear_time(unit: str) -> None:
    language = ("en", "fr", "de", "es", "it", "pt")[len(unit) % 6]
    normalise(unit * 30, language=language)

    def prepare(characters: int) -> Callable[[], object]:
        text = (unit * characters)[:characters]
        return lambda: normalise(text, language=language)

    assert_linear(prepare, size=12_000)
