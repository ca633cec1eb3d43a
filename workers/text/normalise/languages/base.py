"""Base of all languages; each one fills in its words and overrides what its grammar does otherwise."""

import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar

from workers.text.normalise.languages.nouns import Currency, Gender, Noun
from workers.text.normalise.languages.values import Date, Number, TimeOfDay

ONE_IS_SILENT = frozenset(("mil", "mille"))
"""Thousands before which Romance languages say no "one"."""


class Language(ABC):
    """Says numbers, dates, times, money and letters in one language. Holds no state."""

    code: ClassVar[str]
    decimal_mark: ClassVar[str] = ","
    has_space_groups: ClassVar[bool] = False
    """True if a plain space separates thousands, "12 300"."""
    date_order: ClassVar[str] = "dmy"
    has_spaces: ClassVar[bool] = True
    """True if spaces separate words."""
    menu_pause: ClassVar[str] = ","
    """Between the steps of a path through menus."""
    spells_initials: ClassVar[bool] = True
    """True if Latin capitals are spelled here and not by the G2P for foreign words."""
    minus: ClassVar[str] = "minus"
    plus: ClassVar[str] = "plus"
    difference: ClassVar[str] = ""
    """Between a number and what is taken from it; `minus` where it is empty."""
    percent: ClassVar[str]
    per_mille: ClassVar[str]
    per: ClassVar[str]
    """Between a quantity and what it is related to: five euros *per* month."""
    to: ClassVar[str]
    """Between the ends of a range."""
    power: ClassVar[str]
    """Between a number and its exponent."""
    by: ClassVar[str] = ""
    """Between the sides of a size; as a product where it is empty."""
    times: ClassVar[Noun | None] = None
    """Word for `x` after a number."""
    versus: ClassVar[str] = ""
    """Between the sides of a score or ratio; `to` where it is empty."""
    out_of: ClassVar[str] = ""
    """Between a mark and the best there is: 4.5/5."""
    and_: ClassVar[str]
    marks: ClassVar[Mapping[str, str]]
    """Decimal marks: `.` and `,`."""
    months: ClassVar[tuple[str, ...]]
    """January first."""
    month_abbreviations: ClassVar[Mapping[str, int]]
    """Lower case, without the full stop."""
    units: ClassVar[Mapping[str, Noun]]
    currencies: ClassVar[Mapping[str, Currency]]
    """By ISO 4217 code."""
    dollar: ClassVar[str] = "USD"
    """The currency that `$` means."""
    yen: ClassVar[str] = "JPY"
    """The currency that `¥` means."""
    magnitudes: ClassVar[Mapping[str, tuple[str, str]]]
    """Singular and plural of what `M` and `million` mean behind a number."""
    letters: ClassVar[Mapping[str, str]] = {}
    """Names of those letters that a G2P would not read by name."""
    accents: ClassVar[Mapping[str, str]]
    """Names of combining marks."""
    symbols: ClassVar[Mapping[str, str]]
    """Names of signs in addresses and in spelled text."""
    signs: ClassVar[Mapping[str, str]]
    """Words for signs in running text; a sign with an empty name is silent."""
    abbreviations: ClassVar[Mapping[str, str]]
    """With their full stop: the words, behind a `^` where it stands before a name and ends no sentence."""
    compound_abbreviations: ClassVar[Mapping[str, str]] = {}
    """The ends of abbreviated compounds, with their full stop: `str.` for Hauptstr."""
    weekdays: ClassVar[Mapping[str, str]] = {}
    """By their abbreviations, without a full stop; read in ranges alone, Mon.-Fri."""
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
        """A whole number, not negative, below 10 to the 18th; has_noun: the thing counted follows at once."""

    @abstractmethod
    def ordinal(self, number: int, *, gender: Gender = "m") -> str:
        """A whole number above zero as a rank."""

    @abstractmethod
    def date(self, date: Date, *, before: str = "", order: str = "") -> str:
        """A date that exists. before: the word in front of it, which some languages agree with; order: as `dmy`."""

    @abstractmethod
    def time(self, time: TimeOfDay, *, before: str = "") -> str:
        """A time of day that exists."""

    @abstractmethod
    def fraction(self, numerator: int, denominator: int) -> str:
        """A fraction, denominator above one."""

    @abstractmethod
    def regnal(self, number: int, *, name: str) -> str:
        """The number behind a ruler's name."""

    @abstractmethod
    def century(self, number: int) -> str:
        """The number of a century, as said beside the word."""

    def year(self, number: int) -> str:
        """The number of a year."""
        return self.cardinal(number)

    def digits(self, text: str) -> str:
        """Digits one by one; anything else is left out."""
        return " ".join(self.cardinal(unicodedata.digit(character)) for character in text if character.isdigit())

    def phone_digits(self, text: str) -> str:
        """The digits of a telephone number."""
        return self.digits(text)

    def decimals(self, fraction: str) -> str:
        """The digits behind the mark: one or two as a number, zeros in front one by one, more digit by digit."""
        if len(fraction) > 2:
            return self.digits(fraction)
        zeros = fraction[: len(fraction) - len(fraction.lstrip("0"))]
        return " ".join(part for part in (self.digits(zeros), self.cardinal(int(fraction)) if int(fraction) else "") if part)

    def number(self, number: Number, *, gender: Gender = "m", has_noun: bool = False) -> str:
        """A number with its sign and decimals."""
        if not number.is_counted:
            whole = self.digits(number.digits)
        else:
            whole = self.cardinal(int(number.digits), gender=gender, has_noun=has_noun and number.is_whole)
        sign = {"-": self.minus, "+": self.plus}.get(number.sign, "")
        fraction = f"{self.marks[number.mark]} {self.decimals(number.fraction)}" if number.fraction else ""
        return " ".join(part for part in (sign, whole, fraction) if part)

    def raised(self, exponent: Number) -> str:
        """Spoken form of an exponent behind its base."""
        return f"{self.power} {self.number(exponent)}"

    def is_singular(self, number: Number) -> bool:
        """True if a noun behind the number stands in the singular."""
        return number.is_one

    def count(self, number: Number, noun: Noun) -> str:
        """A number and what it counts."""
        form = noun.singular if self.is_singular(number) else noun.plural
        return self.join_count(self.number(number, gender=noun.gender, has_noun=True), number, form)

    def join_count(self, words: str, number: Number, noun: str) -> str:
        """Number words and a noun: Romance languages put "of" behind whole millions."""
        return f"{words} {self.millions_link(number, noun)}{noun}"

    def millions_link(self, number: Number, noun: str) -> str:  # noqa: ARG002  # for the languages that have one
        """Return the text between whole millions and a noun, with its space."""
        return ""

    def magnitude(self, number: Number, name: str) -> str:
        """A number and its `million`."""
        singular, plural = self.magnitudes[name]
        if number.is_one and singular in ONE_IS_SILENT and not number.sign:
            return singular
        words = self.number(number, has_noun=True)
        return f"{words} {singular if self.is_singular(number) else plural}"

    def money(self, number: Number, currency: Currency) -> str:
        """A sum: whole units, then hundredths where the currency has them and two decimals are written."""
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
        """The number with the decimal mark that the language itself uses."""
        return replace(number, mark=self.decimal_mark) if number.fraction else number

    def join_money(self, major: str, minor: str) -> str:
        """Whole units and hundredths."""
        return f"{major} {self.and_} {minor}"

    def half_of(self, noun: str) -> str | None:  # noqa: ARG002  # for the languages whose half agrees
        """1/2 before a noun, or None where it is said as before anything else."""
        return None

    def and_a_half(self, whole: int, noun: Noun) -> str | None:  # noqa: ARG002  # for the languages that say the half behind the noun
        """So many and a half of something, or None where the noun comes last."""
        return None

    def mixed(self, whole: int, numerator: int, denominator: int) -> str:
        """A whole number and a fraction."""
        return f"{self.cardinal(whole)} {self.and_} {self.fraction(numerator, denominator)}"

    def ordinal_suffix(self, number: int, suffix: str, *, before: str, after: str) -> str | None:  # noqa: ARG002
        """The rank that digits and a suffix ("21st", "3ª") mean, or None when the suffix is none."""
        return None

    def percentage(self, number: Number, name: str) -> str:
        """A number and per cent or per mille."""
        return f"{self.number(number)} {name}"

    def own_reading(self, text: str, position: int) -> tuple[int, str] | None:  # noqa: ARG002  # for languages with counters
        """The end and the words of figures that are read together with the character behind them."""
        return None

    def gender_of(self, word: str) -> Gender:  # noqa: ARG002  # for the languages that have genders
        """A guess from the spelling, for the number before it."""
        return "m"

    def expand(self, words: str, *, after: str) -> str:  # noqa: ARG002  # for the languages that agree
        """The words of an abbreviation before the word `after`."""
        return words

    def agreeing(self, number: int, *, before: str, after: str) -> str:  # noqa: ARG002  # for the languages that agree
        """A whole number in running text, which may agree with the word behind it."""
        return self.cardinal(number)

    def letter(self, character: str) -> str:
        """The name of a letter, accents named; any other character as it is."""
        upper = character.upper() if len(character.upper()) == 1 else character
        if upper in self.letters:
            return self.letters[upper]
        parts = unicodedata.normalize("NFD", upper)
        names = [self.accents[mark] for mark in parts[1:] if mark in self.accents]
        return " ".join([self.letters.get(parts[0], parts[0]), *names]) if len(parts) > 1 else upper

    def spell(self, text: str) -> str:
        """Letters, digits and signs by their names, one after the other; white space is left out."""
        return " ".join(filter(None, (self.character(character) for character in text)))

    def character(self, character: str) -> str:
        """The name of one character; nothing for white space and what is never said."""
        if character.isdigit():
            return self.digits(character)
        if character in self.symbols:
            return self.symbols[character]
        return self.letter(character) if character.isalpha() else ""

    def relation(self, noun: str, *, gender: Gender) -> str:  # noqa: ARG002  # for the languages that agree
        """Return the phrase for the unit that a quantity is related to: per month."""
        return f"{self.per} {noun}"
