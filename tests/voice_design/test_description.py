"""Descriptions in four languages, read to attributes."""

import pytest

from apps.voice_design.description import read_description


def attributes(text: str) -> dict[str, tuple[str, float]]:
    return {one.attribute: (one.value, round(one.strength, 2)) for one in read_description(text).mentions}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "an elderly British man with a deep, warm voice who speaks slowly",
            {"age": "old", "accent": "en-gb", "gender": "male", "pitch": "low", "warmth": "warm", "pace": "slow"},
        ),
        (
            "Eine junge Frau mit heller, klarer Stimme, die schnell spricht",
            {"age": "young", "gender": "female", "warmth": "bright", "pace": "fast"},
        ),
        (
            "Un anciano mexicano de voz grave y cálida que habla despacio",
            {"gender": "male", "age": "old", "accent": "es", "pitch": "low", "warmth": "warm", "pace": "slow"},
        ),
        (
            "Une vieille femme britannique à la voix douce qui parle lentement",
            {"gender": "female", "age": "old", "accent": "en-gb", "warmth": "warm", "pace": "slow"},
        ),
        ("a calm 25-year-old American woman", {"energy": "calm", "age": "young", "accent": "en-us", "gender": "female"}),
        ("an energetic grandfather", {"energy": "lively", "gender": "male", "age": "old"}),
    ],
)
def test_description_in_plain_words_names_its_attributes(text: str, expected: dict[str, str]) -> None:
    found = read_description(text)
    assert {one.attribute: one.value for one in found.mentions} == expected
    assert found.not_understood == ()


def test_words_without_a_known_meaning_are_listed_once_in_order() -> None:
    assert read_description("a xylophonic man from Mars, xylophonic").not_understood == ("xylophonic", "mars")


def test_degrees_change_the_strength_of_the_next_word() -> None:
    assert attributes("a very deep voice")["pitch"] == ("low", -1.6)
    assert attributes("a slightly deep voice")["pitch"] == ("low", -0.5)
    assert attributes("a voice that is not deep")["pitch"] == ("low", 0.6)
    assert attributes("a voice that is not very deep")["pitch"] == ("low", 0.3)
    assert attributes("sehr tiefe Stimme")["pitch"] == ("low", -1.6)


def test_value_that_is_ruled_out_is_no_value_of_the_attribute() -> None:
    found = read_description("a man, not British")
    assert found.value("accent") == ""
    assert found.ruled_out("accent") == {"en-gb"}


def test_second_value_of_an_attribute_is_a_contradiction() -> None:
    found = read_description("a man with the voice of a woman")
    assert found.value("gender") == "male"
    assert found.contradictions == ("woman",)


def test_two_words_for_one_scale_strengthen_each_other_up_to_the_limit() -> None:
    assert attributes("a deep, booming voice")["pitch"] == ("low", -1.5)
    assert attributes("very deep, very low, booming")["pitch"] == ("low", -2.0)


@pytest.mark.parametrize("text", ["", "!!!", "12345678901234567890", "\0", "the voice of a speaker", "voz " * 2000])
def test_description_that_says_nothing_has_no_mentions(text: str) -> None:
    assert read_description(text).mentions == ()
