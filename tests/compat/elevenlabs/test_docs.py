"""The table of the package's methods in docs/elevenlabs.md."""

import re
from pathlib import Path

from elevenlabs.client import ElevenLabs

DOCUMENT = Path(__file__).parents[3] / "docs" / "elevenlabs.md"


def test_every_group_of_the_packages_methods_is_in_the_table() -> None:
    text = DOCUMENT.read_text().partition("## Methods of the package")[2].partition("\n## ")[0]
    named = {name.partition(".")[0] for name in re.findall(r"`([a-z_]+)[`.]", text)}
    groups = {name for kind in ElevenLabs.__mro__ for name, value in vars(kind).items() if isinstance(value, property)}
    assert sorted(name for name in groups if not name.startswith(("_", "with_raw")) and name not in named) == []
