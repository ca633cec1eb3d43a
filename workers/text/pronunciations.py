"""Custom pronunciations: parses the rules and applies them to plain text."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from workers.contract.markup import PronunciationRule
from workers.contract.tags import covers_tag, is_tag, normalise_tag
from workers.text.markup.parse import GROWTH_CHARACTERS, GROWTH_FACTOR
from workers.text.markup.scan import is_markup
from workers.text.spoken_text import SpokenText, SpokenTextBuilder

MOST_RULES: Final = 200
LONGEST_WORD: Final = 100
LONGEST_REPLACEMENT: Final = 200

WIDEST_SPACE: Final = 8
"""Most spaces or line breaks that match a single space in a rule of several words."""

_FIELDS: Final = frozenset({"word", "replacement", "language", "case_sensitive"})
_ROW_FIELDS: Final = frozenset({"id", "created_at", "updated_at"})
"""Further fields of a row of GET /v1/pronunciations/, accepted so that rows can be sent back unchanged."""

_SPOKEN_PUNCTUATION: Final = frozenset("%&@#*/\\§¶†‡")
_EVEN: Final = str.maketrans({"’": "'", "ʼ": "'", "\t": " ", "\n": " ", "\r": " ", "\u00a0": " ", "\u202f": " "})
_SIGMA: Final = str.maketrans({"ς": "σ"})
_UNSPACED: Final = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
"""Thai, Lao, Burmese, Khmer, Kana and Han: scripts without spaces between words."""
_UNSPACED_CHARACTER: Final = re.compile(f"[{_UNSPACED}]")
_JOINERS: Final = frozenset("_\u200c\u200d")


class PronunciationError(ValueError):
    """Invalid rules. `index` is the position of the faulty rule, counted from 0, if there is one."""

    def __init__(self, message: str, *, index: int | None = None) -> None:
        super().__init__(message if index is None else f"pronunciations[{index}]: {message}")
        self.message = message
        self.index = index


def read_pronunciations(value: object) -> tuple[PronunciationRule, ...]:
    """Rules of a request's `pronunciations`: an object of words and replacements, or an array of rules. Raises PronunciationError."""
    if value is None:
        return ()
    if not isinstance(value, Mapping | list | tuple):
        raise PronunciationError("pronunciations must be an object of words and replacements, or an array of rules")
    if len(value) > MOST_RULES:
        raise PronunciationError(f"at most {MOST_RULES} pronunciations are allowed, not {len(value)}")
    rules: list[PronunciationRule] = []
    places: dict[tuple[str, str, str], int] = {}
    for index, entry in enumerate(_entries(value)):
        try:
            rule = read_rule(entry)
        except PronunciationError as error:
            raise PronunciationError(error.message, index=index) from None
        key = (_fold(rule.word), rule.language, _even(rule.word) if rule.case_sensitive else "")
        if key in places:
            raise PronunciationError(f"{rule.word!r} is the word of pronunciations[{places[key]}] too", index=index)
        places[key] = index
        rules.append(rule)
    return tuple(rules)


def _entries(value: Mapping[object, object] | Sequence[object]) -> Iterator[object]:
    if isinstance(value, Mapping):
        for word, replacement in value.items():
            yield {"word": word, "replacement": replacement}
    else:
        yield from value


def read_rule(value: object) -> PronunciationRule:
    """One rule: an element of the array or the body of POST /v1/pronunciations/. Raises PronunciationError."""
    if not isinstance(value, Mapping):
        raise PronunciationError("must be an object with word and replacement")
    unknown = sorted(str(name) for name in value if name not in _FIELDS | _ROW_FIELDS)
    if unknown:
        raise PronunciationError(f"unknown field {unknown[0]!r}; known are word, replacement, language, case_sensitive")
    case_sensitive = value.get("case_sensitive", False)
    if not isinstance(case_sensitive, bool):
        raise PronunciationError("case_sensitive must be true or false")
    word = _read_text(value.get("word"), "word", LONGEST_WORD)
    if not any(unicodedata.category(character)[0] in "LNS" or character in _SPOKEN_PUNCTUATION for character in word):
        raise PronunciationError("word must hold a letter, a digit or a symbol")
    replacement = _read_text(value.get("replacement"), "replacement", LONGEST_REPLACEMENT)
    if is_markup(replacement):
        raise PronunciationError("replacement must be plain text without tags")
    return PronunciationRule(word, replacement, _read_language(value.get("language")), case_sensitive)


def _read_text(value: object, name: str, longest: int) -> str:
    if not isinstance(value, str):
        raise PronunciationError(f"{name} must be a string")
    text = " ".join(value.split())
    if not text:
        raise PronunciationError(f"{name} must not be empty")
    if len(text) > longest:
        raise PronunciationError(f"{name} must have at most {longest} characters, not {len(text)}")
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in text):
        raise PronunciationError(f"{name} holds a control character")
    return text


def _read_language(value: object) -> str:
    if value is None or value == "":
        return ""
    tag = normalise_tag(value) if isinstance(value, str) else ""
    if not is_tag(tag):
        raise PronunciationError("language must be a tag such as en or en-GB, or left out")
    return tag


def merge_rules(*, request: Sequence[PronunciationRule], account: Sequence[PronunciationRule]) -> tuple[PronunciationRule, ...]:
    """Rules of a request, followed by those of the account's dictionary that the request does not override."""
    overridden: dict[str, list[str]] = {}
    for rule in request:
        overridden.setdefault(_fold(rule.word), []).append(rule.language)
    kept = (rule for rule in account if not any(covers_tag(own, rule.language) for own in overridden.get(_fold(rule.word), ())))
    return (*request, *kept)


def apply_pronunciations(text: str, rules: Sequence[PronunciationRule], *, language: str) -> SpokenText:
    """Apply the rules to a plain text of one language (BCP 47, empty if unknown).

    Only whole words match; the longest wins; replacements are not matched again. A sign at the edge of a word is a boundary by itself (.NET
    in ASP.NET, % in 50%), and words in Han, Kana, Thai, Lao, Khmer or Burmese letters match anywhere. Of several rules for a word the one
    with the narrower language wins, then the case-sensitive one, then the earlier. Linear in the length of the text. Raises
    PronunciationError if the replacements would make the text more than GROWTH_FACTOR times as long and GROWTH_CHARACTERS more.
    """
    if not rules or not text:
        return SpokenText.verbatim(text)
    matcher = _compile(tuple(rules), normalise_tag(language))
    builder = SpokenTextBuilder(text)
    growth, most = 0, GROWTH_CHARACTERS + GROWTH_FACTOR * len(text)
    for start, end, rule in matcher.find(text):
        builder.keep(up_to=start)
        spoken = _set_apart(rule.replacement, before=builder.last_character, after=text[end : end + 1])
        builder.say(spoken, up_to=end)
        growth += len(spoken) - (end - start)
        if growth > most:
            raise PronunciationError(f"the replacements would add more than {most} characters to {len(text)}")
    return builder.build()


def _set_apart(spoken: str, *, before: str, after: str) -> str:
    """Add spaces around the replacement of a symbol: 50% is "50 percent", C++11 "see plus plus 11"."""
    needs_before = _is_letter(before) and _is_letter(spoken[0])
    needs_after = _is_letter(after) and _is_letter(spoken[-1])
    return f"{' ' * needs_before}{spoken}{' ' * needs_after}"


@dataclass(frozen=True, slots=True)
class _Word:
    """One form of one rule's word, ready for comparison."""

    exact: str
    """Exact characters to match; empty if the rule ignores case."""
    replacement: str
    is_free_at_start: bool
    """True if a letter may precede the word: it begins with a sign, or its script puts no space between words."""
    is_free_at_end: bool


@dataclass(slots=True)
class _Node:
    """Node in the tree of folded words: its continuations, and the words that end here, best first."""

    children: dict[str, "_Node"] = field(default_factory=dict)
    words: list[_Word] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Matcher:
    """Rules of one language as a tree, and the characters that a word may begin with."""

    root: _Node
    starts: re.Pattern[str]

    def find(self, text: str) -> Iterator[tuple[int, int, _Word]]:
        """Start, end and rule of every match, from left to right, without overlaps."""
        folded, even = _fold(text), _even(text)
        position = 0
        while candidate := self.starts.search(folded, position):
            start = position = candidate.start()
            found = self._longest(folded, even, start)
            position += 1
            if found is not None:
                position, word = found
                yield start, position, word

    def _longest(self, folded: str, even: str, start: int) -> tuple[int, _Word] | None:
        is_edge = start == 0 or not _is_letter(folded[start - 1])
        node, position, found = self.root, start, None
        while position < len(folded) and (following := node.children.get(folded[position])):
            position = _skip_spaces(folded, position) if folded[position] == " " else position + 1
            node = following
            for word in node.words:
                if _fits(word, folded, even, (start, position), is_edge=is_edge):
                    found = (position, word)
                    break
        return found


def _fits(word: _Word, folded: str, even: str, place: tuple[int, int], *, is_edge: bool) -> bool:
    """True if a word whose folded letters matched is a whole word here, in the required case."""
    start, end = place
    if word.exact and " ".join(even[start:end].split()) != word.exact:
        return False
    return (is_edge or word.is_free_at_start) and (word.is_free_at_end or _is_word_end(folded, end))


@lru_cache(maxsize=128)
def _compile(rules: tuple[PronunciationRule, ...], language: str) -> _Matcher:
    applying = [rule for rule in rules if covers_tag(rule.language, language)]
    applying.sort(key=lambda rule: (-len(rule.language), not rule.case_sensitive))
    root = _Node()
    bound: set[str] = set()
    free: set[str] = set()
    for rule in applying:
        for form in {rule.word: 1, unicodedata.normalize("NFC", rule.word): 1, unicodedata.normalize("NFD", rule.word): 1}:
            word = _word(form, rule)
            node = root
            for character in _fold(form):
                node = node.children.setdefault(character, _Node())
            node.words.append(word)
            (free if word.is_free_at_start else bound).add(_fold(form)[0])
    return _Matcher(root, _starts(bound=bound, free=free))


def _word(form: str, rule: PronunciationRule) -> _Word:
    exact = _even(form) if rule.case_sensitive else ""
    return _Word(exact, rule.replacement, is_free_at_start=not _is_letter(form[0]), is_free_at_end=not _is_letter(form[-1]))


def _starts(*, bound: set[str], free: set[str]) -> re.Pattern[str]:
    """Pattern for places where a word may begin: some characters anywhere, others not directly after a letter or digit."""
    branches = [f"[{''.join(map(re.escape, sorted(free)))}]"] if free else []
    if bound:
        branches.append(rf"(?<![^\W{_UNSPACED}])[{''.join(map(re.escape, sorted(bound)))}]")
    return re.compile("|".join(branches) or r"(?!)")


def _is_letter(character: str) -> bool:
    """True for a character that joins its neighbour to one word: a letter, digit or mark of a script with spaces between words."""
    if not character or _UNSPACED_CHARACTER.match(character):
        return False
    return character.isalnum() or character in _JOINERS or unicodedata.category(character)[0] == "M"


def _is_word_end(folded: str, end: int) -> bool:
    """True if a word ends before `end`. An apostrophe continues it (can't, l'eau), except for an English 's."""
    following = folded[end : end + 1]
    if following == "'" and _is_letter(folded[end + 1 : end + 2]):
        return folded[end + 1] == "s" and not _is_letter(folded[end + 2 : end + 3])
    return not _is_letter(following)


def _skip_spaces(folded: str, position: int) -> int:
    end = position
    while end < min(len(folded), position + WIDEST_SPACE) and folded[end] == " ":
        end += 1
    return end


def _even(text: str) -> str:
    """Unify apostrophes and spaces, keeping the length."""
    return text.translate(_EVEN)


def _fold(text: str) -> str:
    """Lower-case, keeping the length: a letter with a longer lower case is unchanged."""
    lower = text.lower()
    if len(lower) != len(text):
        lower = "".join(folded if len(folded := character.lower()) == 1 else character for character in text)
    return lower.translate(_SIGMA).translate(_EVEN)
