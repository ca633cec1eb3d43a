"""Lengths of pieces of speech by their sound, and those of a short start: the first sound comes after a short clause."""

import re
from typing import Final

FIRST_SIZE: Final = 60
"""Longest first piece, as size_of counts: about four seconds of speech. The shortest clause of at least LEAST_SIZE is taken."""
LEAST_SIZE: Final = 14
"""Shortest piece, a second of speech: shorter ones sound clipped."""
FIRST_WITHOUT_CLAUSE: Final = 120
"""Size above which a first sentence without a clause is cut between words."""

_IDEOGRAPH: Final = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


def size_of(text: str) -> int:
    """Length by sound: an ideograph or a kana is spoken as long as three letters."""
    return len(text.strip()) + 2 * len(_IDEOGRAPH.findall(text))
