"""English, American and British."""

from workers.text.cldr import MONTH_NAMES
from workers.text.normalise.languages.base import Language
from workers.text.normalise.languages.english import numbers
from workers.text.normalise.languages.nouns import Gender, Noun, load_units, word_list
from workers.text.normalise.languages.values import Date, TimeOfDay
from workers.text.normalise.languages.words import load_words

WORDS = load_words("en")
MONTHS = MONTH_NAMES["en"]
SUFFIXES = frozenset(("st", "nd", "rd", "th"))


class English(Language):
    """American English."""

    code = "en"
    out_of = "out of"
    decimal_mark = "."
    date_order = "mdy"
    percent, per_mille, per, to, and_ = "percent", "per mille", "per", "to", "and"
    power = "to the power of"
    by, times = "by", Noun("time", "times")
    marks = {".": "point", ",": "comma"}
    months = MONTHS
    month_abbreviations = {**{name[:3].lower(): index for index, name in enumerate(MONTHS, 1)}, "sept": 9}
    units, currencies = load_units("en"), WORDS.currencies
    magnitudes = WORDS.magnitudes
    accents, letters = WORDS.accents, WORDS.letters
    symbols, signs, abbreviations = WORDS.symbols, WORDS.signs, WORDS.abbreviations
    weekdays = WORDS.weekdays
    number_word = "number"
    roman_keywords, roman_names = WORDS.roman_keywords, WORDS.roman_names
    year_contexts = WORDS.year_contexts
    has_and = False

    def cardinal(self, number: int, *, gender: Gender = "m", has_noun: bool = False) -> str:  # noqa: ARG002  # English has no genders
        return numbers.cardinal(number, has_and=self.has_and)

    def ordinal(self, number: int, *, gender: Gender = "m") -> str:  # noqa: ARG002
        return numbers.ordinal(number, has_and=self.has_and)

    def year(self, number: int) -> str:
        return numbers.year(number, has_and=self.has_and)

    def decimals(self, fraction: str) -> str:
        return self.digits(fraction)

    def date(self, date: Date, *, before: str = "", order: str = "") -> str:
        year = self.year(date.year) if date.year else ""
        if not date.month:
            return " ".join(filter(None, (self.ordinal(date.day) if date.day else "", year)))
        month = self.months[date.month - 1]
        if not date.day:
            return f"{month} {year}".strip()
        is_day_first = (order or self.date_order).find("d") < (order or self.date_order).find("m")
        article = "" if before.lower() in {"the", "this", "that", "every", "each"} else "the "
        day = f"{article}{self.ordinal(date.day)} of {month}" if is_day_first else f"{month} {self.ordinal(date.day)}"
        return f"{day}, {year}" if year else day

    def time(self, time: TimeOfDay, *, before: str = "") -> str:  # noqa: ARG002
        seconds = f" and {self.cardinal(time.second)} {'second' if time.second == 1 else 'seconds'}" if time.second > 0 else ""
        if not time.half and not time.minute and not seconds and time.hour in {0, 12, 24}:
            return "noon" if time.hour == 12 else "midnight"
        hour = self.cardinal(time.hour if time.half else (time.hour - 1) % 12 + 1)
        half = {"am": "AM", "pm": "PM"}.get(time.half, self._half_of(time.hour))
        minutes = "oh " * (0 < time.minute < 10) + self.cardinal(time.minute) if time.minute else "" if half or seconds else "o'clock"
        return " ".join(filter(None, (hour, minutes, half))) + seconds

    @staticmethod
    def _half_of(hour: int) -> str:
        """AM or PM of a time on the 24-hour clock; one o'clock to noon may be either and stays ambiguous."""
        if hour in {0, 24}:
            return "AM"
        return "PM" if hour > 12 else ""

    def fraction(self, numerator: int, denominator: int) -> str:
        parts = {2: "half", 4: "quarter"}.get(denominator) or self.ordinal(denominator)
        if numerator != 1:
            parts = "halves" if denominator == 2 else f"{parts}s"
        return f"{self.cardinal(numerator)} {parts}"

    def mixed(self, whole: int, numerator: int, denominator: int) -> str:
        part = self.fraction(numerator, denominator).replace("one half", "a half").replace("one quarter", "a quarter")
        return f"{self.cardinal(whole)} and {part}"

    def regnal(self, number: int, *, name: str) -> str:  # noqa: ARG002
        return f"the {self.ordinal(number)}"

    def century(self, number: int) -> str:
        return self.ordinal(number)

    def ordinal_suffix(self, number: int, suffix: str, *, before: str, after: str) -> str | None:  # noqa: ARG002
        return self.ordinal(number) if suffix.lower() in SUFFIXES and number else None


class BritishEnglish(English):
    """British English: days before months, "one hundred and five"."""

    date_order = "dmy"
    has_and = True
