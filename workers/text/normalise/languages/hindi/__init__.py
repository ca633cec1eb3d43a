"""Hindi."""

import re
from typing import Final

from workers.text.cldr import MONTH_NAMES
from workers.text.normalise.languages.base import Language
from workers.text.normalise.languages.nouns import Gender, load_units, word_list
from workers.text.normalise.languages.number_words import load_number_words
from workers.text.normalise.languages.values import Date, TimeOfDay
from workers.text.normalise.languages.words import load_words

NUMBERS: Final = load_number_words("hi")
SMALL: Final = NUMBERS.lists["small"]
SCALES: Final = NUMBERS.scales["all"]
ORDINALS: Final = NUMBERS.by_number["ordinals"]
FEMININE_ORDINALS: Final = NUMBERS.by_number["feminine_ordinals"]

WORDS: Final = load_words("hi")
RANK_STEMS: Final = NUMBERS.by_number["rank_stems"]
RANK: Final = re.compile(r"(\d{1,15})\s?-?(व[ाीे][ंँ]?|[लरथठ][ाीे])(?![\w\u0900-\u094d])")
YEAR: Final = re.compile(r"1[1-9]\d\d(?=\s(?:में|के\sदशक|ई)(?![\w\u0900-\u094d]))")
MONTHS: Final = MONTH_NAMES["hi"]


def cardinal(number: int) -> str:
    """एक हज़ार दो सौ चौंतीस, in lakhs and crores; below 10 to the 18th."""
    words = []
    for scale, name, _ in SCALES:
        if number >= scale:
            words.append(f"{cardinal(number // scale)} {name}")
            number %= scale
    return " ".join([*words, SMALL[number]] if number or not words else words)


class Hindi(Language):
    code = "hi"
    decimal_mark = "."
    spells_initials = False
    minus, plus, percent, per_mille, per, to, and_ = "माइनस", "प्लस", "प्रतिशत", "प्रति हज़ार", "प्रति", "से", "और"
    power = "की घात"
    marks = {".": "दशमलव", ",": "दशमलव"}
    months, month_abbreviations = MONTHS, {}
    units, currencies = load_units("hi"), WORDS.currencies
    magnitudes = WORDS.magnitudes
    accents, letters = WORDS.accents, WORDS.letters
    symbols, signs, abbreviations = WORDS.symbols, WORDS.signs, {}
    number_word = "नंबर"
    roman_keywords = roman_names = year_contexts = frozenset()

    def cardinal(self, number: int, *, gender: Gender = "m", has_noun: bool = False) -> str:  # noqa: ARG002
        return cardinal(number)

    def ordinal(self, number: int, *, gender: Gender = "m") -> str:
        if gender == "f":
            return FEMININE_ORDINALS.get(number) or f"{cardinal(number)}वीं"
        return ORDINALS.get(number) or f"{cardinal(number)}वाँ"

    def year(self, number: int) -> str:
        hundreds, rest = divmod(number, 100)
        if 1100 <= number <= 1999:
            return f"{SMALL[hundreds]} सौ {SMALL[rest]}" if rest else f"{SMALL[hundreds]} सौ"
        return cardinal(number)

    def decimals(self, fraction: str) -> str:
        return self.digits(fraction)

    def date(self, date: Date, *, before: str = "", order: str = "") -> str:  # noqa: ARG002
        day = cardinal(date.day) if date.day else ""
        month = self.months[date.month - 1] if date.month else ""
        return " ".join(filter(None, (day, month, self.year(date.year) if date.year else "")))

    def time(self, time: TimeOfDay, *, before: str = "") -> str:  # noqa: ARG002
        part = {"am": "सुबह ", "pm": "शाम " if time.hour != 12 else "दोपहर "}.get(time.half, "")
        if not time.half and not time.minute and time.second <= 0 and time.hour in {0, 12, 24}:
            return "दोपहर बारह बजे" if time.hour == 12 else "रात बारह बजे"
        if not time.minute and time.second <= 0:
            return f"{part}{cardinal(time.hour)} बजे"
        second = f" {cardinal(time.second)} सेकंड" if time.second > 0 else ""
        return f"{part}{cardinal(time.hour)} बजकर {cardinal(time.minute)} मिनट{second}"

    def fraction(self, numerator: int, denominator: int) -> str:
        return {(1, 2): "आधा", (1, 4): "एक चौथाई", (3, 4): "तीन चौथाई"}.get((numerator, denominator)) or (
            f"{cardinal(numerator)} बटा {cardinal(denominator)}"
        )

    def mixed(self, whole: int, numerator: int, denominator: int) -> str:
        if (numerator, denominator) == (1, 2):
            return {1: "डेढ़", 2: "ढाई"}.get(whole) or f"साढ़े {cardinal(whole)}"
        return f"{cardinal(whole)} सही {self.fraction(numerator, denominator)}"

    def own_reading(self, text: str, position: int) -> tuple[int, str] | None:
        """Figures with an ending (21वीं, 1ला) or a year (1990 में)."""
        year = YEAR.match(text, position)
        if year:
            return year.end(), self.year(int(year[0]))
        match = RANK.match(text, position)
        if not match or match[1][0] == "0":
            return None
        number, ending = int(match[1]), match[2]
        stem = RANK_STEMS.get(number)
        if stem:
            return match.end(), stem + ending[1]
        return (match.end(), cardinal(number) + (ending if len(ending) > 2 else f"{ending}ँ")) if ending[0] == "व" else None

    def regnal(self, number: int, *, name: str) -> str:  # noqa: ARG002
        return self.ordinal(number)

    def century(self, number: int) -> str:
        return self.ordinal(number, gender="f")
