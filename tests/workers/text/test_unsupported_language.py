"""Texts in languages that a model does not speak: sentences in 33 languages, and texts that are no sentences."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.text.language_identifier import NOT_LATIN
from workers.text.unsupported_language import find_unsupported_language, has_readable_word

KOKORO = ("en", "es", "fr", "hi", "it", "ja", "pt", "zh")
PICO = ("de", "en", "es", "fr", "it")
ENGLISH = ("en",)
MODELS = (KOKORO, PICO, ENGLISH)
ROWS = [
    tuple(line.split("\t"))
    for line in (Path(__file__).parents[2] / "data" / "languages" / "texts.tsv").read_text("utf-8").splitlines()
    if not line.startswith("#")
]
"""Language, kind (long, short, neutral), text. Neutral: names, code, addresses, loan words, single words."""

ONLY_WARNED = {
    "Kami berjalan di sepanjang sungai sampai hujan turun lalu pulang naik bus.",
    "Ningú del poble no recorda quan es va construir el pont vell.",
}
"""Long texts that the model takes for Catalan or Indonesian with low probability."""


@pytest.mark.parametrize("spoken", MODELS, ids=("kokoro", "pico", "english"))
def test_no_text_in_a_spoken_language_is_found_unspoken(spoken: tuple[str, ...]) -> None:
    own = [text for language, kind, text in ROWS if kind != "neutral" and language in spoken]
    assert len(own) >= 12
    assert {text: found for text in own if (found := find_unsupported_language(text, spoken=spoken))} == {}


@pytest.mark.parametrize("spoken", MODELS, ids=("kokoro", "pico", "english"))
def test_names_code_loan_words_and_single_words_are_never_sure(spoken: tuple[str, ...]) -> None:
    neutral = [text for language, kind, text in ROWS if kind == "neutral" and language in spoken]
    assert [text for text in neutral if (found := find_unsupported_language(text, spoken=spoken)) and found.is_sure] == []


@pytest.mark.parametrize("spoken", MODELS, ids=("kokoro", "pico", "english"))
def test_long_texts_in_other_languages_are_sure_and_named(spoken: tuple[str, ...]) -> None:
    foreign = [(language, text) for language, kind, text in ROWS if kind == "long" and language not in spoken and text not in ONLY_WARNED]
    found = {text: find_unsupported_language(text, spoken=spoken) for _, text in foreign}
    assert [text for _, text in foreign if not (one := found[text]) or not one.is_sure] == []
    assert [(language, one.language) for language, text in foreign if (one := found[text]) and one.language != language] == []


def test_most_short_texts_in_other_languages_are_at_least_suspected() -> None:
    foreign = [text for language, kind, text in ROWS if kind == "short" and language not in KOKORO]
    found = [find_unsupported_language(text, spoken=KOKORO) for text in foreign]
    assert len(foreign) == 51
    assert sum(one is not None and one.is_sure for one in found) >= 41
    assert sum(one is not None for one in found) >= 47


@pytest.mark.parametrize(
    ("text", "spoken", "language"),
    [
        ("Wie geht es Ihnen heute?", KOKORO, "de"),
        ("WIE GEHT ES IHNEN HEUTE, UND WAS MACHEN DIE KINDER?", KOKORO, "de"),
        ("wie geht es ihnen heute", KOKORO, "de"),
        ("Bonjour, je voudrais réserver une table.", ENGLISH, "fr"),
        ("Привет", KOKORO, "ru"),
        ("שלום", KOKORO, "he"),
        ("안녕하세요", KOKORO, "ko"),
        ("今日は", ENGLISH, "ja"),
        ("สวัสดี", KOKORO, "th"),
        ("Wie geht es Ihnen heute? " * 300, KOKORO, "de"),
    ],
)
def test_a_text_beyond_doubt_is_sure(text: str, spoken: tuple[str, ...], language: str) -> None:
    found = find_unsupported_language(text, spoken=spoken)
    assert found is not None
    assert (found.language, found.is_sure, found.is_likely) == (language, True, True)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Good morning, everyone. Wie geht es Ihnen heute? I hope that you are well.", "de"),
        ('The sign says "Zutritt für Unbefugte strengstens verboten" and nothing else.', "de"),
        ("He said Привет to me and left.", "ru"),
    ],
)
def test_a_foreign_part_of_a_text_is_suspected_and_not_sure(text: str, language: str) -> None:
    found = find_unsupported_language(text, spoken=KOKORO)
    assert found is not None
    assert (found.language, found.is_sure, found.is_likely) == (language, False, False)


def test_common_words_alone_are_likely_and_not_sure() -> None:
    found = find_unsupported_language("Guten Morgen!", spoken=KOKORO)
    assert found is not None
    assert (found.language, found.is_sure, found.is_likely) == ("de", False, True)


@pytest.mark.parametrize("text", ["", "123", "5 Ω", "α + β = γ", "🎉", "Danke", "https://www.bahn.de/angebot", "Ω", "x" * 5000])
def test_text_without_a_detectable_language_yields_none(text: str) -> None:
    assert find_unsupported_language(text, spoken=KOKORO) is None


def test_a_model_of_unknown_languages_speaks_everything() -> None:
    assert find_unsupported_language("Wie geht es Ihnen heute?", spoken=()) is None
    assert has_readable_word("Привет", spoken=())


@pytest.mark.parametrize(
    ("text", "is_readable"),
    [("Привет", False), ("Привет, мир!", False), ("Привет 5", True), ("Hello Привет", True), ("!?", True), ("你好", True), ("안녕", False)],
)
def test_readable_words_are_those_in_a_script_of_the_model(text: str, is_readable: bool) -> None:
    assert has_readable_word(text, spoken=KOKORO) is is_readable


@given(st.text(max_size=200), st.sets(st.sampled_from([*KOKORO, "de", "ru", "ko"]), min_size=1))
def test_any_text_is_judged_without_an_error_and_always_alike(text: str, spoken: set[str]) -> None:
    found = find_unsupported_language(text, spoken=spoken)
    assert found == find_unsupported_language(text, spoken=sorted(spoken))
    assert found is None or found.language not in spoken


def test_languages_of_other_scripts_are_none_in_latin_letters() -> None:
    assert not NOT_LATIN & {"en", "de", "pl", "tr", "vi", "id"}
