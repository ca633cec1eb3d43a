"""German say-as: spoken by Pico, transcribed by Whisper, which distinguishes the spoken form from misreadings."""

import io
import wave
from collections.abc import Iterator

import numpy as np
import pytest

from tests.flows.ear.rows import MISREADINGS, ROWS
from tests.flows.listening import Listener
from tests.workers.voices import settled_work
from workers.engines.pico import SAMPLE_RATE, PicoEngine
from workers.text.markup.parse import parse_markup
from workers.text.say_as import say_as
from workers.text.script import write_script

SENTENCES = {
    "cardinal": "Das Dorf hat {} Häuser.", "ordinal": "Sie ist {}.", "date": "Heute ist {}.", "time": "Der Zug fährt um {}.",
    "telephone": "Die Telefonnummer ist {}.", "currency": "Die Rechnung beträgt {}.", "spell-out": "Er schrieb {} an die Wand.",
}  # fmt: skip


@pytest.fixture(scope="module")
def pico() -> Iterator[PicoEngine]:
    engine = PicoEngine()
    engine.load()
    yield engine
    engine.unload()


def spoken_form(row: str, *, kind: str, text: str) -> str:
    return SENTENCES[row].format(say_as(text, interpret_as=kind, language="de"))


def speech(pico: PicoEngine, markup: str) -> bytes:
    """WAV file of the markup, normalised and spoken as by the worker."""
    script = write_script(settled_work(parse_markup(markup), engine=pico, voice="de-de", language="de-de"), engine=pico)
    said = [pico.speak(one.spoken.text, voice=one.settings.voice, language="de", speed=1.0).samples for one in script.utterances]
    file = io.BytesIO()
    with wave.open(file, "wb") as wav:
        wav.setparams((1, 2, SAMPLE_RATE, 0, "NONE", ""))
        wav.writeframes((np.concatenate(said) * 32767).astype("<i2").tobytes())
    return file.getvalue()


@pytest.mark.parametrize("row", [pytest.param(row, marks=() if row == "date" else pytest.mark.prove) for row in ROWS])
def test_german_is_heard_as_its_spoken_form(pico: PicoEngine, listener: Listener, row: str) -> None:
    audio = speech(pico, SENTENCES[row].format(f'<say-as interpret-as="{row}">{ROWS[row]}</say-as>'))
    said = spoken_form(row, kind=row, text=ROWS[row])
    misread = [spoken_form(row, kind=kind, text=text) for kind, text in MISREADINGS[row]]
    assert listener.choose(audio, [said, *misread], language="de") == said
