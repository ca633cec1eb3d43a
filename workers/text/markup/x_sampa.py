r"""Converts X-SAMPA, phonemes in ASCII, to IPA (J. C. Wells, "Computer-coding the IPA", University College London, 1995)."""

import re
from typing import Final

ALPHABETS: Final = ("ipa", "x-sampa", "xsampa")
"""Accepted values of the alphabet attribute of <phoneme>."""

# Pairs of X-SAMPA and IPA. Letters that are the same in both stand by themselves.
_CONSONANTS: Final = r"""
b b  b_< ɓ  c c  d d  d` ɖ  d_< ɗ  f f  g ɡ  g_< ɠ  h h  h\ ɦ  j j  j\ ʝ  k k  l l  l` ɭ  l\ ɺ  m m  n n  n` ɳ  p p  p\ ɸ  q q
r r  r` ɽ  r\ ɹ  r\` ɻ  s s  s` ʂ  s\ ɕ  t t  t` ʈ  v v  v\ ʋ  w w  x x  x\ ɧ  z z  z` ʐ  z\ ʑ
B β  B\ ʙ  C ç  D ð  F ɱ  G ɣ  G\ ɢ  G\_< ʛ  H ɥ  H\ ʜ  J ɲ  J\ ɟ  J\_< ʄ  K ɬ  K\ ɮ  L ʎ  L\ ʟ  M\ ɰ  N ŋ  N\ ɴ  O\ ʘ  P ʋ
R ʁ  R\ ʀ  S ʃ  T θ  W ʍ  X χ  X\ ħ  Z ʒ  4 ɾ  5 ɫ  ? ʔ  ?\ ʕ  <\ ʢ  >\ ʡ  !\ ǃ  |\ ǀ  |\|\ ǁ  =\ ǂ
"""
_VOWELS: Final = r"""
a a  e e  i i  o o  u u  y y  A ɑ  E ɛ  I ɪ  I\ ᵻ  M ɯ  O ɔ  Q ɒ  U ʊ  U\ ᵿ  V ʌ  Y ʏ
@ ə  @\ ɘ  @` ɚ  { æ  } ʉ  1 ɨ  2 ø  3 ɜ  3\ ɞ  3` ɝ  6 ɐ  7 ɤ  8 ɵ  9 œ  & ɶ
"""
_STRESS_AND_LENGTH: Final = r"""
. .  " ˈ  % ˌ  : ː  :\ ˑ  ^ ꜛ  ! ꜜ  | |  || ‖  -\ ‿  ' ʲ
"""
_MODIFIERS: Final = {
    "`": "\u02de", "~": "\u0303", "_~": "\u0303", "=": "\u0329", "_=": "\u0329", "_j": "\u02b2", "_h": "\u02b0", "_w": "\u02b7",
    "_>": "\u02bc", "_l": "\u02e1", "_n": "\u207f", "_G": "\u02e0", "_?\\": "\u02e4", "_0": "\u0325", "_v": "\u032c", "_t": "\u0324",
    "_k": "\u0330", "_d": "\u032a", "_a": "\u033a", "_m": "\u033b", "_N": "\u033c", "_e": "\u0334", "_}": "\u031a", "_^": "\u032f",
    "_+": "\u031f", "_-": "\u0320", "_r": "\u031d", "_o": "\u031e", "_O": "\u0339", "_c": "\u031c", "_A": "\u0318", "_q": "\u0319",
    '_"': "\u0308", "_x": "\u033d", "_X": "\u0306", "_T": "\u030b", "_H": "\u0301", "_M": "\u0304", "_L": "\u0300", "_B": "\u030f",
    "_R": "\u030c", "_/": "\u030c", "_F": "\u0302", "_\\": "\u0302", "-": "", " ": " ",
}  # fmt: skip


def _read_pairs(*tables: str) -> dict[str, str]:
    words = " ".join(tables).split()
    return dict(zip(words[::2], words[1::2], strict=True))


_SYMBOLS: Final = _read_pairs(_CONSONANTS, _VOWELS, _STRESS_AND_LENGTH) | _MODIFIERS
_SYMBOL: Final = re.compile("|".join(re.escape(symbol) for symbol in sorted(_SYMBOLS, key=len, reverse=True)))


def to_ipa(text: str) -> str:
    """Convert to IPA. Raises ValueError naming what is not X-SAMPA."""
    pieces: list[str] = []
    position = 0
    while position < len(text):
        match = _SYMBOL.match(text, position)
        if match is None:
            raise ValueError(f"is not X-SAMPA at {text[position]!r} (character {position + 1})")
        pieces.append(_SYMBOLS[match[0]])
        position = match.end()
    return "".join(pieces)
