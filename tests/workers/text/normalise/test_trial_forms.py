"""Trial texts whose formatting, units, times, streets and interjections were read wrong."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from workers.text.english import english_phonemizer
from workers.text.normalise import normalise

ROWS: list[dict[str, Any]] = json.loads(Path("tests/data/trial_text.json").read_text(encoding="utf-8"))
WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
KINDS = frozenset(
    (
        "markdown links",
        "HTML references and tags",
        "feet and inches",
        "units beside a noun",
        "units in another case or not listed",
        "temperatures without a degree sign",
        "extensions",
        "street",
        "over, durations, hash",
    )
)
WHOLE = {
    "The meeting is at 3 p.m. EST on Friday.": "The meeting is at three PM E S T on Friday.",
    "We open at 9 a.m. Monday to Friday.": "We open at nine AM Monday to Friday.",
    "电话13800138000。": "电话幺三八零零幺三八零零零。",
    "110报警": "幺幺零报警",
}
"""Rows with a described instead of a written expectation."""
SOUNDS = {"Shhh, be quiet.": "ʃː, bi kwˈIət.", "Brrr, it is cold.": "bɹˈɜɹ, ɪt ɪz kˈOld.", "Grr!": "ɡɹˈɜɹ!"}


def said_words(text: str) -> str:
    """Lower-case words of a text without punctuation, separated by single spaces."""
    return f" {' '.join(WORD.findall(text.casefold()))} "


@pytest.mark.parametrize("row", [row for row in ROWS if row["kind"] in KINDS], ids=lambda row: row["text"])
def test_trial_text_is_said_with_the_expected_words(row: dict[str, Any]) -> None:
    said = said_words(normalise(row["text"], language=row["language"]).text)
    assert said_words(row["expected"].removesuffix(", or nothing")) in said


@pytest.mark.parametrize("row", [row for row in ROWS if row["text"] in WHOLE], ids=lambda row: row["text"])
def test_trial_text_has_its_expected_spoken_form(row: dict[str, Any]) -> None:
    assert normalise(row["text"], language=row["language"]).text == WHOLE[row["text"]]


@pytest.mark.parametrize("row", [row for row in ROWS if row["kind"] == "sounds by letters"], ids=lambda row: row["text"])
def test_trial_sound_by_letters_is_not_spelled_by_kokoro(row: dict[str, Any]) -> None:
    assert english_phonemizer(is_british=False)(normalise(row["text"], language="en").text).phonemes == SOUNDS[row["text"]]
