"""The specification's NASA, spelled out, with a recogniser without acronyms: Whisper writes the same for the letters and for the word."""

from collections.abc import Iterator

import httpx
import numpy as np
import pytest

from tests.flows.ear.test_say_as import spoken
from tests.flows.recordings import samples_of
from tests.flows.running import RunningPlatform

GRAMMAR = """#JSGF V1.0;
grammar wall;
public <said> = he wrote (nasa | n a s a | n a s | a s a | n s a | n a a | n a s s a | m a s a | n e s a | n a c e | nasa a | and so) on the wall;
"""


@pytest.fixture(scope="module")
def client(platform: RunningPlatform) -> Iterator[httpx.Client]:
    with platform.client(platform.key("speller@example.com", plan="enterprise")) as client:
        yield client


@pytest.fixture(scope="module")
def nasa_as_a_word(client: httpx.Client) -> bytes:
    return spoken(client, "He wrote Nasa on the wall.", language="en")


def heard(audio: bytes) -> str:
    """Sentence of the grammar that is nearest to the audio."""
    from pocketsphinx import Decoder

    decoder = Decoder(loglevel="FATAL", bestpath=False)
    decoder.add_jsgf_string("wall", GRAMMAR)
    decoder.activate_search("wall")
    decoder.start_utt()
    decoder.process_raw((np.clip(samples_of(audio), -1, 1) * 32767).astype("<i2").tobytes(), full_utt=True)
    decoder.end_utt()
    hypothesis = decoder.hyp()
    return str(hypothesis.hypstr) if hypothesis else ""


@pytest.mark.parametrize("kind", ["spell-out", pytest.param("characters", marks=pytest.mark.prove)])
def test_spell_out_reads_nasa_as_four_letters(client: httpx.Client, nasa_as_a_word: bytes, kind: str) -> None:
    spelled = spoken(client, f'He wrote <say-as interpret-as="{kind}">NASA</say-as> on the wall.', language="en")
    assert heard(spelled) == "he wrote n a s a on the wall"
    assert heard(nasa_as_a_word) == "he wrote nasa on the wall"
