"""The file that Babel writes."""

import tomllib
from pathlib import Path

import pytest

from tools.cldr import FILE, OTHERS_FILE, render, render_others
from workers.recognition import whisper
from workers.text.cldr import LANGUAGE_NAMES, language_name


def test_the_committed_cldr_file_is_what_babel_gives() -> None:
    assert FILE.read_text(encoding="utf-8") == render()
    assert OTHERS_FILE.read_text(encoding="utf-8") == render_others()


@pytest.mark.parametrize(
    ("tag", "name"),
    [("haw", "Hawaiian"), ("ast", "Asturian"), ("en-GB", "English"), ("pt_BR", "Portuguese"), ("jw", "Javanese"), ("zz", "zz")],
)
def test_each_language_has_a_name_for_people(tag: str, name: str) -> None:
    assert language_name(tag) == name


def test_languages_that_whisper_hears_have_names_in_the_first_file() -> None:
    stored = tomllib.loads((Path(whisper.__file__).parent / "languages.toml").read_text(encoding="utf-8"))
    tags = {tag for values in stored.values() for tag in values}
    assert "haw" in tags
    assert tags - {*LANGUAGE_NAMES} == set()
