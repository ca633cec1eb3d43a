"""Cuts the first sentences of a script that somebody listens to: the first sound comes after a short clause, and later pieces grow."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from workers.text.markup.boundaries import CUTS, PAUSES, SPACE, Break
from workers.text.markup.sizes import FIRST_SIZE, FIRST_WITHOUT_CLAUSE, LEAST_SIZE, size_of
from workers.text.script import Script, Utterance

GROWTH: Final = 2.5
"""Size of a piece against the one before, which is heard while this one is computed: engines take a third of real time on one core."""
LONGEST_CUT: Final = 250
"""Size from which pieces are no longer cut."""

_WORD_CUT: Final = next(pattern for kind, pattern in CUTS if kind is Break.WORD)


def with_short_start(script: Script, *, pause_scale: float) -> Script:
    """The script with its first utterances cut at clauses. pause_scale: factor of natural pauses."""
    pieces: list[Utterance] = []
    for position, utterance in enumerate(script.utterances):
        rest = utterance
        while (limit := _limit(pieces)) < LONGEST_CUT and size_of(rest.spoken.text) > limit:
            cut = _find_cut(rest, limit=limit, is_first=not pieces)
            if cut is None:
                break
            piece, rest = _cut(rest, at=cut[0], pause_after=PAUSES[cut[1]] * pause_scale)
            pieces.append(piece)
        pieces.append(rest)
        if _limit(pieces) >= LONGEST_CUT:
            return replace(script, utterances=(*pieces, *script.utterances[position + 1 :]))
    return replace(script, utterances=tuple(pieces))


def _limit(pieces: list[Utterance]) -> float:
    return max(FIRST_SIZE, GROWTH * size_of(pieces[-1].spoken.text)) if pieces else LEAST_SIZE


def _find_cut(utterance: Utterance, *, limit: float, is_first: bool) -> tuple[int, Break] | None:
    """Place to cut at: the first clause of a response, otherwise the last one within the limit."""
    text = utterance.spoken.text
    most = FIRST_SIZE if is_first else limit
    found = [cut for cut in _clauses(text) if size_of(text[: cut[0]]) <= most and _is_good(utterance, cut[0])]
    if found:
        return found[0 if is_first else -1]
    if is_first and size_of(text) > FIRST_WITHOUT_CLAUSE:
        spaces = [match.end() for match in _WORD_CUT.finditer(text) if size_of(text[: match.end()]) <= FIRST_SIZE]
        good = [end for end in spaces if _is_good(utterance, end)]
        return (good[-1], Break.WORD) if good else None
    return None


def _clauses(text: str) -> Iterator[tuple[int, Break]]:
    """Ends of clauses with the space after them, in the order of the text."""
    kinds = [(kind, pattern) for kind, pattern in CUTS if kind is not Break.WORD]
    ends = sorted((match.end(), kind.value) for kind, pattern in kinds for match in pattern.finditer(text))
    for end, kind in ends:
        yield SPACE.match(text, end).end(), Break(kind)  # type: ignore[union-attr]  # it matches the empty string


def _is_good(utterance: Utterance, cut: int) -> bool:
    """True if both pieces are long enough and no rewritten word or given phonemes lie across the cut."""
    spoken = utterance.spoken
    if min(size_of(spoken.text[:cut]), size_of(spoken.text[cut:])) < LEAST_SIZE:
        return False
    before, after = spoken.slice(0, cut), spoken.slice(cut, len(spoken.text))
    is_between_words = before.start + len(before.written) <= after.start
    return is_between_words and not any(one.start < cut < one.end for one in utterance.given_phonemes)


def _cut(utterance: Utterance, *, at: int, pause_after: float) -> tuple[Utterance, Utterance]:
    spoken, end = utterance.spoken, len(utterance.spoken.text)
    return (
        replace(
            utterance,
            spoken=spoken.slice(0, at),
            pause_after=pause_after,
            given_phonemes=tuple(one for one in utterance.given_phonemes if one.end <= at),
        ),
        replace(
            utterance,
            spoken=spoken.slice(at, end),
            given_phonemes=tuple(one.within(at, end) for one in utterance.given_phonemes if one.start >= at),
        ),
    )
