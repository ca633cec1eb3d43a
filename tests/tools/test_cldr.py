"""The file that Babel writes."""

from tools.cldr import FILE, render


def test_the_committed_cldr_file_is_what_babel_gives() -> None:
    assert FILE.read_text(encoding="utf-8") == render()
