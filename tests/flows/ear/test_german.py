"""German say-as by ear. No German voice is installable here, so eSpeak NG says the spoken forms, and whisper tells them from misreadings."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.flows.ear.rows import MISREADINGS, ROWS
from tests.flows.listening import Listener
from workers.text.say_as import say_as

ESPEAK_VOICE = Path(__file__).with_name("espeak_voice.py")
"""Run, never imported: GPL code stays out of this process."""

SENTENCES = {
    "cardinal": "Das Dorf hat {} Häuser.", "ordinal": "Sie ist {}.", "date": "Heute ist {}.", "time": "Der Zug fährt um {}.",
    "telephone": "Die Telefonnummer ist {}.", "currency": "Die Rechnung beträgt {}.", "spell-out": "Er schrieb {} an die Wand.",
}  # fmt: skip


def sentence(row: str, *, kind: str, text: str) -> str:
    return SENTENCES[row].format(say_as(text, interpret_as=kind, language="de"))


@pytest.mark.parametrize("row", ROWS)
def test_german_is_heard_as_its_spoken_form(listener: Listener, tmp_path: Path, row: str) -> None:
    said, path = sentence(row, kind=row, text=ROWS[row]), tmp_path / "said.wav"
    subprocess.run([sys.executable, ESPEAK_VOICE, "de", str(path)], input=said, text=True, check=True)
    wrong = [sentence(row, kind=kind, text=text) for kind, text in MISREADINGS[row]]
    assert listener.choose(path.read_bytes(), [said, *wrong], language="de") == said
