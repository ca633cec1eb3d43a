"""French."""

import re

from workers.text.cldr import MONTH_NAMES
from workers.text.normalise.languages.french import numbers
from workers.text.normalise.languages.nouns import Gender, Noun, load_units, word_list
from workers.text.normalise.languages.romance import RomanceLanguage
from workers.text.normalise.languages.values import Date, Number, TimeOfDay
from workers.text.normalise.languages.words import load_words

WORDS = load_words("fr")
MONTHS = MONTH_NAMES["fr"]
ALWAYS = re.compile(r"24\s?(h)\s?/\s?24(?!\w)|7\s?j\s?/\s?7(?!\w)")


class French(RomanceLanguage):
    code = "fr"
    words, half = WORDS, "demi"
    out_of = "sur"
    has_space_groups = True
    minus, plus = "moins", "plus"
    percent, per_mille, per, to, and_ = "pour cent", "pour mille", "par", "à", "et"
    power = "puissance"
    times = Noun("fois", "fois", "f")
    marks = {".": "point", ",": "virgule"}
    months, month_abbreviations = MONTHS, WORDS.month_abbreviations
    units, currencies = load_units("fr"), WORDS.currencies
    magnitudes = WORDS.magnitudes
    accents, letters = WORDS.accents, WORDS.letters
    symbols, signs, abbreviations = WORDS.symbols, WORDS.signs, WORDS.abbreviations
    weekdays = WORDS.weekdays
    number_word = "numéro"
    roman_keywords, roman_names = WORDS.roman_keywords, WORDS.roman_names
    year_contexts = WORDS.year_contexts

    def cardinal(self, number: int, *, gender: Gender = "m", has_noun: bool = False) -> str:  # noqa: ARG002
        return numbers.cardinal(number, gender=gender)

    def ordinal(self, number: int, *, gender: Gender = "m") -> str:
        return numbers.ordinal(number, gender=gender)

    def is_singular(self, number: Number) -> bool:
        return number.is_below_two

    def date(self, date: Date, *, before: str = "", order: str = "") -> str:  # noqa: ARG002  # French says the day first
        day = "premier" if date.day == 1 else self.cardinal(date.day) if date.day else ""
        month = self.months[date.month - 1] if date.month else ""
        return " ".join(filter(None, (day, month, self.year(date.year) if date.year else "")))

    def time(self, time: TimeOfDay, *, before: str = "") -> str:  # noqa: ARG002
        hour_of_day = time.hour if time.hour == 24 else time.hour_of_day
        seconds = time.second > 0
        if hour_of_day == 12 and not seconds:
            hour = "midi"
        elif hour_of_day in {0, 24} and not seconds:
            hour = "minuit"
        else:
            hour = f"{self.cardinal(hour_of_day, gender='f')} {'heure' if hour_of_day < 2 else 'heures'}"
        minute = self.cardinal(time.minute, gender="f") if time.minute else ""
        if not seconds:
            return f"{hour} {minute}".strip()
        minutes = f"{minute} {'minute' if time.minute == 1 else 'minutes'}" if minute else ""
        rest = f"et {self.cardinal(time.second, gender='f')} {'seconde' if time.second == 1 else 'secondes'}"
        return " ".join(filter(None, (hour, minutes, rest)))

    def fraction(self, numerator: int, denominator: int) -> str:
        part = {2: "demi", 3: "tiers", 4: "quart"}.get(denominator) or self.ordinal(denominator)
        return f"{self.cardinal(numerator)} {part}{'' if numerator == 1 or part == 'tiers' else 's'}"

    def half_of(self, noun: str) -> str:
        return "une demi" if self.gender_of(noun) == "f" else "un demi"

    def and_a_half(self, whole: int, noun: Noun) -> str:
        return f"{self.count(Number(str(whole)), noun)} et demi{'e' if noun.gender == 'f' else ''}"

    def own_reading(self, text: str, position: int) -> tuple[int, str] | None:
        """24h/24, 7j/7."""
        match = ALWAYS.match(text, position)
        if not match:
            return None
        noun = "heures" if match[1] else "jours"
        number = self.cardinal(24 if match[1] else 7)
        return match.end(), f"{number} {noun} sur {number}"

    def preposition_before(self, noun: str) -> str:
        return "d'" if noun[0] in "aeiouhéyo" else "de "

    def regnal(self, number: int, *, name: str) -> str:
        if number == 1:
            return "première" if name in WORDS.sets["queens"] else "premier"
        return self.cardinal(number)

    def century(self, number: int) -> str:
        return self.ordinal(number)

    def ordinal_suffix(self, number: int, suffix: str, *, before: str, after: str) -> str | None:  # noqa: ARG002
        if suffix == "E":  # terminal 2E
            return None
        suffix = suffix.lower()
        plural = "s" * suffix.endswith("s")
        if suffix in {"er", "ers"} and number == 1:
            return f"premier{plural}"
        if suffix in {"re", "ère", "ere", "res", "ères"} and number == 1:
            return f"première{plural}"
        if suffix in {"nd", "nds", "nde", "ndes", "de", "des"} and number == 2:
            return f"second{'e' if 'e' in suffix else ''}{plural}"
        return f"{self.ordinal(number)}{plural}" if suffix in {"e", "es", "ème", "èmes", "eme", "ième", "ièmes"} and number > 1 else None

    def agreeing(self, number: int, *, before: str, after: str) -> str:  # noqa: ARG002
        return self.cardinal(number, gender=self.gender_of(after) if len(after) > 2 else "m")
