"""Interjections and drawn-out words, judged by the phonemes for Kokoro."""

import pytest

from workers.text.english import english_phonemizer
from workers.text.g2p.languages import phonemizer_of
from workers.text.interjections import find_sound, shorten_word

SOUNDS = {
    "Shhhh!": "ʃː!",
    "SHHH": "ʃː",
    "BRRRRR": "bɹˈɜɹ",
    "Grrr": "ɡɹˈɜɹ",
    "Hmmmm.": "hˈʌm.",
    "Mmm": "mˈm",
    "Pfft": "pˈft",
    "Pssst": "pˈst",
    "Zzzz": "zˈz",
    "Ugh": "ˈʌɡ",
    "Arrrgh": "ˈɑɹɡ",
    "Awwww": "ˈɔ",
    "Eww": "ˈiu",
    "Tsk tsk": "tˈɪsk tˈɪsk",
    "Uh-huh": "əhˈʌ",
}
DRAWN_OUT = [
    "sooo so",
    "Nooooo No",
    "yesss yes",
    "pleeease please",
    "whaaat what",
    "goood good",
    "hellooo hello",
    "looong long",
    "Yaaay Yay",
]
ORDINARY = ("ssh", "bookkeeper", "www", "is", "small", "hush", "him", "pest")


@pytest.mark.parametrize(("written", "phonemes"), SOUNDS.items())
def test_english_sound_by_letters_is_spoken_as_a_sound(written: str, phonemes: str) -> None:
    assert english_phonemizer(is_british=False)(written).phonemes == phonemes


@pytest.mark.parametrize("pair", DRAWN_OUT)
def test_drawn_out_english_word_sounds_like_the_word(pair: str) -> None:
    drawn_out, word = pair.split()
    phonemise = english_phonemizer(is_british=True)
    assert phonemise(drawn_out).phonemes == phonemise(word).phonemes


@pytest.mark.parametrize("word", ORDINARY)
def test_ordinary_word_is_no_sound_by_letters(word: str) -> None:
    assert not find_sound(word)
    assert shorten_word(word, language="es") == word


@pytest.mark.parametrize(
    ("language", "written", "phonemes"),
    [
        ("es", "¡Shhh, nooo!", "ʃː, nˈo!"),
        ("fr", "Brrr, «Grrr»", "bʁː, ɡʁː"),
        ("it", "Psst, siiii", "pˈst, sˈi"),
        ("pt", "Hmm... nossaaa", "hˈm... nˈɔsæ"),
    ],
)
def test_sound_by_letters_is_spoken_as_a_sound_in_other_languages(language: str, written: str, phonemes: str) -> None:
    assert phonemizer_of(language)(written).phonemes == phonemes


def test_three_letters_of_german_compounds_stay() -> None:
    assert shorten_word("Schifffahrt", language="de") == "Schifffahrt"
    assert shorten_word("Jaaa", language="de") == "Ja"
