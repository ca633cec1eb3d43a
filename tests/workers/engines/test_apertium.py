"""Apertium with the pairs installed here."""

import pytest

from workers.contract.errors import WorkError
from workers.engines.apertium import Apertium, build_engines


@pytest.fixture(scope="module")
def apertium() -> Apertium:
    (engine,) = build_engines()
    assert isinstance(engine, Apertium)
    if "es" not in engine.spec.targets_from("en"):
        pytest.skip("Apertium's English-Spanish is not installed: apt-get install apertium-eng-spa, or ttsai models pull apertium")
    return engine


def test_english_becomes_spanish_and_back(apertium: Apertium) -> None:
    assert apertium.translate(["The house is big.", "Good morning."], source="en", target="es") == ["La casa es grande.", "Buenos días."]
    assert apertium.translate(["La casa es grande."], source="es", target="en") == ["The house is big."]


def test_a_pronoun_that_spanish_leaves_out_leaves_no_space(apertium: Apertium) -> None:
    (translated,) = apertium.translate(["Today we will talk about it, and he was there."], source="en", target="es")
    assert "  " not in translated
    assert " ," not in translated


def test_numbers_addresses_and_empty_lines_are_kept(apertium: Apertium) -> None:
    texts = ["It costs 3,456.78 dollars.", "", "See https://example.com/my-house, please.", "1999"]
    price, empty, address, year = apertium.translate(texts, source="en", target="es")
    assert price == "Cuesta 3,456.78 dólares."
    assert "https://example.com/my-house, " in address
    assert (empty, year) == ("", "1999")


def test_signs_of_apertiums_own_stream_are_text(apertium: Apertium) -> None:
    (translated,) = apertium.translate([r"The ^house$ [is] {big} <b> / \ @ *."], source="en", target="es")
    assert not set("^$[]{}<>/\\@*") - set(translated)


def test_words_that_no_dictionary_has_are_kept_without_a_mark(apertium: Apertium) -> None:
    (translated,) = apertium.translate(["Qwyzzle lives in Zzyzx."], source="en", target="es")
    assert "Qwyzzle" in translated
    assert "*" not in translated


def test_missing_language_pair_is_reported_with_the_available_ones(apertium: Apertium) -> None:
    with pytest.raises(WorkError, match=r"Apertium translates from en to .*es.*, not to ja\.") as caught:
        apertium.translate(["Hello."], source="en", target="ja")
    assert caught.value.code == "unsupported_language"


def test_two_modes_one_behind_the_other(apertium: Apertium) -> None:
    if "fr" not in apertium.spec.targets_from("en"):
        pytest.skip("Apertium's French-Spanish is not installed: apt-get install apertium-fr-es")
    assert apertium.translate(["The house is big."], source="en", target="fr") == ["La maison est grande."]


def test_without_a_pair_there_is_a_sentence_for_the_operator() -> None:
    engine = Apertium([])
    assert engine.find_obstacle() == (
        "No pair of Apertium is installed: apt-get install apertium apertium-eng-spa, or without root: ttsai models pull apertium"
    )
    assert engine.spec.directions == ()
