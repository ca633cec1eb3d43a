"""Every row of say-as in French."""

from workers.text.say_as import say_as

ROWS = {
    "cardinal": {
        "1234": "mille deux cent trente-quatre",
        "1,234": "un virgule deux trois quatre",
        "0": "zéro",
        "21": "vingt et un",
        "100": "cent",
        "1000000": "un million",
        "-5": "moins cinq",
        "2026": "deux mille vingt-six",
        "71": "soixante et onze",
        "80": "quatre-vingts",
        "81": "quatre-vingt-un",
        "91": "quatre-vingt-onze",
        "99": "quatre-vingt-dix-neuf",
        "200": "deux cents",
        "1 234": "mille deux cent trente-quatre",
    },
    "ordinal": {
        "1": "premier",
        "2": "deuxième",
        "3": "troisième",
        "21": "vingt et unième",
        "100": "centième",
    },
    "date": {
        "1999-12-31": "trente et un décembre mille neuf cent quatre-vingt-dix-neuf",
        "2026-04-26": "vingt-six avril deux mille vingt-six",
        "2026-05-01": "premier mai deux mille vingt-six",
        "12/31/1999": "trente et un décembre mille neuf cent quatre-vingt-dix-neuf",
        "05/06/2020": "cinq juin deux mille vingt",
    },
    "time": {
        "14:30": "quatorze heures trente",
        "9:05": "neuf heures cinq",
        "9:00": "neuf heures",
        "1:00": "une heure",
        "00:00": "minuit",
        "12:00": "midi",
        "2:30 PM": "quatorze heures trente",
        "14:30:15": "quatorze heures trente minutes et quinze secondes",
        "14h30": "quatorze heures trente",
    },
    "telephone": {
        "+1-555-867-5309": "plus un, cinq cent cinquante-cinq, huit cent soixante-sept, cinq trois zéro neuf",
        "555 1234": "cinq cent cinquante-cinq, un deux trois quatre",
        "01 42 68 53 00": "zéro un, quarante-deux, soixante-huit, cinquante-trois, zéro zéro",
    },
    "currency": {
        "$1,234.56": "mille deux cent trente-quatre dollars et cinquante-six cents",
        "€1": "un euro",
        "1.234,56 €": "mille deux cent trente-quatre euros et cinquante-six centimes",
        "£2.01": "deux livres et un penny",
        "¥500": "cinq cents yens",
        "EUR 20": "vingt euros",
        "20 USD": "vingt dollars",
        "$0.99": "quatre-vingt-dix-neuf cents",
        "$1000000": "un million de dollars",
        "21 GBP": "vingt et une livres",
    },
    "spell-out": {
        "NASA": "N A S A",
        "Ab3": "A B trois",
        "éç": "E accent aigu C cédille",
    },
    "characters": {
        "a@b.c": "A arobase B point C",
    },
    "fraction": {
        "1/2": "un demi",
        "3/4": "trois quarts",
        "2 1/2": "deux et demi",
    },
    "unit": {
        "10 km/h": "dix kilomètres à l'heure",
        "1 kg": "un kilogramme",
        "21 h": "vingt et une heures",
    },
    "digits": {
        "0042": "zéro zéro quatre deux",
    },
}


ALL = [(kind, written, spoken) for kind, row in ROWS.items() for written, spoken in row.items()]


def test_french_numbers_and_dates_match_a_native_reading() -> None:
    assert {
        (interpret_as, written): said
        for interpret_as, written, spoken in ALL
        if (said := say_as(written, interpret_as=interpret_as, language="fr")) != spoken
    } == {}
