"""Mandarin, in simplified characters."""

import re
from typing import Final

from workers.text.normalise.languages.base import Language
from workers.text.normalise.languages.chinese.phones import read_called_number, say_digits
from workers.text.normalise.languages.nouns import Currency, Gender, load_units
from workers.text.normalise.languages.values import Date, Number, TimeOfDay
from workers.text.normalise.languages.words import load_words

DIGITS: Final = "零一二三四五六七八九"
SCALES: Final = ((10**12, "万亿"), (10**8, "亿"), (10**4, "万"))

WORDS: Final = load_words("zh")
PAIR: Final = re.compile(
    r"(?<![\d.,第/:])2(?=\s?(?:[个個只隻张張条條件家辆輛杯瓶双雙对對块塊句遍倍本位名次场場套间間棵朵支枚份层層座种種天周週岁歲人]|分钟|分鐘|小时|小時))"
)
"""Two before a counted noun is 两, in figures and ordinals 二."""

GENERATION: Final = re.compile(r"(?<!\d)([0-9]0)(?:后|(年代))")
YEARS: Final = re.compile(r"(\d{4})\s?(?:[-–~～至到]|—{1,2})\s?(?=\d{4}\s?年)")
DATE: Final = re.compile(r"(\d{4}|\d{2})\s?年(?:\s?(\d{1,2})\s?月(?:\s?(\d{1,2})\s?[日号號])?)?|(\d{1,2})\s?月\s?(\d{1,2})\s?[日号號]")
CLOCK: Final = re.compile(r"(\d{1,2})\s?[点點时時](?!间|間)(?:\s?(\d{1,2})\s?分(?!钟))?")


def cardinal(number: int) -> str:
    """一千二百三十四; below 10 to the 18th."""
    text, rest = "", number
    for scale, name in SCALES:
        count, rest = divmod(rest, scale)
        if count:
            text += f"{'零' if text and count < 1000 else ''}{'两' if count == 2 else _thousands(count)}{name}"
        elif text and rest and not text.endswith("零"):
            text += "零"
    if rest or not text:
        text += f"{'零' if text and rest < 1000 and not text.endswith('零') else ''}{_thousands(rest)}"
    text = text.rstrip("零") if number else text
    return text[1:] if text.startswith("一十") else text


def _thousands(number: int) -> str:
    if number < 10:
        return DIGITS[number]
    text = ""
    for value, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, value)
        if digit:
            text += ("两" if digit == 2 and name == "千" else DIGITS[digit]) + name
        elif text and number and not text.endswith("零"):
            text += "零"
    return text


class Chinese(Language):
    code = "zh"
    decimal_mark = "."
    date_order = "ymd"
    has_spaces, spells_initials = False, False
    menu_pause = "，"
    minus, plus, percent, per_mille, per, to, and_, power = "负", "加", "百分之", "千分之", "每", "到", "零", "的"
    difference = "减"
    marks = {".": "点", ",": "点"}
    months = tuple(f"{month}月" for month in range(1, 13))
    month_abbreviations = {}
    units, currencies, yen = load_units("zh"), WORDS.currencies, "CNY"
    magnitudes = WORDS.magnitudes
    accents, letters = WORDS.accents, WORDS.letters
    symbols, signs, abbreviations = WORDS.symbols, WORDS.signs, {}
    number_word = "第"
    roman_keywords = roman_names = year_contexts = frozenset()

    def cardinal(self, number: int, *, gender: Gender = "m", has_noun: bool = False) -> str:  # noqa: ARG002
        return "两" if number == 2 and has_noun else cardinal(number)

    def ordinal(self, number: int, *, gender: Gender = "m") -> str:  # noqa: ARG002
        return f"第{cardinal(number)}"

    def year(self, number: int) -> str:
        return "".join(DIGITS[int(digit)] for digit in str(number))

    def digits(self, text: str) -> str:
        return super().digits(text).replace(" ", "")

    def phone_digits(self, text: str) -> str:
        return say_digits(text)

    def decimals(self, fraction: str) -> str:
        return self.digits(fraction)

    def number(self, number: Number, *, gender: Gender = "m", has_noun: bool = False) -> str:
        return super().number(number, gender=gender, has_noun=has_noun).replace(" ", "")

    def raised(self, exponent: Number) -> str:
        return f"的{self.number(exponent)}次方"

    def percentage(self, number: Number, name: str) -> str:
        return f"{name}{self.number(number)}"

    def join_count(self, words: str, number: Number, noun: str) -> str:  # noqa: ARG002
        return words + noun

    def magnitude(self, number: Number, name: str) -> str:
        return self.number(number) + name

    def money(self, number: Number, currency: Currency) -> str:
        number = self.own_mark(number)
        tens, ones = (int(digit) for digit in number.fraction.ljust(2, "0")[:2])
        if currency.major.singular != "元" or not number.fraction or len(number.fraction) > 2:
            return super().money(number, currency)
        whole = self.count(Number(number.digits, sign=number.sign), currency.major) if int(number.digits) or not tens + ones else ""
        return whole + (f"{DIGITS[tens]}角" if tens else "") + (f"{'零' if whole and not tens else ''}{DIGITS[ones]}分" if ones else "")

    def join_money(self, major: str, minor: str) -> str:
        return major + minor

    def date(self, date: Date, *, before: str = "", order: str = "") -> str:  # noqa: ARG002
        year = f"{self.year(date.year)}年" if date.year else ""
        return year + (f"{cardinal(date.month)}月" if date.month else "") + (f"{cardinal(date.day)}日" if date.day else "")

    def time(self, time: TimeOfDay, *, before: str = "") -> str:  # noqa: ARG002
        half = {"am": "上午", "pm": "下午"}.get(time.half, "")
        minute = f"{'零' if 0 < time.minute < 10 else ''}{cardinal(time.minute)}分" if time.minute or time.second > 0 else ""
        return half + self.cardinal(time.hour, has_noun=True) + "点" + minute + (f"{cardinal(time.second)}秒" if time.second > 0 else "")

    def fraction(self, numerator: int, denominator: int) -> str:
        return f"{cardinal(denominator)}分之{cardinal(numerator)}"

    def mixed(self, whole: int, numerator: int, denominator: int) -> str:
        return f"{cardinal(whole)}又{self.fraction(numerator, denominator)}"

    def regnal(self, number: int, *, name: str) -> str:  # noqa: ARG002
        return f"{cardinal(number)}世"

    def century(self, number: int) -> str:
        return cardinal(number)

    def relation(self, noun: str, *, gender: Gender) -> str:  # noqa: ARG002
        return f"每{noun}"

    def agreeing(self, number: int, *, before: str, after: str) -> str:  # noqa: ARG002
        return cardinal(number)

    def own_reading(self, text: str, position: int) -> tuple[int, str] | None:
        """Telephone number to call, or figures with a counter."""
        return read_called_number(text, position) or self._read_counted(text, position)

    def _read_counted(self, text: str, position: int) -> tuple[int, str] | None:
        """2026年4月26日, 14点30分, 2个人, 90后, 90年代, 2020—2024年."""
        if PAIR.match(text, position):
            return position + 1, "两"
        years = YEARS.match(text, position)
        if years:
            return years.end(), f"{self.digits(years[1])}{self.to}"
        generation = GENERATION.match(text, position)
        if generation:
            return position + 2, cardinal(int(generation[1])) if generation[2] else self.digits(generation[1])
        match = DATE.match(text, position)
        if match:
            date = Date(year=int(match[1] or 0), month=int(match[2] or match[4] or 0), day=int(match[3] or match[5] or 0))
            year = "".join(DIGITS[int(digit)] for digit in match[1] or "")
            spoken = self.date(Date(day=date.day, month=date.month))
            return match.end(), (f"{year}年" if year else "") + spoken
        match = CLOCK.match(text, position)
        if not match or not TimeOfDay(int(match[1]), int(match[2] or 0)).exists:
            return None
        return match.end(), self.time(TimeOfDay(int(match[1]), int(match[2] or 0)))
