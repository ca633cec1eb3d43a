"""English number words."""

from typing import Final

from workers.text.normalise.languages.number_words import load_number_words

NUMBERS: Final = load_number_words("en")
SMALL: Final = NUMBERS.lists["small"]
TENS: Final = NUMBERS.lists["tens"]
SCALES: Final = NUMBERS.scales["all"]
ORDINALS: Final = NUMBERS.forms["ordinals"]


def cardinal(number: int, *, has_and: bool = False) -> str:
    """One hundred (and) five; below 10 to the 18th."""
    words = []
    for scale, name, _ in SCALES:
        if number >= scale:
            words.append(f"{_hundreds(number // scale, has_and=has_and)} {name}")
            number %= scale
    if number or not words:
        link = "and " if has_and and words and 0 < number < 100 else ""
        words.append(link + _hundreds(number, has_and=has_and))
    return " ".join(words)


def ordinal(number: int, *, has_and: bool = False) -> str:
    """Twenty-first."""
    words = cardinal(number, has_and=has_and)
    start = max(words.rfind(" "), words.rfind("-")) + 1
    return words[:start] + ordinal_word(words[start:])


def ordinal_word(word: str) -> str:
    """First for one, twentieth for twenty."""
    if word in ORDINALS:
        return ORDINALS[word]
    return f"{word[:-1]}ieth" if word.endswith("y") else f"{word}th"


def year(number: int, *, has_and: bool = False) -> str:
    """Nineteen ninety-nine, two thousand five, ten sixty-six."""
    century, rest = divmod(number, 100)
    if not 1010 <= number <= 9999 or (century % 10 == 0 and rest < 10):
        return cardinal(number, has_and=has_and)
    if rest == 0:
        return f"{cardinal(century)} hundred"
    return f"{cardinal(century)} {'oh ' if rest < 10 else ''}{cardinal(rest)}"


def _hundreds(number: int, *, has_and: bool) -> str:
    hundreds, rest = divmod(number, 100)
    words = f"{SMALL[hundreds]} hundred" if hundreds else ""
    if not rest and hundreds:
        return words
    link = (" and " if has_and else " ") if hundreds else ""
    return words + link + _tens(rest)


def _tens(number: int) -> str:
    if number < 20:
        return SMALL[number]
    tens, ones = divmod(number, 10)
    return f"{TENS[tens]}-{SMALL[ones]}" if ones else TENS[tens]
