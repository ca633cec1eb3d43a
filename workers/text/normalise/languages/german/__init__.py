"""German."""

from workers.text.cldr import MONTH_NAMES
from workers.text.normalise.languages.base import Language
from workers.text.normalise.languages.german import numbers
from workers.text.normalise.languages.nouns import Gender, Noun, load_units, word_list, word_set
from workers.text.normalise.languages.values import Date, Number, TimeOfDay
from workers.text.normalise.languages.words import load_words

WORDS = load_words("de")
MONTHS = MONTH_NAMES["de"]
DATIVE = WORDS.sets["dative"]
QUEENS = WORDS.sets["queens"]
INDEFINITE = WORDS.sets["indefinite"]
RANKED = WORDS.sets["ranked"]
"""Nouns after an ordinal, so that the full stop after the figure ends no sentence."""

FEMININE = WORDS.sets["feminine"]
NEUTER = WORDS.sets["neuter"]
DATIVE_BEFORE_ONE = WORDS.sets["dative_before_one"]
"""Words that take the dative of a single thing; "in" and "an" usually do."""

CLUBS = WORDS.sets["clubs"]
"""1. FC Köln: the full stop behind the figure ends no sentence."""

DEFINITE = WORDS.sets["definite"]


class German(Language):
    code = "de"
    out_of = "von"
    has_space_groups = True
    versus = "zu"
    percent, per_mille, per, to, and_ = "Prozent", "Promille", "pro", "bis", "und"
    power = "hoch"
    times = Noun("mal", "mal")
    marks = {".": "Punkt", ",": "Komma"}
    months = MONTHS
    month_abbreviations = {**{name[:3].lower(): index for index, name in enumerate(MONTHS, 1)}, "sept": 9, "mrz": 3}
    units, currencies = load_units("de"), WORDS.currencies
    magnitudes = WORDS.magnitudes
    accents, letters = WORDS.accents, WORDS.letters
    symbols, signs, abbreviations = WORDS.symbols, WORDS.signs, WORDS.abbreviations
    compound_abbreviations = WORDS.compounds
    weekdays = WORDS.weekdays
    number_word = "Nummer"
    roman_keywords, roman_names = WORDS.roman_keywords, WORDS.roman_names
    year_contexts = WORDS.year_contexts

    def cardinal(self, number: int, *, gender: Gender = "m", has_noun: bool = False) -> str:
        return numbers.cardinal(number, gender=gender, has_noun=has_noun)

    def ordinal(self, number: int, *, gender: Gender = "m") -> str:  # noqa: ARG002
        return numbers.ordinal(number)

    def year(self, number: int) -> str:
        return numbers.year(number)

    def decimals(self, fraction: str) -> str:
        return self.digits(fraction)

    def magnitude(self, number: Number, name: str) -> str:
        singular, plural = self.magnitudes[name]
        words_of_number = self.number(number, gender="f" if singular[0].isupper() else "n", has_noun=True)
        return f"{words_of_number} {singular if number.is_one else plural}"

    def date(self, date: Date, *, before: str = "", order: str = "") -> str:  # noqa: ARG002  # German says the day first
        day = self.rank(date.day, before=before) if date.day else ""
        month = self.months[date.month - 1] if date.month else ""
        return " ".join(filter(None, (day, month, self.year(date.year) if date.year else "")))

    def rank(self, number: int, *, before: str) -> str:
        """Ordinal that agrees with the preceding word: am ersten, der erste, erster."""
        word = before.lower()
        ending = "en" if word in DATIVE else "e" if word in DEFINITE else "er"
        return numbers.ordinal(number, ending=ending)

    def time(self, time: TimeOfDay, *, before: str = "") -> str:  # noqa: ARG002
        hour = self.cardinal(time.hour if time.hour == 24 else time.hour_of_day, has_noun=True)
        minute = self.cardinal(time.minute) if time.minute else ""
        seconds = ""
        if time.second > 0:
            minute = f"{self.count(Number(str(time.minute)), Noun('Minute', 'Minuten', 'f'))}" if time.minute else ""
            seconds = f"und {self.count(Number(str(time.second)), Noun('Sekunde', 'Sekunden', 'f'))}"
        return " ".join(filter(None, (hour, "Uhr", minute, seconds)))

    def fraction(self, numerator: int, denominator: int) -> str:
        if denominator == 2:
            return "ein halb" if numerator == 1 else f"{self.cardinal(numerator)} halbe"
        part = numbers.ordinal(denominator, ending="el")
        return f"{self.cardinal(numerator, has_noun=True)} {part[0].upper()}{part[1:]}"

    def half_of(self, noun: str) -> str | None:
        if not noun[0].isupper():
            return None
        return "eine halbe" if self.gender_of(noun) == "f" else "ein halbes" if noun in NEUTER else "ein halber"

    def mixed(self, whole: int, numerator: int, denominator: int) -> str:
        if (numerator, denominator) == (1, 2):
            return "eineinhalb" if whole == 1 else f"{self.cardinal(whole)}einhalb"
        return f"{self.cardinal(whole)} {self.fraction(numerator, denominator)}"

    def regnal(self, number: int, *, name: str) -> str:
        article = "die" if name in QUEENS else "der"
        word = numbers.ordinal(number)
        return f"{article} {word[0].upper()}{word[1:]}"

    def century(self, number: int) -> str:
        return numbers.ordinal(number, ending="es")

    def ordinal_suffix(self, number: int, suffix: str, *, before: str, after: str) -> str | None:
        if suffix in {"te", "ste", "ter", "ster", "ten", "sten", "tes", "stes"} and number:
            return numbers.ordinal(number, ending=suffix.lstrip("s").removeprefix("t"))
        if suffix in {"er", "ern"} and number:
            return f"{self.year(number) if number > 999 else self.cardinal(number)}{suffix}"
        ending = self._rank_ending(before=before.lower(), after=after) if suffix == "." and 0 < number < 1000 and after else ""
        return numbers.ordinal(number, ending=ending) if ending else None

    def _rank_ending(self, *, before: str, after: str) -> str:
        """Ending of an ordinal between two words, or an empty string if the full stop ends a sentence."""
        is_feminine, lower = self.gender_of(after) == "f", after.lower()
        if before in DATIVE or lower in {"jahrhunderts", "jahrhunderte", "jahrtausends"}:
            return "en"
        if before in DEFINITE or before in {"eine", "keine"} or (after in RANKED and is_feminine):
            return "e"
        if after in CLUBS:
            return "er"
        if lower in {"jahrhundert", "jh", "jahrtausend", "mal"} or (before in INDEFINITE and after.endswith(("mal", "jahr"))):
            return "es"
        if before in INDEFINITE or after in RANKED or after.capitalize() in self.months:
            return "er"
        return "e" if after[0].islower() and len(after) > 2 else ""

    def agreeing(self, number: int, *, before: str, after: str) -> str:
        if number != 1 or not after or not after[0].isupper():
            return self.cardinal(number)
        is_feminine = self.gender_of(after) == "f" and after != "Uhr"
        if before.lower() in DATIVE_BEFORE_ONE and after != "Uhr":
            return "einer" if is_feminine else "einem"
        return self.cardinal(1, gender="f" if is_feminine else "m", has_noun=True)

    def gender_of(self, word: str) -> Gender:
        return "f" if word in FEMININE or word.endswith(("e", "ung", "heit", "keit", "schaft", "ion", "tät", "ur", "in")) else "m"
