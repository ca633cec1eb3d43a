"""Silence engine, which tests of the machinery use."""

import time

import pytest

from tests.workers.voices import voice_ref
from workers.contract.errors import WorkError
from workers.contract.messages import SpeakWork
from workers.engines.silence import SilenceEngine
from workers.text.script import write_script


def test_silence_lasts_as_long_as_its_text_and_spreads_its_words() -> None:
    spoken = SilenceEngine().speak("One two.", voice=voice_ref(SilenceEngine(), "quiet"), language="", speed=2.0)
    assert len(spoken.samples) == 8 * 0.025 * 24_000
    assert not spoken.samples.any()
    assert [(word.word, word.start, word.end) for word in spoken.words] == [
        ("One", 0.0, pytest.approx(0.075)),
        ("two.", 0.1, pytest.approx(0.2)),
    ]


@pytest.mark.parametrize(
    ("mark", "code"), [("[fail]", "internal_error"), ("[fail:bad_audio]", "bad_audio"), ("[fail:out_of_memory]", "out_of_memory")]
)
def test_a_mark_in_the_text_asks_for_a_failure(mark: str, code: str) -> None:
    engine = SilenceEngine()
    work = SpeakWork("silence", voice_ref(engine, "quiet"), f"Please {mark} now.", "en")
    (utterance,) = write_script(work, engine=engine).utterances
    with pytest.raises(WorkError) as failure:
        engine.speak(utterance.spoken.text, voice=voice_ref(engine, "quiet"), language="", speed=1.0)
    assert failure.value.code == code


def test_a_sentence_takes_as_long_as_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TTSAI_SILENCE_COMPUTE_SECONDS", "0.2")
    started = time.monotonic()
    SilenceEngine().speak("Hello.", voice=voice_ref(SilenceEngine(), "quiet"), language="", speed=1.0)
    assert time.monotonic() - started >= 0.2
