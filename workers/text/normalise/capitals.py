"""Reads words written in capitals as ordinary words; acronyms and initials keep their capitals."""

import re
from dataclasses import dataclass, field
from functools import cache
from typing import Final

from workers.text.normalise.languages.base import Language
from workers.text.normalise.languages.nouns import word_set
from workers.text.normalise.lexicon import Ambiguity, Lexicon, find_lexicon, is_pronounceable
from workers.text.normalise.rules.addresses import find_addresses
from workers.text.normalise.rules.money_codes import is_money_code
from workers.text.normalise.rules.words import CENTURIES, LONGEST_SPELLED, LONGEST_UNKNOWN, RANKED, ROMAN, roman_keywords, ruler_names
from workers.text.normalise.tables import load_table
from workers.text.spoken_text import SpokenText, SpokenTextBuilder

CAPITALS: Final = re.compile(r"[A-ZÀ-ÖØ-ÞŒŠŽ]{2}|[A-ZÀ-ÖØ-Þ]['’][A-ZÀ-ÖØ-Þ]")
"""Two capitals together, or an elided one: texts without them are not changed."""

TOKEN: Final = re.compile(r"[^\W_]{1,40}+|\n")
CONTRACTIONS: Final = word_set(load_table("capitals")["en"]["contractions"])
"""English endings after the apostrophe of IT'S and DON'T."""

NAME_PREFIXES: Final = frozenset("OD")
"""English: O'BRIEN, D'ARCY."""

STREETS: Final = word_set(load_table("capitals")["en"]["streets"])
"""English abbreviations after the name of a street."""

ELIDED: Final = frozenset(("fr", "it"))
"""Languages that elide an article before a word with an apostrophe."""

AFTER_FIGURES: Final = word_set(load_table("capitals")["shared"]["after_figures"])
STARTERS: Final = frozenset("\n.!?…")
OPENERS: Final = " \u00a0\t\"'“‘«„([{¿¡-–—*_#>"
SPACES: Final = " \u00a0\u202f"
LOWERED: Final = frozenset("₀₁₂₃₄₅₆₇₈₉")
"""Subscript figures of chemical formulas: Ca(OH)₂."""

SHORTEST_INITIALS: Final = 2
"""Unknown pairs of capitals are initials even among shouted words: all two-letter words are listed."""

LOOK_BACK: Final = 8
"""Characters searched backwards for the end of the previous sentence."""


@dataclass(slots=True)
class Token:
    """Word of the text: letters without adjacent figures."""

    text: str
    start: int
    is_capital: bool
    has_figure: bool = False
    is_shouted: bool = False
    """True if an ordinary word in capitals belongs to the same run of capitals."""
    neighbours: tuple[str, str] = field(default=("", ""))
    """Words before and after it, in lower case."""

    @property
    def end(self) -> int:
        return self.start + len(self.text)


def lower_capitals(text: str, *, language: Language) -> SpokenText:
    """Lower-case shouted words: HE WAS HERE, it is HIS, but NASA, the FBI and XIV."""
    if not language.spells_initials or not CAPITALS.search(text):
        return SpokenText.verbatim(text)
    lexicon = find_lexicon(language)
    tokens = _find_tokens(text, lexicon=lexicon)
    builder = SpokenTextBuilder(text)
    for at, token in enumerate(tokens):
        if not token.is_capital:
            continue
        word = _lower(text, tokens, at, language=language, lexicon=lexicon)
        if word != token.text:
            builder.keep(up_to=token.start)
            builder.say(word, up_to=token.end)
    return builder.build()


def _find_tokens(text: str, *, lexicon: Lexicon) -> list[Token]:
    """All words in order, with runs of shouted ones marked. Letters touching a figure or URL are no word."""
    addresses = list(find_addresses(text))[::-1]
    tokens: list[Token] = []
    run: list[Token] = []
    for match in TOKEN.finditer(text):
        while addresses and addresses[-1][1] <= match.start():
            addresses.pop()
        is_address = bool(addresses) and addresses[-1][0] <= match.start()
        word = match[0]
        is_capital = word.isalpha() and word.isupper() and not is_address
        if not is_capital:
            if word.isalpha() or word == "\n":
                _mark_run(run, lexicon=lexicon)
                run = []
            if word != "\n":
                tokens.append(Token(word, match.start(), is_capital=False, has_figure=not word.isalpha()))
            continue
        tokens.append(Token(word, match.start(), is_capital=True))
        run.append(tokens[-1])
    _mark_run(run, lexicon=lexicon)
    for at, token in enumerate(tokens):
        if token.is_capital:
            before = tokens[at - 1].text.lower() if at else ""
            after = tokens[at + 1].text.lower() if at + 1 < len(tokens) else ""
            token.neighbours = (before, after)
    return tokens


def _mark_run(run: list[Token], *, lexicon: Lexicon) -> None:
    is_shouted = len(run) > 1 and any(_is_surely_word(token.text, lexicon=lexicon) for token in run)
    for token in run:
        token.is_shouted = is_shouted


def _is_surely_word(word: str, *, lexicon: Lexicon) -> bool:
    """True if the word is in capitals only because it is shouted."""
    if word in lexicon.acronyms or word in lexicon.initials or word in lexicon.ambiguous or len(word) < 2:
        return False
    return word.lower() in lexicon.words or (len(word) > 3 and is_pronounceable(word) and not ROMAN.fullmatch(word))


def _lower(text: str, tokens: list[Token], at: int, *, language: Language, lexicon: Lexicon) -> str:
    """The token as it is read: a word in lower case, capitalised where a sentence or name begins."""
    token = tokens[at]
    word, before = token.text, tokens[at - 1] if at else None
    if len(word) == 1:
        return _lower_letter(text, tokens, at, language=language, lexicon=lexicon)
    title = _title(text, token, lexicon=lexicon)
    if title:
        return title
    if before and _is_after_apostrophe(text, before, token) and language.code == "en" and word in CONTRACTIONS:
        is_kept = len(before.text) > 1 and not is_word(text, tokens, at - 1, language=language, lexicon=lexicon)
        return word if is_kept and word != "S" else word.lower()
    if not is_word(text, tokens, at, language=language, lexicon=lexicon):
        return word
    if word in lexicon.proper and _is_proper(text, token, lexicon=lexicon):
        return lexicon.proper[word]
    written, word = word, _restore_accents(token, lexicon=lexicon)
    is_name = before is not None and language.code == "en" and before.text in NAME_PREFIXES and _is_after_apostrophe(text, before, token)
    is_titled = before is not None and before.text in lexicon.titles
    is_street = language.code == "en" and text[token.end : token.end + 6].split(" ")[:2][-1] in STREETS
    is_capital = is_name or is_titled or is_street or _starts_sentence(text, token.start)
    return word.capitalize() if is_capital else word.lower() if word == written else word


def _restore_accents(token: Token, *, lexicon: Lexicon) -> str:
    """The word with accents that capitals omit: ETE is été; unchanged without such a word."""
    word, (before, after) = token.text, token.neighbours
    rule = lexicon.accent_rules.get(word)
    if rule:
        is_accented = before in rule.before or after in rule.behind or after.endswith(rule.endings)
        return rule.word if is_accented else word
    return lexicon.accented.get(word, word)


def _is_proper(text: str, token: Token, *, lexicon: Lexicon) -> bool:
    """True for a name, or the first part of a contraction, with the same spelling as a word: MAY 5, but MAY and DON'T."""
    is_month = text[token.end : token.end + 2].strip(SPACES)[:1].isdecimal()
    is_contracted = text[token.end : token.end + 2] in {"'T", "’T"}
    return is_month or not (token.text.lower() in lexicon.words or is_contracted)


def _lower_letter(text: str, tokens: list[Token], at: int, *, language: Language, lexicon: Lexicon) -> str:
    """Single capital: an article or a conjunction among shouted words, the end of a contraction, an elided article."""
    token, before = tokens[at], tokens[at - 1] if at else None
    letter = token.text
    if before and language.code == "en" and _is_after_apostrophe(text, before, token) and letter in CONTRACTIONS:
        is_kept = letter != "S" or not before.is_capital
        return letter if is_kept and not before.is_capital else letter.lower()
    following = text[token.end : token.end + 2]
    is_elided = language.code in ELIDED and following[:1] in {"'", "’"} and following[1:].isalpha()
    is_first = _starts_sentence(text, token.start)
    if is_elided and (token.is_shouted or is_word(text, tokens, at + 1, language=language, lexicon=lexicon)):
        return letter if is_first else letter.lower()
    is_word_here = token.is_shouted and letter.lower() in lexicon.words and letter != ("I" if language.code == "en" else "")
    is_before_word = following[:1] == " " and following[1:].isalnum()
    is_numeral = before is not None and before.text in {name.upper() for name in language.roman_names}
    if not is_word_here or not is_before_word or is_first or is_numeral or token.neighbours[0] in lexicon.letter_before:
        return letter
    return letter.lower()


def _title(text: str, token: Token, *, lexicon: Lexicon) -> str:
    """Title case of a title, so that the abbreviation is recognised: MR. as Mr."""
    if text[token.end : token.end + 1] != ".":
        return ""
    name = lexicon.abbreviations.get(f"{token.text}.", "")
    if not name or name[:-1] == token.text:
        return ""
    is_followed = text[token.end + 1 : token.end + 3].strip()[:1].isalnum()
    if token.text.lower() in lexicon.words or token.text in lexicon.proper:
        return name[:-1] if text[token.end + 1 : token.end + 3].strip()[:1].isdecimal() else ""
    return name[:-1] if is_followed or token.is_shouted else ""


def _is_after_apostrophe(text: str, before: Token, token: Token) -> bool:
    return token.start - before.end == 1 and text[before.end] in "'’"


def _starts_sentence(text: str, position: int) -> bool:
    start = max(0, position - LOOK_BACK)
    before = text[start:position].rstrip(OPENERS)
    return (not before and start == 0) or before[-1:] in STARTERS


def is_word(text: str, tokens: list[Token], at: int, *, language: Language, lexicon: Lexicon) -> bool:
    """True if the capitals are a word and not initials, an acronym, a numeral, a unit or a currency."""
    token = tokens[at]
    if "&" in {text[token.start - 1 : token.start], text[token.end : token.end + 1]} or _is_fixed(text, token, language=language):
        return False
    following = tokens[at + 1] if at + 1 < len(tokens) else None
    is_contracted = following is not None and language.code == "en" and _is_after_apostrophe(text, token, following)
    if following and is_contracted and following.text in CONTRACTIONS and (following.text != "S" or token.text.lower() in lexicon.words):
        return True
    return _is_known_word(token, lexicon=lexicon)


def _is_known_word(token: Token, *, lexicon: Lexicon) -> bool:
    """True if the letters alone and the neighbouring words make it a word."""
    word = token.text
    if word in lexicon.ambiguous:
        return _is_ambiguous_word(token, lexicon.ambiguous[word])
    if word.lower() in lexicon.words or word in lexicon.lowered_acronyms:
        return True
    if word in lexicon.acronyms or word in lexicon.initials:
        return False
    if word in lexicon.proper:
        return token.is_shouted or len(word) > SHORTEST_INITIALS
    if word in lexicon.accented:
        return token.is_shouted or len(word) > LONGEST_UNKNOWN
    is_long = len(word) > LONGEST_UNKNOWN or (token.is_shouted and len(word) > SHORTEST_INITIALS)
    return is_long and (is_pronounceable(word) or len(word) > LONGEST_SPELLED)


def _is_fixed(text: str, token: Token, *, language: Language) -> bool:
    """True for a Roman numeral, a unit after figures, money, or part of a name with a full stop inside."""
    word, following = token.text, text[token.end : token.end + 2]
    if (following[:1] == "." and following[1:].isalpha()) or (following[:1] == ")" and following[1:] in LOWERED):
        return True
    is_after_figure = text[max(0, token.start - 2) : token.start].strip(SPACES)[-1:].isdecimal()
    if is_after_figure and (word in _units(language) or word in AFTER_FIGURES):
        return True
    if word == "AD" and following.strip(SPACES)[:1].isdecimal():
        return True
    if is_money_code(text, token.start, token.end, language=language):
        return True
    if not is_after_figure and ROMAN.fullmatch(word):
        return word.lower() not in find_lexicon(language).words or _is_numbered(text, token, language=language)
    return language.code == "en" and _is_state(text, token)


def _is_numbered(text: str, token: Token, *, language: Language) -> bool:
    """True if a word spelled like a Roman numeral stands where a numeral does: Paolo VI, secolo VI, IV-VI."""
    before, after = token.neighbours
    is_range_end = NUMERAL_BEFORE.search(text[max(0, token.start - LOOK_BACK) : token.start]) is not None
    keywords = roman_keywords(language) | CENTURIES
    is_after_name = not token.is_shouted and NAME_BEFORE.search(text[max(0, token.start - LONGEST_NAME) : token.start]) is not None
    is_after_keyword = (
        is_after_name or before in keywords or before.removesuffix("s") in keywords or before.capitalize() in ruler_names(language)
    )
    return is_range_end or is_after_keyword or after in CENTURIES or after in RANKED


@cache
def _units(language: Language) -> frozenset[str]:
    return frozenset(name.upper() for name in language.units)


NUMERAL_BEFORE: Final = re.compile(r"(?<![^\W_])[IVXLCDM]{1,7}[-–]$")
NAME_BEFORE: Final = re.compile(r"[^.!?…\s] [A-ZÀ-ÖØ-Þ][a-zà-öø-ÿ]{2,20} $|^[A-ZÀ-ÖØ-Þ][a-zà-öø-ÿ]{2,20} $")
LONGEST_NAME: Final = 24
STATES: Final = word_set(load_table("capitals")["en"]["states"])
STATE: Final = re.compile(r"[ \u00a0]\d{5}\b|[,.]|$")
CITY: Final = re.compile(r"[A-Z][a-z]{2,30}, $")


def _is_state(text: str, token: Token) -> bool:
    """True for an American state that is spelled like a word: Portland, OR 97201."""
    is_after_city = token.text in STATES and CITY.search(text[max(0, token.start - 34) : token.start]) is not None
    return is_after_city and STATE.match(text, token.end) is not None


def _is_ambiguous_word(token: Token, ambiguity: Ambiguity) -> bool:
    before, after = token.neighbours
    if before in ambiguity.initials_after or after in ambiguity.initials_before:
        return False
    if before in ambiguity.word_after or after in ambiguity.word_before:
        return True
    return token.is_shouted or not ambiguity.is_initials
