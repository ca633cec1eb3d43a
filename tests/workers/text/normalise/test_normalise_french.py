"""French text as it is said."""

import pytest

from workers.text.normalise import normalise

SAID = {
    "what people send": {
        "terminal 2E": "terminal deux E",
        "la 2de fois": "la seconde fois",
        "1 chatte": "une chatte",
        "réf. A-12": "référence A-douze",
        "7 - 2 = 5": "sept moins deux égale cinq",
        "1/2 tasse et 1/2 verre": "une demi tasse et un demi verre",
        "1½ kg et 2 ½ h": "un kilogramme et demi et deux heures et demie",
        "9h-17h, 9h30-11h": "neuf heures à dix-sept heures, neuf heures trente à onze heures",
        "24h/24 et 7j/7": "vingt-quatre heures sur vingt-quatre et sept jours sur sept",
        "2x plus": "deux fois plus",
        "av. de la Liberté": "avenue de la Liberté",
        "Av. J.-C.": "avant Jésus-Christ",
        "Mgr Dupont": "monseigneur Dupont",
        "les XVIe-XVIIe siècles": "les seizième à dix-septième siècles",
        "janv. 2024": "janvier deux mille vingt-quatre",
        "vol. II": "volume deux",
        "500k": "cinq cent mille",
        "le CAC 40": "le CAC quarante",
    },
    "numbers": {
        "1 234 maisons": "mille deux cent trente-quatre maisons",
        "71": "soixante et onze",
        "80": "quatre-vingts",
        "81 filles": "quatre-vingt-une filles",
        "91": "quatre-vingt-onze",
        "99": "quatre-vingt-dix-neuf",
        "200 euros": "deux cents euros",
        "1 001 nuits": "mille une nuits",
        "21 personnes": "vingt et une personnes",
        "3,14": "trois virgule quatorze",
        "-5,75": "moins cinq virgule soixante-quinze",
        "1 000 000 d'habitants": "un million d'habitants",
        "80 000": "quatre-vingt mille",
    },
    "years": {
        "en 1999": "en mille neuf cent quatre-vingt-dix-neuf",
        "l'an 1515": "l'an mille cinq cent quinze",
    },
    "ordinals": {
        "1er": "premier",
        "1re": "première",
        "2e": "deuxième",
        "3ème": "troisième",
        "2nde": "seconde",
        "21e": "vingt et unième",
    },
    "percent and ranges": {
        "50 %": "cinquante pour cent",
        "10-20": "dix à vingt",
    },
    "money": {
        "1 234,56 €": "mille deux cent trente-quatre euros et cinquante-six centimes",
        "3,5 M€": "trois virgule cinq millions d'euros",
        "5 €": "cinq euros",
        "1 000 000 €": "un million d'euros",
        "1 €": "un euro",
        "2 millions d'euros": "deux millions d'euros",
        "5 $": "cinq dollars",
        "3,5 Md€": "trois virgule cinq milliards d'euros",
        "12 €/mois": "douze euros par mois",
        "21 £": "vingt et une livres",
    },
    "dates": {
        "31/12/1999": "trente et un décembre mille neuf cent quatre-vingt-dix-neuf",
        "1er mai 2026": "premier mai deux mille vingt-six",
        "1 mai": "premier mai",
        "le 14 juillet 1789": "le quatorze juillet mille sept cent quatre-vingt-neuf",
        "le 3/4": "le trois avril",
        "1999-12-31": "trente et un décembre mille neuf cent quatre-vingt-dix-neuf",
    },
    "times": {
        "14h30": "quatorze heures trente",
        "14:30": "quatorze heures trente",
        "1h": "une heure",
        "8 h 30": "huit heures trente",
        "12:00": "midi",
        "0:00": "minuit",
        "21 h": "vingt et une heures",
        "1h05": "une heure cinq",
    },
    "phones": {
        "01 42 68 53 00": "zéro un, quarante-deux, soixante-huit, cinquante-trois, zéro zéro",
        "+33142685300": "plus trente-trois, un, quarante-deux, soixante-huit, cinquante-trois, zéro zéro",
        "0612345678": "zéro six douze trente-quatre cinquante-six soixante-dix-huit",
    },
    "units": {
        "100 km/h": "cent kilomètres à l'heure",
        "1 h": "une heure",
        "20 °C": "vingt degrés Celsius",
        "5 Go": "cinq gigaoctets",
        "1,5 km": "un virgule cinq kilomètre",
        "30 m²": "trente mètres carrés",
    },
    "fractions": {
        "1/2": "un demi",
        "2½": "deux et demi",
        "3/4": "trois quarts",
    },
    "addresses": {
        "paul@exemple.fr": "paul arobase exemple point F R",
        "https://exemple.com": "exemple point com",
    },
    "acronyms": {
        "la SNCF": "la S N C F",
        "le TGV": "le T G V",
        "l'ONU": "l'ONU",
    },
    "Roman numerals": {
        "le XXIe siècle": "le vingt et unième siècle",
        "Louis XIV": "Louis quatorze",
        "François Ier": "François premier",
        "Napoléon Ier": "Napoléon premier",
        "la Ve République": "la cinquième République",
        "tome III": "tome trois",
        "le siècle": "le siècle",
    },
    "abbreviations": {
        "M. Dupont et Mme Durand": "monsieur Dupont et madame Durand",
        "M. et Mme Martin": "monsieur et madame Martin",
        "p. ex. ceci": "par exemple ceci",
        "etc. Fin": "et cetera. Fin",
        "n° 5": "numéro cinq",
        "av. J.-C.": "avant Jésus-Christ.",
        "Dr Petit": "docteur Petit",
    },
    "signs": {
        "A & B": "A et B",
        "2+2=4": "deux plus deux égale quatre",
        "5 × 3": "cinq fois trois",
    },
    "emoji": {
        "Bravo 🎉": "Bravo cotillons",
    },
}


@pytest.mark.parametrize(("written", "spoken"), [pair for group in SAID.values() for pair in group.items()])
def test_french_is_said_as_a_native_reader_says_it(written: str, spoken: str) -> None:
    assert normalise(written, language="fr").text == spoken
