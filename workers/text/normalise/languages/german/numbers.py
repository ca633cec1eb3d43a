"""German number words."""

from typing import Final

from workers.text.normalise.languages.nouns import Gender
from workers.text.normalise.languages.number_words import load_number_words

NUMBERS: Final = load_number_words("de")
SMALL: Final = NUMBERS.lists["small"]
TENS: Final = NUMBERS.lists["tens"]
SCALES: Final = NUMBERS.scales["all"]
ORDINALS: Final = NUMBERS.forms["ordinals"]


def cardinal(number: int, *, gender: Gender = "m", has_noun: bool = False) -> str:
    """Eintausendzweihundertvierunddreißig; before a noun `ein` or `eine` instead of `eins`; below 10 to the 18th."""
    if number == 1 and has_noun:
        return "eine" if gender == "f" else "ein"
    words = []
    for scale, singular, plural in SCALES:
        if number >= scale:
            count = number // scale
            words.append(f"eine {singular}" if count == 1 else f"{_thousands(count)} {plural}")
            number %= scale
    if number or not words:
        words.append(_thousands(number))
    return " ".join(words)


def ordinal(number: int, *, ending: str = "e") -> str:
    """Ordinal with the ending required by the grammar: erste, einundzwanzigste."""
    words = cardinal(number)
    for word, stem in ORDINALS.items():
        if number % 100 < 20 and words.endswith(word):
            return f"{words[: len(words) - len(word)]}{stem}{ending}"
    if number in {100, 1000, 10**6}:
        words = words.removeprefix("eine ").removeprefix("ein")
    joint = "t" if 0 < number % 100 < 20 else "st"
    if number % 10**6 == 0:
        words = words.replace(" ", "").lower()
        words = words.removesuffix("en") if words.endswith("onen") else words.removesuffix("n") if words.endswith("den") else words
    return f"{words}{joint}{ending}"


def year(number: int) -> str:
    """Neunzehnhundertneunundneunzig, zweitausendsechsundzwanzig."""
    if 1100 <= number <= 1999:
        hundreds, rest = divmod(number, 100)
        return f"{SMALL[hundreds]}hundert{_tens(rest) if rest else ''}"
    return cardinal(number)


def _thousands(number: int) -> str:
    thousands, rest = divmod(number, 1000)
    if not thousands:
        return _hundreds(rest)
    head = _hundreds(thousands).removesuffix("s") if thousands % 100 == 1 else _hundreds(thousands)
    return f"{head}tausend{_hundreds(rest) if rest else ''}"


def _hundreds(number: int) -> str:
    hundreds, rest = divmod(number, 100)
    if not hundreds:
        return _tens(rest)
    return f"{SMALL[hundreds].removesuffix('s') if hundreds == 1 else SMALL[hundreds]}hundert{_tens(rest) if rest else ''}"


def _tens(number: int) -> str:
    if number < 20:
        return SMALL[number]
    tens, ones = divmod(number, 10)
    return f"{'ein' if ones == 1 else SMALL[ones]}und{TENS[tens]}" if ones else TENS[tens]
