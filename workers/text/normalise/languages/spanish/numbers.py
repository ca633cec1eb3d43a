"""Spanish number words."""

from typing import Final

from workers.text.normalise.languages.nouns import Gender
from workers.text.normalise.languages.number_words import load_number_words

NUMBERS: Final = load_number_words("es")
SMALL: Final = NUMBERS.lists["small"]
TENS: Final = NUMBERS.lists["tens"]
HUNDREDS: Final = NUMBERS.lists["hundreds"]
ORDINAL_ONES: Final = NUMBERS.lists["ordinal_ones"]
ORDINAL_TENS: Final = NUMBERS.lists["ordinal_tens"]
ORDINAL_HUNDREDS: Final = NUMBERS.lists["ordinal_hundreds"]
SCALES: Final = NUMBERS.scales["all"]
TEENS: Final = NUMBERS.by_number["ordinal_teens"]


def cardinal(number: int, *, gender: Gender = "m", has_noun: bool = False) -> str:
    """Veintiún (libros), veintiuna (mesas), veintiuno; below 10 to the 18th."""
    words = []
    for scale, singular, plural in SCALES:
        if number >= scale:
            count = number // scale
            words.append(f"{_thousands(count, gender='m', has_noun=True)} {singular if count == 1 else plural}")
            number %= scale
    if number or not words:
        words.append(_thousands(number, gender=gender, has_noun=has_noun))
    return " ".join(words)


def ordinal(number: int, *, gender: Gender = "m") -> str:
    """Vigésimo primero, vigésima primera; from a thousand the thousands are one word in front."""
    words = []
    if number % 10**6 == 0:
        return (
            "" if number == 10**6 else cardinal(number // 10**6, has_noun=True).replace(" ", "")
        ) + f"millonésim{'a' if gender == 'f' else 'o'}"
    if number >= 1000:
        words.append(("" if number // 1000 == 1 else cardinal(number // 1000, has_noun=True).replace(" ", "")) + "milésimo")
        number %= 1000
    words += [ORDINAL_HUNDREDS[number // 100]]
    tens, ones = divmod(number % 100, 10)
    if number % 100 in TEENS:
        words.append(TEENS[number % 100])
    elif tens == 1 and ones:
        words.append(f"decim{ORDINAL_ONES[ones] if ones == 8 else 'o' + ORDINAL_ONES[ones]}")
    else:
        words += [ORDINAL_TENS[tens], ORDINAL_ONES[ones]]
    words = [word for word in words if word]
    return " ".join(f"{word[:-1]}a" if gender == "f" else word for word in words)


def _thousands(number: int, *, gender: Gender, has_noun: bool) -> str:
    thousands, rest = divmod(number, 1000)
    if not thousands:
        return _hundreds(rest, gender=gender, has_noun=has_noun)
    head = "mil" if thousands == 1 else f"{_hundreds(thousands, gender=gender, has_noun=True)} mil"
    return f"{head} {_hundreds(rest, gender=gender, has_noun=has_noun)}" if rest else head


def _hundreds(number: int, *, gender: Gender, has_noun: bool) -> str:
    if number == 100:
        return "cien"
    hundreds, rest = divmod(number, 100)
    words = HUNDREDS[hundreds]
    if gender == "f" and hundreds > 1:
        words = f"{words[:-2]}as"
    if rest or not hundreds:
        words = f"{words} {_tens(rest, gender=gender, has_noun=has_noun)}".strip()
    return words


def _tens(number: int, *, gender: Gender, has_noun: bool) -> str:
    if number < 30:
        words = SMALL[number]
    else:
        tens, ones = divmod(number, 10)
        words = f"{TENS[tens]} y {SMALL[ones]}" if ones else TENS[tens]
    if not words.endswith("uno"):
        return words
    if gender == "f":
        return f"{words[:-1]}a"
    if not has_noun:
        return words
    return "veintiún" if number == 21 else words[:-1]
