"""Designs: deterministic mixes whose measured traits follow the words."""

import pytest

from apps.voice_design.designing import Design, EmptyDescriptionError, StockVoice, design_from
from apps.voice_design.traits import Traits, mean_traits, voice_traits
from workers.kokoro.accents import VOICES

STOCK = [StockVoice(voice.id, voice.language, voice.gender) for voice in VOICES]
GENDERS = {voice.id: voice.gender for voice in STOCK}


def design(text: str, **options: object) -> Design:
    return design_from(text, stock=STOCK, **options)  # type: ignore[arg-type]


def sound(text: str) -> Traits:
    return mean_traits(design(text).weights)


def test_traits_are_measured_for_every_built_in_voice() -> None:
    assert set(voice_traits()) == {voice.id for voice in STOCK}


def test_same_description_gives_the_same_voice_whatever_the_order_of_the_catalogue() -> None:
    text = "an elderly British man with a deep, warm voice who speaks slowly"
    assert design_from(text, stock=STOCK) == design_from(text, stock=list(reversed(STOCK)))
    made = design(text)
    assert (made.voice, made.pace, made.language, made.gender) == ("bm_daniel(3)+bm_lewis(3)+am_onyx(4)", 0.79, "en-gb", "male")


@pytest.mark.parametrize(
    ("lower", "higher"),
    [
        ("a man with a very deep voice", "a man with a high-pitched voice"),
        ("a woman with a low voice", "a woman with a high voice"),
        ("eine Frau mit tiefer Stimme", "eine Frau mit hoher Stimme"),
        ("an old woman", "a little girl"),
    ],
)
def test_pitch_of_the_mix_follows_the_words(lower: str, higher: str) -> None:
    assert sound(lower).pitch_hertz * 1.15 < sound(higher).pitch_hertz


def test_warm_and_energetic_words_choose_voices_by_their_measures() -> None:
    assert sound("a warm woman").warmth_decibels > sound("a bright woman").warmth_decibels + 4
    assert sound("a lively man").pitch_range_semitones > sound("a calm man").pitch_range_semitones + 1


def test_pace_of_the_spoken_mix_follows_the_words_whatever_its_voices_own_pace() -> None:
    def pace(text: str) -> float:
        made = design(text)
        return made.pace * mean_traits(made.weights).phonemes_per_second

    slow, fast, very_fast = pace("a slow man"), pace("a fast man"), pace("a very fast man")
    assert slow * 1.35 < fast
    assert fast * 1.07 < very_fast
    assert design("a man").pace == 1.0


@pytest.mark.parametrize(
    ("text", "gender"),
    [("a deep woman", "female"), ("a high man", "male"), ("ein Mädchen", "female"), ("fast", "male"), ("un señor", "male")],
)
def test_gender_of_every_voice_of_the_mix_is_the_one_described(text: str, gender: str) -> None:
    made = design(text)
    assert made.gender == gender
    assert {GENDERS[voice] for voice in made.weights} == {gender}


def test_accent_without_a_voice_is_replaced_with_a_warning() -> None:
    made = design("a German woman")
    assert made.language == "en-us"
    assert made.warnings == ("No built-in voice has the accent 'de'; the voice speaks with 'en-us'.",)
    assert design("a Scottish woman").language == "en-gb"


@pytest.mark.parametrize("variant", [0, 1, 2])
def test_voice_of_the_named_accent_has_the_largest_weight_of_the_mix(variant: int) -> None:
    for text, voice in (("a French accent", "ff_siwis"), ("a very deep, slow French woman", "ff_siwis")):
        weights = design(text, variant=variant).weights
        assert weights[voice] == max(weights.values())


@pytest.mark.parametrize(
    "text", ["a man with a French accent", "a very deep old Frenchman", "un vieux Français à la voix grave", "ein Franzose"]
)
def test_accent_that_only_a_woman_has_is_mixed_into_a_mans_voice_and_explained(text: str) -> None:
    made = design(text)
    assert (made.language, made.gender, GENDERS["ff_siwis"]) == ("fr-fr", "male", "female")
    assert {GENDERS[voice] for voice in set(made.weights) - {"ff_siwis"}} == {"male"}
    assert (made.weights["ff_siwis"] in {2, 3}, sum(made.weights.values())) == (True, 10)
    assert sound(text).pitch_hertz <= 130
    effects = {one.attribute: one.effect for one in made.understood}
    assert effects["gender"] == "The male voices of the mix set its pitch."
    assert effects["accent"].startswith("No built-in voice of this gender has the accent 'fr-fr': ff_siwis, of the other gender, gives it")


def test_ruled_out_age_is_said_not_to_be_followed() -> None:
    ages = [one.effect for one in design("a man who is not old").understood if one.attribute == "age"]
    assert ages == ["No voice is labelled with an age, so that this was not followed."]


def test_language_of_the_request_counts_where_the_description_names_no_accent() -> None:
    assert design("a woman", language="fr").language == "fr-fr"
    assert design("a British woman", language="fr").language == "en-gb"


def test_variants_of_a_description_are_different_mixes() -> None:
    assert len({design("a warm woman", variant=variant).voice for variant in range(3)}) == 3


def test_explanation_names_each_attribute_with_its_words_and_effect() -> None:
    made = design("a very warm British woman of xylophonic charm")
    assert [(one.attribute, one.value, one.words) for one in made.understood] == [
        ("warmth", "warm", ("warm",)),
        ("accent", "en-gb", ("british",)),
        ("gender", "female", ("woman",)),
    ]
    assert made.understood[0].strength == 1.6
    assert made.understood[2].effect == "Only female voices were chosen."
    assert made.not_understood == ("xylophonic", "charm")


def test_description_without_a_known_word_is_refused() -> None:
    with pytest.raises(EmptyDescriptionError):
        design("xylophonic")
