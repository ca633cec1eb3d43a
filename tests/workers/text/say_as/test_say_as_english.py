"""Every row of say-as in English."""

from workers.text.say_as import say_as

ROWS = {
    "cardinal": {
        "1234": "one thousand two hundred thirty-four",
        "1,234": "one thousand two hundred thirty-four",
        "0": "zero",
        "21": "twenty-one",
        "100": "one hundred",
        "1000000": "one million",
        "-5": "minus five",
        "2026": "two thousand twenty-six",
    },
    "ordinal": {
        "1": "first",
        "2": "second",
        "3": "third",
        "21": "twenty-first",
        "100": "one hundredth",
    },
    "date": {
        "1999-12-31": "December thirty-first, nineteen ninety-nine",
        "2026-04-26": "April twenty-sixth, twenty twenty-six",
        "2026-05-01": "May first, twenty twenty-six",
        "12/31/1999": "December thirty-first, nineteen ninety-nine",
        "05/06/2020": "May sixth, twenty twenty",
    },
    "time": {
        "14:30": "two thirty PM",
        "9:05": "nine oh five",
        "9:00": "nine o'clock",
        "1:00": "one o'clock",
        "00:00": "midnight",
        "12:00": "noon",
        "2:30 PM": "two thirty PM",
        "14:30:15": "two thirty PM and fifteen seconds",
    },
    "telephone": {
        "+1-555-867-5309": "plus one, five five five, eight six seven, five three zero nine",
        "555 1234": "five five five, one two three four",
        "(555) 867-5309": "five five five, eight six seven, five three zero nine",
    },
    "currency": {
        "$1,234.56": "one thousand two hundred thirty-four dollars and fifty-six cents",
        "€1": "one euro",
        "1.234,56 €": "one thousand two hundred thirty-four euros and fifty-six cents",
        "£2.01": "two pounds and one penny",
        "¥500": "five hundred yen",
        "EUR 20": "twenty euros",
        "20 USD": "twenty dollars",
        "$0.99": "ninety-nine cents",
        "$1000000": "one million dollars",
        "21 GBP": "twenty-one pounds",
    },
    "spell-out": {
        "NASA": "N A S A",
        "Ab3": "A B three",
        "é": "E acute",
    },
    "characters": {
        "a@b.c": "A at B dot C",
    },
    "fraction": {
        "1/2": "one half",
        "3/4": "three quarters",
        "2 1/2": "two and a half",
    },
    "unit": {
        "10 km/h": "ten kilometers per hour",
        "1 kg": "one kilogram",
        "21 h": "twenty-one hours",
    },
    "digits": {
        "0042": "zero zero four two",
    },
}


ALL = [(kind, written, spoken) for kind, row in ROWS.items() for written, spoken in row.items()]


def test_english_numbers_and_dates_match_a_native_reading() -> None:
    assert {
        (interpret_as, written): said
        for interpret_as, written, spoken in ALL
        if (said := say_as(written, interpret_as=interpret_as, language="en")) != spoken
    } == {}
