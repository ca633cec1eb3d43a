"""Words whose reading differs from their spelling: abbreviations, initials, acronyms, Roman numerals."""

import re
from functools import cache
from typing import Final

from workers.text.normalise.context import Context, Reading
from workers.text.normalise.languages.base import Language
from workers.text.normalise.languages.nouns import word_set
from workers.text.normalise.lexicon import find_lexicon, is_pronounceable
from workers.text.normalise.tables import load_table

_NEIGHBOURS: Final = load_table("neighbours")

INITIALS: Final = re.compile(r"(?:[^\W\d_]\.){2,12}")
CAPITALS: Final = re.compile(r"([A-ZÀ-ÖØ-Þ]{2,40}+)(s?)(?![^\W\d_]|['’][A-Z])")
ROMAN: Final = re.compile(
    r"(M{0,3}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3}))([eè](?:me)?|[er]{2}|º|ª|\.(?=[ ,;:)]))?(?![^\W_])"
)
COMPOUND: Final = re.compile(r"[^\W\d_]{2,40}\.")
WEEKDAYS: Final = re.compile(r"([^\W\d_]{2,5})\.?[ \u00a0]?[-–—][ \u00a0]?([^\W\d_]{2,5})\b\.?")
DATED_WEEKDAY: Final = re.compile(r"([^\W\d_]{2,5})\.(,?)(?=\s\d{1,2}(?:[./]\s?(?:\d|[^\W\d_])|\s[^\W\d_]))")
ROMAN_RANGE: Final = re.compile(r"([IVXL]{1,7})(e|ème)?[-–]([IVXL]{1,7})(e|ème)?(?![^\W_])")
MAXIMUM_RANGE: Final = 60
RANKED: Final = word_set(_NEIGHBOURS["ranked"])
"""Spanish, Italian and Portuguese nouns with Roman ordinals."""

ARTICLES: Final = word_set(_NEIGHBOURS["articles"])
ROMAN_DIGITS: Final = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}
CENTURIES: Final = word_set(_NEIGHBOURS["centuries"])
ABBREVIATED_CENTURIES: Final = word_set(_NEIGHBOURS["abbreviated_centuries"])
LONGEST_SPELLED: Final = 8
LONGEST_UNKNOWN: Final = 3
"""Longest unknown capitals that are initials even with a vowel."""

NOISES: Final = re.compile(r"HMM+|(.)\1{2,}|[PS]*SH+|[BG]RR+")
"""Interjections, not initials: HMM, SHH, ZZZ."""

RULED: Final = word_set(_NEIGHBOURS["ruled"])
"""English words after "Charles I" that never follow the pronoun."""

ENDINGS: Final = word_set(_NEIGHBOURS["endings"])
"""Abbreviations whose full stop ends the sentence before a figure; others precede figures, approx. 5."""

AND_WORDS: Final = word_set(_NEIGHBOURS["and_words"])
"""Words between titles: Mr. and Mrs."""


@cache
def _abbreviation_pattern(language: Language) -> re.Pattern[str]:
    names = "|".join(map(re.escape, sorted(language.abbreviations, key=len, reverse=True))) or "(?!)"
    return re.compile(rf"({names})(?![^\W_])")


def read_abbreviation(context: Context, position: int) -> Reading | None:
    """Abbreviation (Dr., z. B., approx.); the table states what must follow."""
    pattern = _abbreviation_pattern(context.language)
    match = pattern.match(context.text, position)
    if not match:
        return _compound(context, position)
    words = context.language.abbreviations[match[1]]
    kind, words = (words[0], words[1:]) if words[0] in "^*#" else ("", words)
    end = match.end()
    words = context.language.expand(words, after=context.word_after(end))
    rest = context.text[end : end + 2].lstrip(" \u00a0-")
    is_titled = rest[:1].isupper() or rest[:1] == "&" or context.word_after(end) in AND_WORDS
    if (kind == "#" and not rest[:1].isdecimal() and not _is_numbered(context, end)) or (kind == "*" and not is_titled):
        return None
    is_end = context.ends_sentence(end) or (match[1].lower() in ENDINGS and context.precedes_figure(end))
    is_kept = match[1].endswith(".") and kind == "" and is_end and not _is_continued(context, end)
    return Reading(end - is_kept, words)


def _is_numbered(context: Context, end: int) -> bool:
    """True if a Roman numeral of more than one letter follows: vol. II."""
    match = ROMAN.match(context.text, end + 1) if context.character(end) == " " else None
    return match is not None and len(match[1]) > 1


def _is_continued(context: Context, end: int) -> bool:
    """True if an abbreviation follows that never begins a sentence: Bros. Ltd."""
    match = _abbreviation_pattern(context.language).match(context.text, end + 1) if context.character(end) == " " else None
    return match is not None and context.language.abbreviations[match[1]][0] not in "^*#"


def _compound(context: Context, position: int) -> Reading | None:
    """Abbreviation at the end of a word: Hauptstr."""
    match = COMPOUND.match(context.text, position)
    ends = context.language.compound_abbreviations
    name = next((end for end in ends if match and match[0].endswith(end) and len(match[0]) > len(end) + 1), "") if ends else ""
    if not match or not name:
        return None
    is_kept = context.ends_sentence(match.end())
    return Reading(match.end() - is_kept, match[0].removesuffix(name) + ends[name])


def read_weekdays(context: Context, position: int) -> Reading | None:
    """Mon.-Fri., Mo-Fr; Mo., 5. Mai."""
    match = WEEKDAYS.match(context.text, position)
    days = context.language.weekdays
    dated = DATED_WEEKDAY.match(context.text, position)
    if dated and dated[1] in days:
        return Reading(dated.end(), f"{days[dated[1]]}{dated[2]}")
    if not match or match[1] not in days or match[2] not in days:
        return None
    is_kept = context.text[match.end() - 1] == "." and context.ends_sentence(match.end())
    return Reading(match.end() - is_kept, f"{days[match[1]]} {context.language.to} {days[match[2]]}")


def read_initials(context: Context, position: int) -> Reading | None:
    """Initials with full stops: U.S.A., e.V."""
    match = INITIALS.match(context.text, position)
    if not match or context.character(match.end()).isalnum():
        return None
    end = match.end()
    after = context.word_after(end)
    is_end = context.ends_sentence(end) and (not after or after.lower() in find_lexicon(context.language).words)
    return Reading(end - is_end, context.language.spell(match[0].replace(".", "")))


def read_roman(context: Context, position: int) -> Reading | None:
    """Roman numeral (Henry VIII, Chapter IV, XXIe siècle); never the pronoun I."""
    match = ROMAN.match(context.text, position)
    if not match or not match[1] or context.character(position - 1) in {"'", "’", "-", "&"}:
        return None
    before = context.word_before(position)
    is_beside = context.character(position - 1) == " " and context.character(position - 2) not in set(".,;:!?")
    if not is_beside and not (context.text[position - 2 : position] == ". " and before in ABBREVIATED_CENTURIES):
        before = ""
    words = _say_roman(context, match, before=before)
    is_rank = context.language.code == "de" and (
        not context.ends_sentence(match.end()) or context.word_after(match.end()).lower() in CENTURIES or before.lower() in ARTICLES
    )
    is_full_stop = match[2] == "." and not is_rank
    return Reading(match.end() - is_full_stop, words) if words else None


def read_roman_range(context: Context, position: int) -> Reading | None:
    """XVI-XVII, XVIe-XVIIIe siècles, IV–VI."""
    match = ROMAN_RANGE.match(context.text, position)
    if not match or not ROMAN.fullmatch(match[1]) or not ROMAN.fullmatch(match[3]):
        return None
    first, last = roman_value(match[1]), roman_value(match[3])
    if not first < last <= MAXIMUM_RANGE or len(match[3]) < 2:
        return None
    language, beside = context.language, {context.word_before(position).lower(), context.word_after(match.end()).lower()}
    is_century = bool(beside & CENTURIES) or bool(match[2] and match[4])
    say = language.century if is_century else language.cardinal
    return Reading(match.end(), f"{say(first)} {language.to} {say(last)}")


def _say_roman(context: Context, match: re.Match[str], *, before: str) -> str | None:
    """Numeral as a century, an ordinal, or a number after a keyword or a name; None if it is none."""
    language, numeral, value = context.language, match[1], roman_value(match[1])
    after = context.word_after(match.end())
    if value <= 30 and (after.lower() in CENTURIES or before.lower() in CENTURIES):
        return _century(context, value, before=before, after=after)
    rank = _rank_of(context, match, value=value, before=before, after=after)
    if rank:
        return rank
    is_ruler = _is_ruler(context, match.start(), before)
    if match[2] and match[2] != ".":
        is_rank = len(numeral) > 1 or is_ruler or (numeral in "VX" and after == "République")
        return language.ordinal_suffix(value, match[2], before=before, after=after) if is_rank else None
    if len(numeral) == 1 and not _may_stand_alone(context, match, before, is_ruler=is_ruler):
        return None
    if is_ruler:
        return language.regnal(value, name=before)
    is_small = set(numeral) <= set("IVX") and value < 40 and len(numeral) > 1 and numeral.lower() not in find_lexicon(language).words
    return language.cardinal(value) if is_small or before.lower() in roman_keywords(language) else None


@cache
def roman_keywords(language: Language) -> frozenset[str]:
    """Lower-case words before a Roman numeral that is read as a number."""
    return language.roman_keywords | _ruler_words(language, "keywords")


@cache
def ruler_names(language: Language) -> frozenset[str]:
    """Names of kings, queens and popes."""
    return language.roman_names | _ruler_words(language, "names")


@cache
def _ruler_words(language: Language, key: str) -> frozenset[str]:
    return frozenset(load_table("rulers").get(language.code, {}).get(key, "").split())


def _is_ruler(context: Context, position: int, name: str) -> bool:
    """True if the name before a numeral is a ruler's: a known one, or one after a title."""
    language = context.language
    if name in _ruler_words(language, "letters"):  # Malcolm X
        return False
    if name in ruler_names(language):
        return True
    title = context.word_before(position - len(name) - 1) if name[:1].isupper() else ""
    return title in _ruler_words(language, "titles") and context.character(position - len(name) - 2) in {" ", "\u00a0"}


def _rank_of(context: Context, match: re.Match[str], *, value: int, before: str, after: str) -> str | None:
    """Numeral as an ordinal before the counted noun: la II Guerra Mundial, der II. Weltkrieg."""
    language = context.language
    if language.code == "de":
        is_rank = match[2] == "." and before.lower() in ARTICLES and after[:1].isupper() and 0 < value < ROMAN_DIGITS["C"]
        return language.ordinal_suffix(value, ".", before=before, after=after) if is_rank else None
    if not match[2] and value < ROMAN_DIGITS["C"] and after.lower() in RANKED:
        return language.ordinal(value, gender=language.gender_of(after))
    return None


def _century(context: Context, value: int, *, before: str, after: str) -> str:
    language = context.language
    if language.code == "de":
        if before.lower() in {"das", "dieses", "jedes"}:
            return language.century(value)[:-1]
        dative = after.lower().endswith("s") or before.lower() in {"im", "am", "dem", "des", "vom", "zum"}
        return language.century(value) if not dative else f"{language.century(value)[:-1]}n"
    return language.century(value)


def _may_stand_alone(context: Context, match: re.Match[str], before: str, *, is_ruler: bool) -> bool:
    """True if one letter is a numeral: never the English pronoun I, and only beside a word that requires a number."""
    language, numeral, end = context.language, match[1], match.end()
    keywords = roman_keywords(language)
    if not is_ruler and not (before.lower() in keywords and before[:1].isupper()):
        return before.lower() in keywords and language.code != "en" and numeral in "IVX"
    if numeral != "I" or language.code != "en" or before == "War":
        return numeral in "IVX"
    return context.character(end) in {"", *".,;:!?)\n"} or context.word_after(end) in RULED


def roman_value(numeral: str) -> int:
    """Value of a well-formed numeral: 14 for XIV."""
    values = [ROMAN_DIGITS[letter] for letter in numeral]
    return sum(-value if value < following else value for value, following in zip(values, [*values[1:], 0], strict=True))


def read_capitals(context: Context, position: int) -> Reading | None:
    """Capitals by their letters (FBI); words and acronyms stay. Shouted words are lower-case already."""
    match = CAPITALS.match(context.text, position)
    if not match or not context.language.spells_initials or not _is_spelled(match[1], language=context.language):
        return None
    is_attached = bool(match[2]) or context.character(match.end()).isdecimal()
    if is_attached and _is_plain_word(match[1], language=context.language):
        return None
    return Reading(match.end(), f"{context.language.spell(match[1])}{chr(39) + 's' if match[2] else ''}")


def _is_plain_word(word: str, *, language: Language) -> bool:
    """True if the capitals are an ordinary word and never initials, as in ARM64 and GETs."""
    lexicon = find_lexicon(language)
    return word.lower() in lexicon.words and word not in lexicon.ambiguous and word not in lexicon.initials


def _is_spelled(word: str, *, language: Language) -> bool:
    """True if capitals are read as letters: known initials, and words that are too short or have too few vowels."""
    lexicon = find_lexicon(language)
    if len(word) > LONGEST_SPELLED or word in lexicon.acronyms or NOISES.fullmatch(word):
        return False
    return word in lexicon.initials or len(word) <= LONGEST_UNKNOWN or not is_pronounceable(word)
