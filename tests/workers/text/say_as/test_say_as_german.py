"""Every row of say-as in German."""

from workers.text.say_as import say_as

ROWS = {
    "cardinal": {
        "1234": "eintausendzweihundertvierunddreißig",
        "1,234": "eins Komma zwei drei vier",
        "0": "null",
        "21": "einundzwanzig",
        "100": "einhundert",
        "1000000": "eine Million",
        "-5": "minus fünf",
        "2026": "zweitausendsechsundzwanzig",
        "101": "einhunderteins",
        "1,5": "eins Komma fünf",
    },
    "ordinal": {
        "1": "erste",
        "2": "zweite",
        "3": "dritte",
        "21": "einundzwanzigste",
        "100": "hundertste",
    },
    "date": {
        "1999-12-31": "einunddreißigster Dezember neunzehnhundertneunundneunzig",
        "2026-04-26": "sechsundzwanzigster April zweitausendsechsundzwanzig",
        "2026-05-01": "erster Mai zweitausendsechsundzwanzig",
        "12/31/1999": "einunddreißigster Dezember neunzehnhundertneunundneunzig",
        "05/06/2020": "fünfter Juni zweitausendzwanzig",
        "31.12.1999": "einunddreißigster Dezember neunzehnhundertneunundneunzig",
        "3. Mai 2020": "dritter Mai zweitausendzwanzig",
    },
    "time": {
        "14:30": "vierzehn Uhr dreißig",
        "9:05": "neun Uhr fünf",
        "9:00": "neun Uhr",
        "1:00": "ein Uhr",
        "00:00": "null Uhr",
        "12:00": "zwölf Uhr",
        "2:30 PM": "vierzehn Uhr dreißig",
        "14:30:15": "vierzehn Uhr dreißig Minuten und fünfzehn Sekunden",
    },
    "telephone": {
        "+1-555-867-5309": "plus eins, fünf fünf fünf, acht sechs sieben, fünf drei null neun",
        "555 1234": "fünf fünf fünf, eins zwei drei vier",
    },
    "currency": {
        "$1,234.56": "eintausendzweihundertvierunddreißig Dollar und sechsundfünfzig Cent",
        "€1": "ein Euro",
        "1.234,56 €": "eintausendzweihundertvierunddreißig Euro und sechsundfünfzig Cent",
        "£2.01": "zwei Pfund und ein Penny",
        "¥500": "fünfhundert Yen",
        "EUR 20": "zwanzig Euro",
        "20 USD": "zwanzig Dollar",
        "$0.99": "neunundneunzig Cent",
        "$1000000": "eine Million Dollar",
        "21 GBP": "einundzwanzig Pfund",
    },
    "spell-out": {
        "NASA": "N A S A",
        "Ab3": "A B drei",
        "Straße": "S T R A Eszett E",
        "ä": "A Umlaut",
    },
    "characters": {
        "a@b.c": "A ät B Punkt C",
    },
    "fraction": {
        "1/2": "ein halb",
        "3/4": "drei Viertel",
        "2 1/2": "zweieinhalb",
    },
    "unit": {
        "10 km/h": "zehn Kilometer pro Stunde",
        "1 kg": "ein Kilogramm",
        "21 h": "einundzwanzig Stunden",
    },
    "digits": {
        "0042": "null null vier zwei",
    },
}


ALL = [(kind, written, spoken) for kind, row in ROWS.items() for written, spoken in row.items()]


def test_german_numbers_and_dates_match_a_native_reading() -> None:
    assert {
        (interpret_as, written): said
        for interpret_as, written, spoken in ALL
        if (said := say_as(written, interpret_as=interpret_as, language="de")) != spoken
    } == {}
