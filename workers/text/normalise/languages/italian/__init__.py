"""Italian."""

from workers.text.cldr import MONTH_NAMES
from workers.text.normalise.languages.italian import numbers
from workers.text.normalise.languages.nouns import Gender, Noun, load_units, word_list
from workers.text.normalise.languages.romance import RomanceLanguage
from workers.text.normalise.languages.values import Date, Number, TimeOfDay
from workers.text.normalise.languages.words import load_words

WORDS = load_words("it")
MONTHS = MONTH_NAMES["it"]
MEN = WORDS.sets["men"]
"""Male saints whose names look female."""

HALVES = {"am": "di mattina", "pm": "di pomeriggio"}
PLURAL_ARTICLES = WORDS.sets["plural_articles"]
LONG_ARTICLE_STARTS = tuple(sorted(WORDS.sets["long_article_starts"]))
"""Sounds before which Italian uses uno instead of un."""


class Italian(RomanceLanguage):
    code = "it"
    words, half = WORDS, "mezzo"
    rank_articles = frozenset(("il", "al", "del", "nel", "dal"))
    out_of = "su"
    minus, plus = "meno", "più"
    percent, per_mille, per, to, and_ = "per cento", "per mille", "al", "a", "e"
    power = "alla"
    times = Noun("volta", "volte", "f")
    marks = {".": "punto", ",": "virgola"}
    months = MONTHS
    month_abbreviations = {**{name[:3]: index for index, name in enumerate(MONTHS, 1)}, "sett": 9}
    units, currencies = load_units("it"), WORDS.currencies
    magnitudes = WORDS.magnitudes
    accents, letters = WORDS.accents, WORDS.letters
    symbols, signs, abbreviations = WORDS.symbols, WORDS.signs, WORDS.abbreviations
    weekdays = WORDS.weekdays
    number_word = "numero"
    roman_keywords, roman_names = WORDS.roman_keywords, WORDS.roman_names
    year_contexts, function_words = WORDS.year_contexts, WORDS.not_nouns

    def cardinal(self, number: int, *, gender: Gender = "m", has_noun: bool = False) -> str:
        if number == 1 and has_noun:
            return "una" if gender == "f" else "un"
        return numbers.cardinal(number) if (number, gender) != (1, "f") else "una"

    def ordinal(self, number: int, *, gender: Gender = "m") -> str:
        return numbers.ordinal(number, gender=gender)

    def date(self, date: Date, *, before: str = "", order: str = "") -> str:  # noqa: ARG002  # Italian says the day first
        day = "primo" if date.day == 1 and before[-1:] not in {"'", "’"} else self.cardinal(date.day) if date.day else ""
        month = self.months[date.month - 1] if date.month else ""
        return " ".join(filter(None, (day, month, self.year(date.year) if date.year else "")))

    def time(self, time: TimeOfDay, *, before: str = "") -> str:
        is_whole_hour = not time.half and not time.minute and time.second <= 0
        if is_whole_hour and time.hour in {0, 12, 24} and before.lower() not in PLURAL_ARTICLES:
            return "mezzogiorno" if time.hour == 12 else "mezzanotte"
        hour = "una" if time.hour == 1 else self.cardinal(time.hour)
        seconds = ""
        if time.second > 0:
            minutes = f"e {self.count(Number(str(time.minute)), Noun('minuto', 'minuti'))}" if time.minute else ""
            seconds = f"e {self.count(Number(str(time.second)), Noun('secondo', 'secondi'))}"
        else:
            minutes = f"e {self.cardinal(time.minute)}" if time.minute else ""
        return " ".join(filter(None, (hour, minutes, seconds, self._half(time))))

    @staticmethod
    def _half(time: TimeOfDay) -> str:
        if time.half and time.hour == 12:
            return "del pomeriggio" if time.half == "pm" and time.minute else "" if time.half == "pm" else "di notte"
        return "di sera" if time.half == "pm" and time.hour >= 6 else HALVES.get(time.half, "")

    def fraction(self, numerator: int, denominator: int) -> str:
        part = "mezzo" if denominator == 2 else self.ordinal(denominator)
        return f"{self.cardinal(numerator, has_noun=True)} {part if numerator == 1 else part[:-1] + 'i'}"

    def join_count(self, words: str, number: Number, noun: str) -> str:
        if number.is_one and words.endswith("una") and noun[0] in "aeiou":
            return f"{words[:-1]}'{noun}"
        if number.is_one and words.endswith("un") and noun.startswith(LONG_ARTICLE_STARTS):
            return f"{words}o {noun}"
        return super().join_count(words, number, noun)

    def magnitude(self, number: Number, name: str) -> str:
        if self.magnitudes[name][0] == "mila" and number.is_whole and number.is_counted and len(number.digits) < 10:
            thousands = Number(str(int(number.digits) * 1000), sign=number.sign)
            return self.number(thousands)
        return super().magnitude(number, name)

    def preposition_before(self, noun: str) -> str:  # noqa: ARG002
        return "di "

    def expand(self, words: str, *, after: str) -> str:
        lower = after.lower()
        if words != "san" or not lower:
            return words
        if lower[0] in "aeiou":
            return "sant'"
        is_woman = (lower.endswith("a") and lower not in MEN) or lower in {"agnese", "irene", "cleofe", "croce"}
        return "santa" if is_woman else "san"

    def half_of(self, noun: str) -> str:
        return "mezza" if self.gender_of(noun) == "f" else "mezzo"

    def and_a_half(self, whole: int, noun: Noun) -> str:
        return f"{self.count(Number(str(whole)), noun)} e mezz{'a' if noun.gender == 'f' else 'o'}"

    def relation(self, noun: str, *, gender: Gender) -> str:
        if noun[0].lower() in "aeiou":
            return f"all'{noun}"
        if gender == "m" and noun.startswith(LONG_ARTICLE_STARTS):
            return f"allo {noun}"
        return f"{'alla' if gender == 'f' else 'al'} {noun}"

    def regnal(self, number: int, *, name: str) -> str:
        return self.ordinal(number, gender="f" if name in WORDS.sets["queens"] else "m")

    def century(self, number: int) -> str:
        return self.ordinal(number)

    def agreeing(self, number: int, *, before: str, after: str) -> str:
        if before.lower() in {"l'", "l’", "all'", "all’", "dall'", "dall’", "l", "all", "dall", "dell"} and number == 1:
            return "una" if before.lower()[0] in "ad" and not before.lower().startswith("dell") else "uno"
        if number != 1 or len(after) < 3 or after.lower() in WORDS.not_nouns:
            return self.cardinal(number)
        gender = self.gender_of(after)
        is_long = gender == "m" and after.lower().startswith(LONG_ARTICLE_STARTS)
        return "uno" if is_long else self.cardinal(number, gender=gender, has_noun=True)
