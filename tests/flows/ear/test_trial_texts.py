"""Trial texts: the audio is likelier to be the right reading than the former wrong one."""

from collections.abc import Iterator

import httpx
import pytest

from tests.flows.listening import Listener
from tests.flows.running import RunningPlatform

READINGS = [
    (
        "HE WAS HERE BUT SHE HAD HIS BOOK.",
        "He was here, but she had his book.",
        "A G was here B U T S H E had H I S book.",
        "en",
    ),
]
MORE_READINGS = [
    (
        "Su código es 482913.",
        "Su código es cuatro ocho dos nueve uno tres.",
        "Su código es cuatrocientos ochenta y dos mil novecientos trece.",
        "es",
    ),
    ("Your PIN is 4821.", "Your pin is four eight two one.", "Your pin is four thousand eight hundred twenty-one.", "en"),
    ("He is 5' 10\" tall.", "He is five feet ten inches tall.", "He is five ten tall.", "en"),
    ("Keep <= 3 items in the box.", "Keep less than or equal to three items in the box.", "Keep equals three items in the box.", "en"),
]
"""Texts that `make prove` listens to; their spoken forms are compared letter by letter in tests/workers/text/normalise."""


@pytest.fixture(scope="module")
def client(platform: RunningPlatform) -> Iterator[httpx.Client]:
    with platform.client(platform.key("trial@example.com", plan="enterprise")) as client:
        yield client


@pytest.mark.parametrize(
    "reading",
    [*READINGS, *(pytest.param(reading, marks=pytest.mark.prove) for reading in MORE_READINGS)],
    ids=lambda reading: reading[0],
)
def test_a_text_of_the_trial_sounds_like_its_right_reading(
    client: httpx.Client, listener: Listener, reading: tuple[str, str, str, str]
) -> None:
    text, right, wrong, language = reading
    voice = {"en": "af_heart", "es": "ef_dora"}[language]
    answer = client.post("/v1/audio/speech", json={"model": "kokoro", "voice": voice, "input": text, "response_format": "wav"})
    assert answer.status_code == 200, answer.text
    assert listener.choose(answer.content, (right, wrong), language=language) == right
