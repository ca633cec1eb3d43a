"""Portuguese number words."""

from typing import Final

from workers.text.normalise.languages.nouns import Gender
from workers.text.normalise.languages.number_words import load_number_words

NUMBERS: Final = load_number_words("pt")
SMALL: Final = NUMBERS.lists["small"]
EUROPEAN: Final = NUMBERS.by_number["european"]
TENS: Final = NUMBERS.lists["tens"]
HUNDREDS: Final = NUMBERS.lists["hundreds"]
ORDINAL_ONES: Final = NUMBERS.lists["ordinal_ones"]
ORDINAL_TENS: Final = NUMBERS.lists["ordinal_tens"]
ORDINAL_HUNDREDS: Final = NUMBERS.lists["ordinal_hundreds"]
BRAZILIAN_SCALES: Final = NUMBERS.scales["brazilian"]
EUROPEAN_SCALES: Final = NUMBERS.scales["european"]


def cardinal(number: int, *, gender: Gender = "m", is_european: bool = False) -> str:
    """Mil duzentos e trinta e quatro; below 10 to the 18th."""
    words = []
    for scale, singular, plural in EUROPEAN_SCALES if is_european else BRAZILIAN_SCALES:
        if number >= scale:
            count = number // scale
            words.append(f"{_thousands(count, gender='m', is_european=is_european)} {singular if count == 1 else plural}")
            number %= scale
    if number or not words:
        words.append(("e " if words and _takes_and(number) else "") + _thousands(number, gender=gender, is_european=is_european))
    return " ".join(words)


def ordinal(number: int, *, gender: Gender = "m") -> str:
    """Vigésimo primeiro, vigésima primeira."""
    words = []
    if number % 10**6 == 0:
        return f"{'' if number == 10**6 else cardinal(number // 10**6) + ' '}milionésim{'a' if gender == 'f' else 'o'}"
    if number >= 1000:
        words.append(f"{cardinal(number // 1000)} milésimo" if number >= 2000 else "milésimo")
        number %= 1000
    words += [ORDINAL_HUNDREDS[number // 100], ORDINAL_TENS[number % 100 // 10], ORDINAL_ONES[number % 10]]
    words = [word for word in words if word]
    return " ".join(f"{word[:-1]}a" if gender == "f" else word for word in words)


def _takes_and(number: int) -> bool:
    """True if "e" precedes the last group: below a hundred, or whole hundreds."""
    return 0 < number < 100 or (number < 1000 and number % 100 == 0)


def _thousands(number: int, *, gender: Gender, is_european: bool) -> str:
    thousands, rest = divmod(number, 1000)
    if not thousands:
        return _hundreds(rest, gender=gender, is_european=is_european)
    head = "mil" if thousands == 1 else f"{_thousands(thousands, gender=gender, is_european=is_european)} mil"
    if not rest:
        return head
    return f"{head} {'e ' if _takes_and(rest) else ''}{_hundreds(rest, gender=gender, is_european=is_european)}"


def _hundreds(number: int, *, gender: Gender, is_european: bool) -> str:
    if number == 100:
        return "cem"
    hundreds, rest = divmod(number, 100)
    words = HUNDREDS[hundreds]
    if gender == "f" and hundreds > 1:
        words = f"{words[:-2]}as"
    if rest or not hundreds:
        words = f"{words} e {_tens(rest, gender=gender, is_european=is_european)}".removeprefix(" e ")
    return words


def _tens(number: int, *, gender: Gender, is_european: bool) -> str:
    if number < 20:
        words = EUROPEAN.get(number, SMALL[number]) if is_european else SMALL[number]
    else:
        tens, ones = divmod(number, 10)
        words = f"{TENS[tens]} e {SMALL[ones]}" if ones else TENS[tens]
    if gender == "f" and words.endswith(("um", "dois")):
        return f"{words.removesuffix('um').removesuffix('dois')}{'uma' if words.endswith('um') else 'duas'}"
    return words
