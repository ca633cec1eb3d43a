"""Italian number words."""

from typing import Final

from workers.text.normalise.languages.number_words import load_number_words

NUMBERS: Final = load_number_words("it")
SMALL: Final = NUMBERS.lists["small"]
TENS: Final = NUMBERS.lists["tens"]
ORDINALS: Final = NUMBERS.lists["ordinals"]
SCALES: Final = NUMBERS.scales["all"]


def cardinal(number: int) -> str:
    """Milleduecentotrentaquattro; below 10 to the 18th."""
    words = []
    for scale, singular, plural in SCALES:
        if number >= scale:
            count = number // scale
            words.append(f"un {singular}" if count == 1 else f"{_accented(_hundreds(count))} {plural}")
            number %= scale
    if number or not words:
        words.append(_accented(_thousands(number)))
    return " ".join(words)


def ordinal(number: int, *, gender: str = "m") -> str:
    """Ventunesimo, ventitreesimo, ventunesima."""
    if number <= 10:
        word = ORDINALS[number]
    else:
        stem = cardinal(number).replace(" ", "").replace("é", "e")
        ones = number % 10 if number % 100 not in {11, 12, 13, 14, 15, 16, 17, 18, 19} else 0
        if number % 10**6 == 0:
            stem = stem.removeprefix("un").removesuffix("e").removesuffix("i").removesuffix("o")
        elif number % 1000 == 0:
            stem = stem.removesuffix("mille").removesuffix("mila") + "mill"
        elif ones not in {3, 6}:
            stem = stem[:-1]
        word = f"{stem}esimo"
    return f"{word[:-1]}a" if gender == "f" else word


def _accented(word: str) -> str:
    """Accent of compounds that end in three: ventitré."""
    return f"{word[:-1]}é" if word.endswith("tre") and word != "tre" else word


def _thousands(number: int) -> str:
    thousands, rest = divmod(number, 1000)
    if not thousands:
        return _hundreds(rest)
    head = "mille" if thousands == 1 else f"{_hundreds(thousands)}mila"
    return head + (_hundreds(rest) if rest else "")


def _hundreds(number: int) -> str:
    hundreds, rest = divmod(number, 100)
    if not hundreds:
        return _tens(rest)
    head = "cento" if hundreds == 1 else f"{SMALL[hundreds]}cento"
    is_elided = rest == 8 or rest // 10 == 8  # centotto, centottanta
    return (head[:-1] if is_elided else head) + (_tens(rest) if rest else "")


def _tens(number: int) -> str:
    if number < 20:
        return SMALL[number]
    tens, ones = divmod(number, 10)
    head = TENS[tens][:-1] if ones in {1, 8} else TENS[tens]
    return head + (SMALL[ones] if ones else "")
