"""French number words."""

from typing import Final

from workers.text.normalise.languages.nouns import Gender
from workers.text.normalise.languages.number_words import load_number_words

NUMBERS: Final = load_number_words("fr")
SMALL: Final = NUMBERS.lists["small"]
TENS: Final = NUMBERS.lists["tens"]
SCALES: Final = NUMBERS.scales["all"]


def cardinal(number: int, *, gender: Gender = "m") -> str:
    """Quatre-vingt-dix-neuf; gender turns a last `un` into `une`; below 10 to the 18th."""
    words = []
    for scale, singular, plural in SCALES:
        if number >= scale:
            count = number // scale
            words.append(f"{_hundreds(count)} {plural if count > 1 else singular}")
            number %= scale
    if number >= 1000:
        thousands = number // 1000
        words.append("mille" if thousands == 1 else f"{_hundreds(thousands, is_before_mille=True)} mille")
        number %= 1000
    if number or not words:
        words.append(_hundreds(number))
    text = " ".join(words)
    return f"{text}e" if gender == "f" and (text == "un" or text.endswith((" un", "-un"))) else text


def ordinal(number: int, *, gender: Gender = "m") -> str:
    """Premier, première, deuxième, vingt et unième."""
    if number == 1:
        return "première" if gender == "f" else "premier"
    words = cardinal(number)
    if words.endswith("cinq"):
        return f"{words}uième"
    if words.endswith("neuf"):
        return f"{words[:-1]}vième"
    if words.endswith(("cents", "vingts", "millions", "milliards", "billions")):
        words = words[:-1]
    return f"{words.removesuffix('e')}ième"


def _hundreds(number: int, *, is_before_mille: bool = False) -> str:
    hundreds, rest = divmod(number, 100)
    if not hundreds:
        return _tens(rest, is_before_mille=is_before_mille)
    head = "cent" if hundreds == 1 else f"{SMALL[hundreds]} cent"
    if not rest:
        return head if hundreds == 1 or is_before_mille else f"{head}s"
    return f"{head} {_tens(rest, is_before_mille=is_before_mille)}"


def _tens(number: int, *, is_before_mille: bool) -> str:
    if number < 20:
        return SMALL[number]
    if number == 80:
        return "quatre-vingt" if is_before_mille else "quatre-vingts"
    tens, ones = divmod(number, 10)
    if tens in {7, 9}:
        ones += 10
    if not ones:
        return TENS[tens]
    joint = " et " if ones in {1, 11} and tens < 8 else "-"
    return f"{TENS[tens]}{joint}{SMALL[ones]}"
