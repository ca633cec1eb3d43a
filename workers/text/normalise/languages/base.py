"""Base class of the languages; each adds its words and overrides the grammar that differs."""

import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar

from workers.text.normalise.languages.nouns import Currency, Gender, Noun
from workers.text.normalise.languages.values import Date, Number, TimeOfDay

ONE_IS_SILENT = frozenset(("mil", "mille"))
"""Thousands before which Romance languages omit "one"."""


class Language(ABC):
    """Spells out numbers, dates, times, money and letters in one language. Stateless."""

    code: ClassVar[str]
    decimal_mark: ClassVar[str] = ","
    has_space_groups: ClassVar[bool] = False
    """True if a plain space separates thousands, "12 300"."""
    date_order: ClassVar[str] = "dmy"
    has_spaces: ClassVar[bool] = True
    """True if spaces separate words."""
    menu_pause: ClassVar[str] = ","
    """Separator between the steps of a menu path."""
    spells_initials: ClassVar[bool] = True
    """True if Latin capitals are spelled here and not by the G2P for foreign words."""
    minus: ClassVar[str] = "minus"
    plus: ClassVar[str] = "plus"
    difference: ClassVar[str] = ""
    """Word between a number and the number subtracted from it; `minus` if empty."""
    percent: ClassVar[str]
    per_mille: ClassVar[str]
    per: ClassVar[str]
    """Word between a quantity and its reference: five euros *per* month."""
    to: ClassVar[str]
    """Word between the ends of a range."""
    power: ClassVar[str]
    """Word between a number and its exponent."""
    by: ClassVar[str] = ""
    """Word between the sides of a size; that of a product if empty."""
    times: ClassVar[Noun | None] = None
    """Word for `x` after a number."""
    versus: ClassVar[str] = ""
    """Word between the sides of a score or ratio; `to` if empty."""
    out_of: ClassVar[str] = ""
    """Words between a mark and the best possible one: 4.5/5."""
    and_: ClassVar[str]
    marks: ClassVar[Mapping[str, str]]
    """Decimal marks: `.` and `,`."""
    months: ClassVar[tuple[str, ...]]
    """Names of the months, January first."""
    month_abbreviations: ClassVar[Mapping[str, int]]
    """Lower case, without the full stop."""
    units: ClassVar[Mapping[str, Noun]]
    currencies: ClassVar[Mapping[str, Currency]]
    """Currencies by ISO 4217 code."""
    dollar: ClassVar[str] = "USD"
    """Currency of `$`."""
    yen: ClassVar[str] = "JPY"
    """Currency of `¥`."""
    magnitudes: ClassVar[Mapping[str, tuple[str, str]]]
    """Singular and plural of `M` and `million` after a number."""
    letters: ClassVar[Mapping[str, str]] = {}
    """Names of letters that a G2P would not read by name."""
    accents: ClassVar[Mapping[str, str]]
    """Names of combining marks."""
    symbols: ClassVar[Mapping[str, str]]
    """Names of signs in addresses and in spelled text."""
    signs: ClassVar[Mapping[str, str]]
    """Words for signs in running text; a sign with an empty name is silent."""
    abbreviations: ClassVar[Mapping[str, str]]
    """Abbreviations with their full stop: the words, prefixed by `^` if it precedes a name and ends no sentence."""
    compound_abbreviations: ClassVar[Mapping[str, str]] = {}
    """Ends of abbreviated compounds, with their full stop: `str.` for Hauptstr."""
    weekdays: ClassVar[Mapping[str, str]] = {}
    """Weekdays by abbreviation, without a full stop; read only in ranges, Mon.-Fri."""
    number_word: ClassVar[str]
    """Word for `#` and `No.` before a number."""
    roman_keywords: ClassVar[frozenset[str]]
    """Lower-case words before a Roman numeral that is read as a number: chapter, volume."""
    roman_names: ClassVar[frozenset[str]]
    """Names of kings, queens and popes."""
    function_words: ClassVar[frozenset[str]] = frozenset()
    """Lower-case words that are no nouns."""
    year_contexts: ClassVar[frozenset[str]]
    """Lower-case words after which a number of four digits is a year."""

    @abstractmethod
    def cardinal(self, number: int, *, gender: Gender = "m", has_noun: bool = False) -> str:
        """Non-negative integer below 10 to the 18th in words; has_noun: the counted noun follows directly."""

    @abstractmethod
    def ordinal(self, number: int, *, gender: Gender = "m") -> str:
        """Ordinal of a positive integer."""

    @abstractmethod
    def date(self, date: Date, *, before: str = "", order: str = "") -> str:
        """Valid date in words. before: the preceding word, for languages that agree with it; order: such as `dmy`."""

    @abstractmethod
    def time(self, time: TimeOfDay, *, before: str = "") -> str:
        """Valid time of day in words."""

    @abstractmethod
    def fraction(self, numerator: int, denominator: int) -> str:
        """Fraction with a denominator above one."""

    @abstractmethod
    def regnal(self, number: int, *, name: str) -> str:
        """Number after a ruler's name."""

    @abstractmethod
    def century(self, number: int) -> str:
        """Number of a century beside that word."""

    def year(self, number: int) -> str:
        return self.cardinal(number)

    def digits(self, text: str) -> str:
        """Digits one by one, ignoring other characters."""
        return " ".join(self.cardinal(unicodedata.digit(character)) for character in text if character.isdigit())

    def phone_digits(self, text: str) -> str:
        """Digits of a telephone number."""
        return self.digits(text)

    def decimals(self, fraction: str) -> str:
        """Digits after the decimal mark: one or two as a number, leading zeros one by one, more digit by digit."""
        if len(fraction) > 2:
            return self.digits(fraction)
        zeros = fraction[: len(fraction) - len(fraction.lstrip("0"))]
        return " ".join(part for part in (self.digits(zeros), self.cardinal(int(fraction)) if int(fraction) else "") if part)

    def number(self, number: Number, *, gender: Gender = "m", has_noun: bool = False) -> str:
        """Number with its sign and decimals."""
        if not number.is_counted:
            whole = self.digits(number.digits)
        else:
            whole = self.cardinal(int(number.digits), gender=gender, has_noun=has_noun and number.is_whole)
        sign = {"-": self.minus, "+": self.plus}.get(number.sign, "")
        fraction = f"{self.marks[number.mark]} {self.decimals(number.fraction)}" if number.fraction else ""
        return " ".join(part for part in (sign, whole, fraction) if part)

    def raised(self, exponent: Number) -> str:
        """Spoken form of an exponent after its base."""
        return f"{self.power} {self.number(exponent)}"

    def is_singular(self, number: Number) -> bool:
        """True if a noun after the number is singular."""
        return number.is_one

    def count(self, number: Number, noun: Noun) -> str:
        form = noun.singular if self.is_singular(number) else noun.plural
        return self.join_count(self.number(number, gender=noun.gender, has_noun=True), number, form)

    def join_count(self, words: str, number: Number, noun: str) -> str:
        """Join number words and a noun: Romance languages put "of" after whole millions."""
        return f"{words} {self.millions_link(number, noun)}{noun}"

    def millions_link(self, number: Number, noun: str) -> str:  # noqa: ARG002  # for the languages that have one
        """Text between whole millions and a noun, with its space."""
        return ""

    def magnitude(self, number: Number, name: str) -> str:
        """Number with its `million`."""
        singular, plural = self.magnitudes[name]
        if number.is_one and singular in ONE_IS_SILENT and not number.sign:
            return singular
        words = self.number(number, has_noun=True)
        return f"{words} {singular if self.is_singular(number) else plural}"

    def money(self, number: Number, currency: Currency) -> str:
        """Amount: whole units, then hundredths if the currency has them and two decimals are written."""
        number = self.own_mark(number)
        minor = currency.minor
        cents = number.fraction.ljust(2, "0")
        if minor is None or len(cents) != 2 or not number.fraction:
            return self.count(number, currency.major)
        whole, hundredths = Number(number.digits, sign=number.sign), Number(str(int(cents)))
        if cents == "00":
            return self.count(whole, currency.major)
        if int(number.digits) == 0:
            return self.count(Number(hundredths.digits, sign=number.sign), minor)
        return self.join_money(self.count(whole, currency.major), self.count(hundredths, minor))

    def own_mark(self, number: Number) -> Number:
        """The number with the language's own decimal mark."""
        return replace(number, mark=self.decimal_mark) if number.fraction else number

    def join_money(self, major: str, minor: str) -> str:
        """Whole units and hundredths."""
        return f"{major} {self.and_} {minor}"

    def half_of(self, noun: str) -> str | None:  # noqa: ARG002  # for the languages whose half agrees
        """1/2 before a noun, or None if it is read as elsewhere."""
        return None

    def and_a_half(self, whole: int, noun: Noun) -> str | None:  # noqa: ARG002  # for the languages that say the half behind the noun
        """Number and a half of something, or None if the noun comes last."""
        return None

    def mixed(self, whole: int, numerator: int, denominator: int) -> str:
        """Integer and fraction."""
        return f"{self.cardinal(whole)} {self.and_} {self.fraction(numerator, denominator)}"

    def ordinal_suffix(self, number: int, suffix: str, *, before: str, after: str) -> str | None:  # noqa: ARG002
        """Ordinal of digits and a suffix ("21st", "3ª"), or None if the suffix is none."""
        return None

    def percentage(self, number: Number, name: str) -> str:
        """Number with percent or per mille."""
        return f"{self.number(number)} {name}"

    def own_reading(self, text: str, position: int) -> tuple[int, str] | None:  # noqa: ARG002  # for languages with counters
        """End and words of figures that are read together with the following character."""
        return None

    def gender_of(self, word: str) -> Gender:  # noqa: ARG002  # for the languages that have genders
        """Guess the gender of a word from its spelling, for the number before it."""
        return "m"

    def expand(self, words: str, *, after: str) -> str:  # noqa: ARG002  # for the languages that agree
        """Words of an abbreviation before the word `after`."""
        return words

    def agreeing(self, number: int, *, before: str, after: str) -> str:  # noqa: ARG002  # for the languages that agree
        """Integer in running text, which may agree with the following word."""
        return self.cardinal(number)

    def letter(self, character: str) -> str:
        """Name of a letter with its accents; any other character unchanged."""
        upper = character.upper() if len(character.upper()) == 1 else character
        if upper in self.letters:
            return self.letters[upper]
        parts = unicodedata.normalize("NFD", upper)
        names = [self.accents[mark] for mark in parts[1:] if mark in self.accents]
        return " ".join([self.letters.get(parts[0], parts[0]), *names]) if len(parts) > 1 else upper

    def spell(self, text: str) -> str:
        """Names of letters, digits and signs in turn; white space is omitted."""
        return " ".join(filter(None, (self.character(character) for character in text)))

    def character(self, character: str) -> str:
        """Name of one character; empty for white space and silent characters."""
        if character.isdigit():
            return self.digits(character)
        if character in self.symbols:
            return self.symbols[character]
        return self.letter(character) if character.isalpha() else ""

    def relation(self, noun: str, *, gender: Gender) -> str:  # noqa: ARG002  # for the languages that agree
        """Phrase for the reference unit of a quantity: per month."""
        return f"{self.per} {noun}"
