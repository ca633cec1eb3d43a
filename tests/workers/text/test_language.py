"""The language of a text, among those that an engine speaks."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workers.text.language import detect_against, detect_language

KOKORO = ("en", "es", "fr", "hi", "it", "ja", "pt", "zh")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The weather is nice today and we are going to the beach.", "en"),
        ("El tiempo es muy agradable hoy y vamos a la playa.", "es"),
        ("Il fait très beau aujourd’hui et nous allons à la plage.", "fr"),
        ("Oggi il tempo è bello e andiamo in spiaggia.", "it"),
        ("O tempo está bom hoje e nós vamos à praia.", "pt"),
        ("आज मौसम अच्छा है", "hi"),
        ("今天天气很好，我们去海滩。", "zh"),
        ("今日は天気が良いのでビーチに行きます。", "ja"),
        ("東京タワー", "ja"),
        ("Apple 发布了新的 iPhone", "zh"),
        ("Hola", "es"),
        ("Ciao", "it"),
        ("Bonjour tout le monde", "fr"),
        ("Il fait beau aujourd'hui", "fr"),
        ("Muito obrigado", "pt"),
        ("HELLO WORLD", "en"),
        ("Visit https://example.fr/le-monde-est-beau now, please.", "en"),
    ],
)
def test_the_language_is_recognised(text: str, language: str) -> None:
    assert detect_language(text, among=KOKORO, preferred="en") == language


@pytest.mark.parametrize("text", ["", "123", "!?", "OK", "🎉", "NASA", "https://example.com"])
def test_a_text_without_evidence_takes_the_voices_language(text: str) -> None:
    assert detect_language(text, among=("en", "it"), preferred="it-IT") == "it"


def test_only_the_given_languages_are_answered() -> None:
    assert detect_language("Das Wetter ist heute schön.", among=("en", "de")) == "de"
    assert detect_language("今日は良い天気です", among=("en", "zh"), preferred="en") == "zh"
    assert detect_language("Whatever this is", among=("ja",)) == "ja"


@pytest.mark.parametrize(
    ("text", "own", "language"),
    [
        ("Mañana iremos a la playa con nuestros amigos.", "en", "es"),
        ("Hola, ¿cómo estás?", "en-gb", "es"),
        ("Tu pedido ha sido enviado.", "en", "es"),
        ("Merci beaucoup", "en", "fr"),
        ("Your order has left our warehouse.", "es", "en"),
        ("Your order has left our warehouse.", "ja", "en"),
        ("今天天气很好，我们去海滩。", "en", "zh"),
        ("東京タワーは高い", "en", "ja"),
    ],
)
def test_text_plainly_in_another_language_is_not_read_in_the_voices_language(text: str, own: str, language: str) -> None:
    assert detect_against(text, among=KOKORO, own=own) == language


@pytest.mark.parametrize(
    "text",
    [
        "Los Angeles", "El Paso, Texas", "Les Misérables", "C'est la vie", "Ciao bella!", "Leonardo da Vinci", "Real Madrid vs. Barcelona FC",
        "Pizza Margherita and spaghetti carbonara", "A croissant and a café au lait", "Vamos a la playa, the song", "x y z", "12 345", "",
        "Nissan Toyota Mitsubishi Honda", "Antonio Banderas, Penelope Cruz, Javier Bardem", "I said 你好 to her and she said こんにちは.",
    ],
)  # fmt: skip
def test_foreign_names_and_titles_stay_in_the_language_of_the_voice(text: str) -> None:
    assert detect_against(text, among=KOKORO, own="en") == "en"


def test_a_text_in_the_script_of_the_voice_stays_in_its_language() -> None:
    assert detect_against("iPhone 15 Pro Max and MacBook を買った", among=KOKORO, own="ja") == "ja"


def test_a_language_that_the_engine_lacks_is_not_guessed() -> None:
    assert detect_against("مرحبا بالعالم", among=KOKORO, own="en") == "en"
    assert detect_against("Bonjour tout le monde", among=("en",), own="en") == "en"
    assert detect_against("Bonjour tout le monde", among=("fr",), own="de") == "de"


def test_no_language_to_choose_from_is_an_error() -> None:
    with pytest.raises(ValueError, match="no languages"):
        detect_language("Hello", among=())


@settings(deadline=None)
@given(st.text(max_size=80), st.sets(st.sampled_from(KOKORO), min_size=1), st.sampled_from(["", *KOKORO]))
def test_any_text_has_one_of_the_languages_and_always_the_same(text: str, among: set[str], preferred: str) -> None:
    languages = sorted(among)
    found = detect_language(text, among=languages, preferred=preferred)
    assert found in among
    assert detect_language(text, among=languages, preferred=preferred) == found
    assert detect_against(text, among=languages, own=preferred) in {*among, preferred}
