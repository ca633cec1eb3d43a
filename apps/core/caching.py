"""Headers that tell caches what to keep."""

from typing import Final

NO_STORE: Final = {"Cache-Control": "no-store"}
"""Header of responses that are their caller's alone."""
