"""Whisper base: transcripts, languages, times, and no hallucinations."""

import os
from pathlib import Path
from typing import Any

import jiwer
import numpy as np
import pytest

from tests.workers.engines.conftest import HEARD_IN_SPANISH
from tests.workers.recognition.clips import LIBRIVOX, clip, clips, errors_in, silence, spoken_words
from workers.contract.errors import WorkError
from workers.engines.silence import SilenceEngine
from workers.engines.whisper import WhisperEngine, build_engines
from workers.protocols.recogniser import RecognitionOptions, RecognitionResult, as_recogniser
from workers.recognition.whisper.model import Decoded, WhisperModel
from workers.recognition.whisper.transcription import TEMPERATURES

ENGLISH = RecognitionOptions(language="en")


@pytest.fixture(scope="module")
def whisper(encoded_once: None) -> WhisperEngine:
    engine = next(engine for engine in build_engines() if engine.spec.id == "whisper")
    assert isinstance(engine, WhisperEngine)
    assert engine.find_obstacle() == ""
    engine.load()
    return engine


@pytest.fixture(scope="module")
def reading(whisper: WhisperEngine) -> RecognitionResult:
    """The five sentences of a reader, whose language is to be found."""
    (result,) = whisper.transcribe([clips(LIBRIVOX)], options=RecognitionOptions())
    return result


@pytest.fixture(scope="module")
def young_man(whisper: WhisperEngine) -> RecognitionResult:
    """One of these sentences, with its English, in a language with a region."""
    (result,) = whisper.transcribe([clip("librivox-0880")], options=RecognitionOptions(language="en-GB", has_english=True))
    return result


def text_of(result: object) -> str:
    return " ".join(segment.text for segment in result.segments)  # type: ignore[attr-defined]


def test_human_speech_is_heard_nearly_without_an_error(reading: RecognitionResult) -> None:
    assert reading.language == "en"
    assert errors_in(text_of(reading), LIBRIVOX) <= 0.06
    assert sum(segment.text[-1] == "." for segment in reading.segments) >= len(reading.segments) / 2


def test_windows_transcribed_together_match_single_transcriptions(whisper: WhisperEngine) -> None:
    names = LIBRIVOX[1:3]
    together = whisper.transcribe([clip(name) for name in names], options=ENGLISH)
    assert max(errors_in(text_of(result), [name]) for result, name in zip(together, names, strict=True)) <= 0.3


def test_words_have_their_times_in_order(young_man: RecognitionResult) -> None:
    (segment,) = young_man.segments
    assert " ".join(word.word for word in segment.words) == segment.text
    times = [time for word in segment.words for time in (word.start, word.end)]
    assert times == sorted(times)
    assert (segment.start, segment.end) == pytest.approx((0.2, 2.65), abs=0.3)
    assert all(0 < word.probability <= 1 for word in segment.words)


def test_silence_gives_no_words(whisper: WhisperEngine) -> None:
    (result,) = whisper.transcribe([silence(3)], options=RecognitionOptions())
    assert not any(map(str.isalnum, text_of(result)))


@pytest.mark.prove
def test_english_stands_beside_the_original(whisper: WhisperEngine, spanish: np.ndarray) -> None:
    (result,) = whisper.transcribe([spanish], options=RecognitionOptions(has_english=True))
    assert result.language == "es"
    assert jiwer.wer(spoken_words(HEARD_IN_SPANISH), spoken_words(text_of(result))) < 0.3  # three of eleven words
    english = spoken_words(" ".join(segment.english for segment in result.segments))
    assert {"beach", "today"} & set(english.split())


@pytest.mark.prove
def test_translation_document_holds_only_english(whisper: WhisperEngine, spanish: np.ndarray) -> None:
    (result,) = whisper.transcribe([spanish], options=RecognitionOptions(language="es", is_translation=True))
    assert {"beach", "today"} & set(spoken_words(text_of(result)).split())


def test_english_beside_english_is_the_text_itself(young_man: RecognitionResult) -> None:
    assert [segment.english for segment in young_man.segments] == [segment.text for segment in young_man.segments]


def test_a_prompt_and_hotwords_change_the_spelling(whisper: WhisperEngine, reading: RecognitionResult) -> None:
    prompted, hot = (
        text_of(whisper.transcribe([clip("librivox-0870")], options=options)[0])
        for options in (
            RecognitionOptions(language="en", prompt="A story of Mister Jon Dashwoode, of whom more will be told."),
            RecognitionOptions(language="en", hotwords="Jon Dashwoode"),
        )
    )
    assert "Dashwoode" not in text_of(reading)  # the same sentence among others
    assert "Dashwoode" in prompted
    assert "Dashwoode" in hot


def test_an_endless_prompt_leaves_room_for_the_text(whisper: WhisperEngine) -> None:
    options = RecognitionOptions(language="en", prompt="Words and words. " * 500, hotwords="pride, prejudice, " * 500)
    assert "young man" in text_of(whisper.transcribe([clip("librivox-0880")], options=options)[0])


def test_temperature_option_is_used_for_decoding(whisper: WhisperEngine) -> None:
    (result,) = whisper.transcribe([clip("librivox-0880")], options=RecognitionOptions(language="en", temperature=0.2))
    assert {segment.temperature for segment in result.segments} == {0.2}
    assert "young man" in text_of(result)


def test_a_text_that_looks_wrong_is_tried_again_at_higher_temperatures(whisper: WhisperEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[Decoded] = []
    decode = WhisperModel.decode

    def watched(model: WhisperModel, *given: Any, **named: Any) -> list[Decoded]:
        decoded = decode(model, *given, **named)
        tried.extend(decoded)
        return decoded

    monkeypatch.setattr(WhisperModel, "decode", watched)
    (result,) = whisper.transcribe(
        [clip("librivox-0880")], options=RecognitionOptions(language="ko")
    )  # English taken for Korean is guessed
    assert [one.temperature for one in tried] == [0.0, *TEMPERATURES][: len(tried)]
    assert [one.is_sound for one in tried[:-1]] == [False] * (len(tried) - 1)
    straight = [one for one in tried if one.compression_ratio <= 2.4] or tried
    kept = tried[-1] if tried[-1].is_sound else max(straight, key=lambda one: one.average_log_probability)
    assert {segment.temperature for segment in result.segments} <= {kept.temperature}


@pytest.mark.prove
def test_the_language_of_all_windows_together(whisper: WhisperEngine, spanish: np.ndarray) -> None:
    assert whisper.find_language([clip("librivox-0870"), clip("librivox-0920"), spanish]) == "en"
    assert whisper.find_language([spanish]) == "es"
    assert whisper.find_language([]) == ""


def test_a_known_text_is_aligned(whisper: WhisperEngine) -> None:
    text = "He was not an ill-disposed young man."
    words = whisper.align(clip("librivox-0880"), text=text, language="en")
    assert " ".join(word.word for word in words) == text
    assert words[0].start == pytest.approx(0.2, abs=0.25)
    assert words[-1].end == pytest.approx(2.65, abs=0.3)


def test_a_language_that_it_does_not_know_is_refused(whisper: WhisperEngine) -> None:
    for options in (RecognitionOptions(language="tlh"), RecognitionOptions(language="yue")):
        with pytest.raises(WorkError) as caught:
            whisper.transcribe([silence(1)], options=options)
        assert caught.value.code == "unsupported_language"


def test_language_with_a_region_is_accepted(young_man: RecognitionResult) -> None:
    assert "young man" in text_of(young_man)


def test_missing_whisper_sizes_name_the_command_that_installs_them(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TTSAI_MODELS", str(tmp_path))
    engines = build_engines()
    assert [engine.spec.id for engine in engines] == [
        "whisper",
        "whisper-tiny.en",
        "whisper-small",
        "whisper-medium",
        "whisper-large-v3",
        "whisper-turbo",
    ]
    assert [len(engine.spec.languages) for engine in engines] == [99, 1, 99, 99, 100, 100]
    for engine in engines:
        assert "ttsai models pull whisper-" in engine.find_obstacle()
        with pytest.raises(WorkError) as caught:
            engine.load()
        assert caught.value.code == "engine_unavailable"


def test_a_folder_of_the_operator_is_one_more_engine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    folder, broken = tmp_path / "faster-whisper-Medical.en", tmp_path / "broken"
    for made in (folder, broken):
        made.mkdir()
    weights = Path(os.environ["TTSAI_MODELS"]) / "whisper-base"
    for name in ("model.bin", "config.json", "tokenizer.json", "vocabulary.txt"):
        (folder / name).symlink_to((weights / name).resolve())
    monkeypatch.setenv("TTSAI_WHISPER_FOLDERS", f"{folder}:{broken}")
    *_, found, lacking = build_engines()
    assert (found.spec.id, found.spec.languages, found.find_obstacle()) == ("whisper-medical.en", ("en",), "")
    assert "has no model.bin" in lacking.find_obstacle()


def test_a_model_that_cannot_be_read_is_unavailable(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("model.bin", "config.json", "tokenizer.json"):
        (tmp_path / name).write_text("{}")
    monkeypatch.setenv("TTSAI_WHISPER_FOLDERS", str(tmp_path))
    with pytest.raises(WorkError) as caught:
        build_engines()[-1].load()
    assert caught.value.code == "engine_unavailable"


def test_a_speech_engine_is_no_recogniser() -> None:
    with pytest.raises(WorkError) as caught:
        as_recogniser(SilenceEngine())
    assert caught.value.code == "unknown_engine"
