"""Every row of say-as in Italian."""

from workers.text.say_as import say_as

ROWS = {
    "cardinal": {
        "1234": "milleduecentotrentaquattro",
        "1,234": "uno virgola due tre quattro",
        "0": "zero",
        "21": "ventuno",
        "100": "cento",
        "1000000": "un milione",
        "-5": "meno cinque",
        "2026": "duemilaventisei",
        "23": "ventitré",
        "28": "ventotto",
        "108": "centotto",
    },
    "ordinal": {
        "1": "primo",
        "2": "secondo",
        "3": "terzo",
        "21": "ventunesimo",
        "100": "centesimo",
    },
    "date": {
        "1999-12-31": "trentuno dicembre millenovecentonovantanove",
        "2026-04-26": "ventisei aprile duemilaventisei",
        "2026-05-01": "primo maggio duemilaventisei",
        "12/31/1999": "trentuno dicembre millenovecentonovantanove",
        "05/06/2020": "cinque giugno duemilaventi",
    },
    "time": {
        "14:30": "quattordici e trenta",
        "9:05": "nove e cinque",
        "9:00": "nove",
        "1:00": "una",
        "00:00": "mezzanotte",
        "12:00": "mezzogiorno",
        "2:30 PM": "due e trenta di pomeriggio",
        "14:30:15": "quattordici e trenta minuti e quindici secondi",
        "1:30": "una e trenta",
    },
    "telephone": {
        "+1-555-867-5309": "più uno, cinque cinque cinque, otto sei sette, cinque tre zero nove",
        "555 1234": "cinque cinque cinque, uno due tre quattro",
    },
    "currency": {
        "$1,234.56": "milleduecentotrentaquattro dollari e cinquantasei centesimi",
        "€1": "un euro",
        "1.234,56 €": "milleduecentotrentaquattro euro e cinquantasei centesimi",
        "£2.01": "due sterline e un penny",
        "¥500": "cinquecento yen",
        "EUR 20": "venti euro",
        "20 USD": "venti dollari",
        "$0.99": "novantanove centesimi",
        "$1000000": "un milione di dollari",
        "21 GBP": "ventuno sterline",
    },
    "spell-out": {
        "NASA": "N A S A",
        "Ab3": "A B tre",
        "però": "P E R O con accento grave",
        "J": "i lunga",
    },
    "characters": {
        "a@b.c": "A chiocciola B punto C",
    },
    "fraction": {
        "1/2": "un mezzo",
        "3/4": "tre quarti",
        "2 1/2": "due e mezzo",
    },
    "unit": {
        "10 km/h": "dieci chilometri all'ora",
        "1 kg": "un chilogrammo",
        "21 h": "ventuno ore",
    },
    "digits": {
        "0042": "zero zero quattro due",
    },
}


ALL = [(kind, written, spoken) for kind, row in ROWS.items() for written, spoken in row.items()]


def test_italian_numbers_and_dates_match_a_native_reading() -> None:
    assert {
        (interpret_as, written): said
        for interpret_as, written, spoken in ALL
        if (said := say_as(written, interpret_as=interpret_as, language="it")) != spoken
    } == {}
