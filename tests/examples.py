"""Number of examples of a property test: as written in `make test`, ten times as many in `make search`."""

from typing import Final

from hypothesis import settings

USUAL: Final = 100
"""Number of hypothesis' own default, and so of the profile `same` (tests/conftest.py)."""


def examples(count: int) -> int:
    """Examples for `settings(max_examples=…)`, multiplied as the profile multiplies its default."""
    return count * settings.default.max_examples // USUAL
