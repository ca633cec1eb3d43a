"""Spanish."""

from workers.text.cldr import MONTH_NAMES
from workers.text.normalise.languages.nouns import Gender, Noun, load_units, word_list
from workers.text.normalise.languages.romance import RomanceLanguage
from workers.text.normalise.languages.spanish import numbers
from workers.text.normalise.languages.values import Date, Number, TimeOfDay
from workers.text.normalise.languages.words import load_words

WORDS = load_words("es")
MONTHS = MONTH_NAMES["es"]
HALVES = {"am": "de la mañana", "pm": "de la tarde"}
FRACTIONS = {2: "medio", 3: "tercio", **{number: numbers.ordinal(number) for number in range(4, 11)}, 100: "centésimo", 1000: "milésimo"}


class Spanish(RomanceLanguage):
    """Spanish, of Spain and of America."""

    code = "es"
    words, half = WORDS, "medio"
    rank_articles = frozenset(("el", "al", "del"))
    out_of = "de"
    has_space_groups = True
    minus, plus = "menos", "más"
    percent, per_mille, per, to, and_ = "por ciento", "por mil", "por", "a", "y"
    power = "elevado a"
    times = Noun("vez", "veces", "f")
    marks = {".": "punto", ",": "coma"}
    months = MONTHS
    month_abbreviations = {**{name[:3]: index for index, name in enumerate(MONTHS, 1)}, "sept": 9, "set": 9}
    units, currencies = load_units("es"), WORDS.currencies
    magnitudes = WORDS.magnitudes
    accents, letters = WORDS.accents, WORDS.letters
    symbols, signs, abbreviations = WORDS.symbols, WORDS.signs, WORDS.abbreviations
    weekdays = WORDS.weekdays
    number_word = "número"
    roman_keywords, roman_names = WORDS.roman_keywords, WORDS.roman_names
    year_contexts, function_words = WORDS.year_contexts, WORDS.not_nouns

    def cardinal(self, number: int, *, gender: Gender = "m", has_noun: bool = False) -> str:
        return numbers.cardinal(number, gender=gender, has_noun=has_noun)

    def ordinal(self, number: int, *, gender: Gender = "m") -> str:
        return numbers.ordinal(number, gender=gender)

    def date(self, date: Date, *, before: str = "", order: str = "") -> str:  # noqa: ARG002  # Spanish says the day first
        day = "primero" if date.day == 1 else self.cardinal(date.day) if date.day else ""
        month = self.months[date.month - 1] if date.month else ""
        year = self.year(date.year) if date.year else ""
        return " de ".join(filter(None, (day, month, year)))

    def time(self, time: TimeOfDay, *, before: str = "") -> str:  # noqa: ARG002
        if not time.half and not time.minute and time.second <= 0 and time.hour in {0, 12, 24}:
            return "doce del mediodía" if time.hour == 12 else "doce de la noche"
        hour = self.cardinal(time.hour, gender="f")
        if time.second > 0:
            minutes = f", {self.count(Number(str(time.minute)), Noun('minuto', 'minutos'))}" if time.minute else ""
            hour += (
                f" {'hora' if time.hour == 1 else 'horas'}{minutes} y {self.count(Number(str(time.second)), Noun('segundo', 'segundos'))}"
            )
        elif time.minute:
            hour += f" y {self.cardinal(time.minute)}"
        elif not time.half:
            hour += " en punto" if 1 <= time.hour <= 11 else " horas"
        return f"{hour} {self._half(time)}".strip()

    @staticmethod
    def _half(time: TimeOfDay) -> str:
        if time.half and time.hour == 12:
            return "del mediodía" if time.half == "pm" else "de la noche"
        return "de la noche" if time.half == "pm" and time.hour >= 8 else HALVES.get(time.half, "")

    def fraction(self, numerator: int, denominator: int) -> str:
        part = FRACTIONS.get(denominator) or f"{self.cardinal(denominator).replace(' y ', 'i').replace(' ', '')}avo"
        return f"{self.cardinal(numerator, has_noun=True)} {part}{'' if numerator == 1 else 's'}"

    def half_of(self, noun: str) -> str:
        return "media" if self.gender_of(noun) == "f" else "medio"

    def and_a_half(self, whole: int, noun: Noun) -> str:
        return f"{self.count(Number(str(whole)), noun)} y medi{'a' if noun.gender == 'f' else 'o'}"

    def join_money(self, major: str, minor: str) -> str:
        return f"{major} con {minor}"

    def regnal(self, number: int, *, name: str) -> str:
        gender: Gender = "f" if name.endswith("a") or name == "Isabel" else "m"
        return self.ordinal(number, gender=gender) if number <= 10 else self.cardinal(number)

    def century(self, number: int) -> str:
        return self.ordinal(number) if number <= 10 else self.cardinal(number)

    def suffixed_ordinal(self, number: int, suffix: str) -> str | None:
        if suffix == "er" and number % 10 in {1, 3}:
            return self.ordinal(number)[:-1]
        if suffix in {"º", "°", "o", "ro", "do", "to", "mo", "vo", "no"}:
            return self.ordinal(number)
        return self.ordinal(number, gender="f") if suffix in {"ª", "a", "ra", "da", "ta", "ma", "va", "na"} else None

    def agreeing(self, number: int, *, before: str, after: str) -> str:
        if before.lower() in {"la", "las"} and (not after or after.lower() in WORDS.not_nouns):
            return self.cardinal(number, gender="f")
        if len(after) < 3 or after.lower() in WORDS.not_nouns:
            return self.cardinal(number)
        return self.cardinal(number, gender=self.gender_of(after), has_noun=True)
