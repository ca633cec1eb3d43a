"""Words in capitals: shouted words are words, acronyms and initials are not."""

import pytest

from workers.text.english import english_phonemizer
from workers.text.normalise import normalise

SAID = {
    "en": {
        "SHE SAID YES, SO WE DID IT.": "She said yes, so we did it.",
        "You MUST call HER now.": "You must call her now.",
        "IT'S THE FBI'S FAULT, DON'T YOU THINK?": "It's the F B I's fault, don't you think?",
        "THE US ARMY MET THE WHO IN NEW YORK.": "The U S army met the W H O in new york.",
        "WHO said that? The WHO did.": "Who said that? The W H O did.",
        "She works in IT. I want IT now.": "She works in I T. I want it now.",
        "MR SMITH AND MRS. O'BRIEN LEFT.": "Mister Smith and Missus O'Brien left.",
        "HENRY VIII HAD SIX WIVES. CHAPTER IV": "Henry the eighth had six wives. Chapter four",
        "HE PAID 20 EUR ON MAY 5, 2020 AT 3 PM.": "He paid twenty euros on May fifth, twenty twenty at three PM.",
        "VITAMIN A IS A MUST": "Vitamin A is a must",
        "USPS, ESPN and HTML": "U S P S, E S P N and H T M L",
        "Read JSON files at IKEA": "Read json files at ikea",
        "BREAKING NEWS: EX-CIA man": "Breaking news: ex-C I A man",
        "OPEN MON-FRI. NO. 5 IS BEST. I SAID NO. LEAVE!": "Open Monday to Friday. number five is best. I said no. Leave!",
        "Portland, OR 97201": "Portland, O R nine seven two zero one",
        "WE LIVE ON ELM ST. NOW.": "We live on Elm Street. Now.",
        "INSTALLED_APPS on ARM64 for US and GIL": "Installed apps on ARM sixty-four for U S and G I L",
        "R&D at AT&T": "R and D at A T and T",
    },
    "fr": {
        "LE TGV EST EN RETARD, IL Y A UN PROBLÈME.": "Le T G V est en retard, il y a un problème.",
        "C'EST L'ÉTÉ. M. DUPONT EST LÀ.": "C'est l'été. monsieur Dupont est là.",
        "J'AI DIT OUI À L'ONU.": "J'ai dit oui à l'ONU.",
        "Ne faites PAS ça, c'est TRÈS mal.": "Ne faites pas ça, c'est très mal.",
    },
    "es": {
        "ÉL NO LO SABE. ¿QUÉ ES ESO?": "Él no lo sabe. ¿Qué es eso?",
        "LA UE Y EL FMI SE VAN A REUNIR.": "La U E y el F M I se van a reunir.",
        "Eso NO es MÍO.": "Eso no es mío.",
    },
    "it": {"IO NON LO SO, È VERO?": "Io non lo so, è vero?", "Ho detto MAI, SIG. BIANCHI.": "Ho detto mai, signor Bianchi."},
    "pt": {"EU NÃO SEI O QUE ELE FEZ.": "Eu não sei o que ele fez.", "SR. SILVA DISSE SIM.": "senhor Silva disse sim."},
    "de": {
        "ICH BIN ES, UND DU BIST AUCH DA.": "Ich bin es, und du bist auch da.",
        "DIE CDU UND DIE EU SAGEN NEIN.": "Die C D U und die E U sagen nein.",
        "Das ist NUR MEIN Auto.": "Das ist nur mein Auto.",
    },
}
UNCHANGED = ("A PhD and an iPhone.", "I think so, and I am right.", "NASA, COVID and OK.", "He is OK.", "eBay, McDonald")


def test_capitals_are_read_as_words_or_letters() -> None:
    cases = [(code, *pair) for code, group in SAID.items() for pair in group.items()]
    assert {
        (language, written): said for language, written, spoken in cases if (said := normalise(written, language=language).text) != spoken
    } == {}


@pytest.mark.parametrize("written", UNCHANGED)
def test_capitals_of_names_and_acronyms_stay(written: str) -> None:
    assert normalise(written, language="en").text == written


@pytest.mark.parametrize("sentence", ["He was here but she had his book.", "Which one? Let us go.", "Kirkwood has one more cat and dog."])
def test_a_shouted_english_sentence_has_the_phonemes_of_a_spoken_one(sentence: str) -> None:
    phonemize = english_phonemizer(is_british=False)
    assert phonemize(normalise(sentence.upper(), language="en").text).phonemes == phonemize(sentence).phonemes


def test_lowercased_word_maps_back_to_its_written_position() -> None:
    spoken = normalise("It was HIS fault.", language="en")
    start = spoken.text.index("his")
    assert spoken.written_range(start, start + 3) == (7, 10)


SUMS = {
    "en": {
        "Total: PHP 250": "Total: two hundred fifty Philippine pesos",
        "TRY 2 of them.": "Try two of them.",
        "A room is TRY 300 per night.": "A room is three hundred Turkish liras per night.",
        "PHP 7 or PHP 8.1?": "P H P seven or P H P eight point one?",
        "It costs PHP 1,500.": "It costs one thousand five hundred Philippine pesos.",
        "two jobs for 3 PHP developers": "two jobs for three P H P developers",
        "The TOP 10, ALL 5 teams, CUP 2022": "The top ten, all five teams, cup twenty twenty-two",
        "USD 5 and 20 CHF": "five dollars and twenty Swiss francs",
    },
    "pt": {"A COP 30 foi em Belém.": "A cop trinta foi em Belém."},
}


def test_currency_code_that_is_a_word_is_money_only_beside_an_amount() -> None:
    cases = [(code, *pair) for code, group in SUMS.items() for pair in group.items()]
    assert {
        (language, written): said for language, written, spoken in cases if (said := normalise(written, language=language).text) != spoken
    } == {}
