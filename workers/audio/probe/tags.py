"""Descriptive tags of a file: title, artist and the like. Names are FFmpeg's, lower case."""

from collections.abc import Mapping
from typing import Final

NAMES: Final = (
    "title",
    "artist",
    "album",
    "album_artist",
    "composer",
    "performer",
    "genre",
    "date",
    "track",
    "disc",
    "comment",
    "description",
    "copyright",
    "publisher",
)
"""Tags that are carried over; pictures and lyrics are not."""
MOST_CHARACTERS: Final = 1000
"""Longest value; a longer one is cut."""


def clean_tags(*sources: Mapping[str, str]) -> dict[str, str]:
    """Known tags of the sources, the first source first, without control characters and empty values."""
    tags: dict[str, str] = {}
    for source in sources:
        for key, value in source.items():
            name = key.lower()
            text = "".join(character for character in value[: 2 * MOST_CHARACTERS] if character.isprintable()).strip()[:MOST_CHARACTERS]
            if name in NAMES and text:
                tags.setdefault(name, text)
    return tags
