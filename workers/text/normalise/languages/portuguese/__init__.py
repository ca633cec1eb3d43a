"""Portuguese, Brazilian and European."""

from workers.text.cldr import MONTH_NAMES
from workers.text.normalise.languages.nouns import Currency, Gender, Noun, load_units, word_list
from workers.text.normalise.languages.portuguese import numbers
from workers.text.normalise.languages.romance import RomanceLanguage
from workers.text.normalise.languages.values import Date, Number, TimeOfDay
from workers.text.normalise.languages.words import load_words

WORDS = load_words("pt")
MONTHS = MONTH_NAMES["pt"]
PLURAL_ARTICLES = WORDS.sets["plural_articles"]
HALVES = {"am": "da manhã", "pm": "da tarde"}


class Portuguese(RomanceLanguage):
    """Brazilian Portuguese."""

    code = "pt"
    words, half = WORDS, "meio"
    rank_articles = frozenset(("o", "ao", "do", "no"))
    out_of = "de"
    has_space_groups = True
    minus, plus = "menos", "mais"
    percent, per_mille, per, to, and_ = "por cento", "por mil", "por", "a", "e"
    power = "elevado a"
    times = Noun("vez", "vezes", "f")
    marks = {".": "ponto", ",": "vírgula"}
    months = MONTHS
    month_abbreviations = {name[:3]: index for index, name in enumerate(MONTHS, 1)}
    units, currencies = load_units("pt"), WORDS.currencies
    magnitudes = WORDS.magnitudes
    accents, letters = WORDS.accents, WORDS.letters
    symbols, signs, abbreviations = WORDS.symbols, WORDS.signs, WORDS.abbreviations
    weekdays = WORDS.weekdays
    number_word = "número"
    roman_keywords, roman_names = WORDS.roman_keywords, WORDS.roman_names
    year_contexts, function_words = WORDS.year_contexts, WORDS.not_nouns
    is_european = False

    def cardinal(self, number: int, *, gender: Gender = "m", has_noun: bool = False) -> str:  # noqa: ARG002
        return numbers.cardinal(number, gender=gender, is_european=self.is_european)

    def ordinal(self, number: int, *, gender: Gender = "m") -> str:
        return numbers.ordinal(number, gender=gender)

    def date(self, date: Date, *, before: str = "", order: str = "") -> str:  # noqa: ARG002  # Portuguese says the day first
        day = "primeiro" if date.day == 1 else self.cardinal(date.day) if date.day else ""
        month = self.months[date.month - 1] if date.month else ""
        return " de ".join(filter(None, (day, month, self.year(date.year) if date.year else "")))

    def time(self, time: TimeOfDay, *, before: str = "") -> str:
        hour = self.cardinal(time.hour, gender="f")
        if not time.half and not time.minute and time.second <= 0:
            if time.hour in {0, 12, 24} and before.lower() not in PLURAL_ARTICLES:
                return "meio-dia" if time.hour == 12 else "meia-noite"
            return f"{hour} {'hora' if time.hour < 2 else 'horas'}"
        if time.second > 0:
            minutes = f"{self.count(Number(str(time.minute)), Noun('minuto', 'minutos'))} e " if time.minute else ""
            hours = f"{hour} {'hora' if time.hour < 2 else 'horas'}{', ' if minutes else ' e '}"
            hour = f"{hours}{minutes}{self.count(Number(str(time.second)), Noun('segundo', 'segundos'))}"
        elif time.minute:
            hour += f" e {self.cardinal(time.minute)}"
        return f"{hour} {self._half(time)}".strip()

    @staticmethod
    def _half(time: TimeOfDay) -> str:
        if time.half and time.hour == 12:
            return "da tarde" if time.half == "pm" else "da noite"
        return "da noite" if time.half == "pm" and time.hour >= 7 else HALVES.get(time.half, "")

    def fraction(self, numerator: int, denominator: int) -> str:
        if denominator <= 10 or denominator in {100, 1000}:
            part = {2: "meio", 3: "terço"}.get(denominator) or self.ordinal(denominator)
            return f"{self.cardinal(numerator)} {part}{'' if numerator == 1 else 's'}"
        return f"{self.cardinal(numerator)} {self.cardinal(denominator)} avos"

    def half_of(self, noun: str) -> str:
        return "meia" if self.gender_of(noun) == "f" else "meio"

    def and_a_half(self, whole: int, noun: Noun) -> str:
        return f"{self.count(Number(str(whole)), noun)} e mei{'a' if noun.gender == 'f' else 'o'}"

    def regnal(self, number: int, *, name: str) -> str:
        gender: Gender = "f" if name in WORDS.sets["queens"] else "m"
        return self.ordinal(number, gender=gender) if number <= 10 else self.cardinal(number)

    def century(self, number: int) -> str:
        return self.ordinal(number) if number <= 10 else self.cardinal(number)

    def agreeing(self, number: int, *, before: str, after: str) -> str:
        if before.lower() in {"às", "as"} and (not after or after.lower() in WORDS.not_nouns):
            return self.cardinal(number, gender="f")
        if len(after) < 3 or after.lower() in WORDS.not_nouns:
            return self.cardinal(number)
        return self.cardinal(number, gender=self.gender_of(after))


class EuropeanPortuguese(Portuguese):
    """Portuguese of Portugal."""

    is_european = True
    currencies = {**Portuguese.currencies, "EUR": Currency(Noun("euro", "euros"), Noun("cêntimo", "cêntimos"))}
