"""Japanese numbers in characters, which its G2P reads together with the following counter (四月, 四円, 十分)."""

import re
import unicodedata
from typing import Final

from workers.text.cldr import MONTH_NAMES
from workers.text.normalise.languages.base import Language
from workers.text.normalise.languages.nouns import Gender, load_units, word_list
from workers.text.normalise.languages.number_words import load_number_words
from workers.text.normalise.languages.values import Date, Number, TimeOfDay
from workers.text.normalise.languages.words import load_words

NUMBERS: Final = load_number_words("ja")
DIGITS: Final = NUMBERS.lists["digits"]
"""Digits in kana for reading them one by one: characters would be read as one number."""

KANJI: Final = "〇一二三四五六七八九"
SCALES: Final = ((10**12, "兆"), (10**8, "億"), (10**4, "万"))

WORDS: Final = load_words("ja")
TEN_MINUTES: Final = re.compile(r"10\s?分(?!の)")
EMERGENCY: Final = re.compile(r"(?<!\d)(11[079])番(?![目号地線])")
EMERGENCIES: Final = {"110": "ひゃくとおばん", "117": "いちいちななばん", "119": "ひゃくじゅうきゅうばん"}
DATE: Final = re.compile(r"(?:(\d{1,4})\s?年\s?)?(\d{1,2})\s?月(?:\s?(\d{1,2})\s?日)?|(\d{1,4})\s?年")


def cardinal(number: int) -> str:
    """千二百三十四; below 10 to the 18th."""
    text, rest = "", number
    for scale, name in SCALES:
        count, rest = divmod(rest, scale)
        if count:
            text += f"{'一千' if count == 1000 else _thousands(count)}{name}"
    return text + (_thousands(rest) if rest or not text else "")


def _thousands(number: int) -> str:
    if number == 0:
        return "ゼロ"
    if number >= 10_000:
        return cardinal(number)
    text = ""
    for value, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, value)
        if digit:
            text += ("" if digit == 1 and name else KANJI[digit]) + name
    return text


class Japanese(Language):
    code = "ja"
    decimal_mark = "."
    date_order = "ymd"
    has_spaces, spells_initials = False, False
    menu_pause = "、"
    minus, plus, percent, per_mille, per, to, and_, power = "マイナス", "プラス", "パーセント", "パーミル", "毎", "から", "と", "の"
    difference = "引く"
    marks = {".": "点", ",": "点"}
    months = MONTH_NAMES["ja"]
    month_abbreviations = {}
    units, currencies = load_units("ja"), WORDS.currencies
    magnitudes = WORDS.magnitudes
    accents, letters = WORDS.accents, WORDS.letters
    symbols, signs, abbreviations = WORDS.symbols, WORDS.signs, {}
    number_word = "ナンバー"
    roman_keywords = roman_names = year_contexts = frozenset()

    def cardinal(self, number: int, *, gender: Gender = "m", has_noun: bool = False) -> str:  # noqa: ARG002
        return cardinal(number)

    def ordinal(self, number: int, *, gender: Gender = "m") -> str:  # noqa: ARG002
        return f"{cardinal(number)}番目"

    def decimals(self, fraction: str) -> str:
        return "".join(KANJI[unicodedata.digit(digit)] for digit in fraction)

    def number(self, number: Number, *, gender: Gender = "m", has_noun: bool = False) -> str:
        return super().number(number, gender=gender, has_noun=has_noun).replace(" ", "")

    def raised(self, exponent: Number) -> str:
        return f"の{self.number(exponent)}乗"

    def percentage(self, number: Number, name: str) -> str:
        return self.number(number) + name

    def join_count(self, words: str, number: Number, noun: str) -> str:  # noqa: ARG002
        return words + noun

    def magnitude(self, number: Number, name: str) -> str:
        return self.number(number) + self.magnitudes[name][0]

    def join_money(self, major: str, minor: str) -> str:
        return major + minor

    def date(self, date: Date, *, before: str = "", order: str = "") -> str:  # noqa: ARG002
        year = f"{cardinal(date.year)}年" if date.year else ""
        return year + (f"{cardinal(date.month)}月" if date.month else "") + (f"{cardinal(date.day)}日" if date.day else "")

    def time(self, time: TimeOfDay, *, before: str = "") -> str:  # noqa: ARG002
        half = {"am": "午前", "pm": "午後"}.get(time.half, "")
        minute = f"{cardinal(time.minute)}分" if time.minute or time.second > 0 else ""
        second = f"{cardinal(time.second)}秒" if time.second > 0 else ""
        return f"{half}{cardinal(time.hour) if time.hour else '零'}時{minute}{second}"

    def fraction(self, numerator: int, denominator: int) -> str:
        return f"{cardinal(denominator)}分の{cardinal(numerator)}"

    def mixed(self, whole: int, numerator: int, denominator: int) -> str:
        return f"{cardinal(whole)}と{self.fraction(numerator, denominator)}"

    def regnal(self, number: int, *, name: str) -> str:  # noqa: ARG002
        return f"{cardinal(number)}世"

    def century(self, number: int) -> str:
        return cardinal(number)

    def digits(self, text: str) -> str:
        return " ".join(DIGITS[unicodedata.digit(character)] for character in text if character.isdigit())

    def own_reading(self, text: str, position: int) -> tuple[int, str] | None:
        """Year with 年, which is no phone number and takes no separator (2026年4月1日); 110番 to call."""
        emergency = EMERGENCY.match(text, position)
        if emergency:
            return emergency.end(), EMERGENCIES[emergency[1]]
        minutes = TEN_MINUTES.match(text, position)
        if minutes:  # 十分 alone is じゅうぶん, enough
            return minutes.end(), "じゅっぷん"
        match = DATE.match(text, position)
        if not match:
            return None
        date = Date(year=int(match[1] or match[4] or 0), month=int(match[2] or 0), day=int(match[3] or 0))
        return (match.end(), self.date(date)) if date.month <= 12 and date.day <= 31 else None
