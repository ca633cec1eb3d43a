"""Work of kind align: times of a text's written words in its audio."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest

from tests.workers.messages import targets
from tests.workers.recognition.align.readings import LONG_TEXT, Reading, read_aloud
from workers.contract.errors import ENGINE_UNAVAILABLE, WorkError
from workers.contract.messages import PartMessage
from workers.contract.outputs import TEXT
from workers.contract.references import Address
from workers.contract.transcription import AlignedDocument, AlignWork
from workers.engines.whisper import build_engines
from workers.model_manager import ModelManager
from workers.parts import PartRun
from workers.scheduler import SentenceScheduler
from workers.storage import Storage
from workers.tasks.align import align
from workers.tasks.context import WorkerContext


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WorkerContext]:
    folder = tmp_path_factory.mktemp("align")
    scheduler = SentenceScheduler(cores=2)
    whisper = [engine for engine in build_engines() if engine.spec.id == "whisper"]
    with httpx.Client() as http:
        storage = Storage(objects=folder, scratch=folder, http=http)
        storage.prepare()
        live: Any = None
        yield WorkerContext(ModelManager(whisper, budget_bytes=2 << 30, idle_seconds=60), scheduler, storage, live)
    scheduler.close()


def run_of(work: AlignWork) -> PartRun:
    message = PartMessage(
        job="0" * 32,
        part=0,
        token="1" * 32,
        kind="align",
        work=work.to_dict(),
        tenant="account-1",
        lane="normal",
        job_created_at=0.0,
        deadline_at=time.time() + 200,
        outputs=targets({TEXT: Address("folder", "document.json")}),
        manifest=Address("folder", "manifest.json"),
    )
    return PartRun(message, on_stop=lambda _: None)


def aligned(bench: WorkerContext, reading: Reading, **work: Any) -> tuple[AlignedDocument, Any]:
    folder: Path = bench.storage._objects  # type: ignore[assignment]
    reading.save(folder / "audio.flac")
    run = run_of(AlignWork(Address("folder", "audio.flac"), **{"text": reading.text, **work}))
    manifest = align(run, context=bench)
    assert run.units_done == pytest.approx(reading.seconds * 1000, abs=2)
    return AlignedDocument.from_dict(json.loads((folder / "document.json").read_bytes())), manifest


def errors_of(document: AlignedDocument, reading: Reading) -> list[float]:
    times = {word.start_character: word.start for word in document.words}
    return [abs(times[word.start_character] - word.start) for word in reading.words]


def test_a_long_english_text_is_aligned_word_for_word(bench: WorkerContext) -> None:
    reading = read_aloud(LONG_TEXT)
    assert reading.seconds > 50
    document, manifest = aligned(bench, reading, language="en-US")
    assert document.method == "pocketsphinx"
    assert [word.word for word in document.words] == [word.word for word in reading.words]
    assert [LONG_TEXT[word.start_character : word.end_character] for word in document.words] == [word.word for word in document.words]
    errors = errors_of(document, reading)
    assert float(np.median(errors)) < 0.05
    assert float(np.quantile(errors, 0.95)) < 0.2
    assert manifest.details == {"method": "pocketsphinx", "language": "en"}
    assert manifest.outputs[0].audio_seconds == pytest.approx(reading.seconds, abs=0.01)


def test_a_recogniser_aligns_what_pocketsphinx_does_not_know(bench: WorkerContext) -> None:
    # Read with an English voice: what is tested is that each word of the text finds its sound, whatever the language is called.
    reading = read_aloud("The lighthouse stood at the very end of the headland, where the road gave up and the grass took over.")
    document, _ = aligned(bench, reading, language="de", engine="whisper")
    assert document.method == "whisper"
    assert [word.word for word in document.words] == [word.word for word in reading.words]
    assert float(np.median(errors_of(document, reading))) < 0.15


def test_language_is_detected_from_the_text_if_not_given(bench: WorkerContext) -> None:
    reading = read_aloud("The quick brown fox jumps over the lazy dog, and nobody minds.")
    _, manifest = aligned(bench, reading)
    assert manifest.details["language"] == "en"


def test_alignment_without_a_recogniser_is_for_english_only(bench: WorkerContext) -> None:
    with pytest.raises(WorkError, match="ttsai models pull whisper-base") as raised:
        aligned(bench, read_aloud("The quick brown fox jumps over the lazy dog, and nobody minds."), language="de")
    assert raised.value.code == ENGINE_UNAVAILABLE


def test_a_text_without_a_word_has_none(bench: WorkerContext) -> None:
    document, _ = aligned(bench, read_aloud("The quick brown fox jumps over the lazy dog, and nobody minds."), text="… !", language="en")
    assert document.words == ()


def test_words_that_are_not_in_the_audio_are_spread_over_its_speech(bench: WorkerContext) -> None:
    reading = read_aloud("The quick brown fox jumps over the lazy dog, and nobody minds.")
    text = "word " * 300
    document, manifest = aligned(bench, reading, text=text, language="en")
    assert manifest.details["method"] == "pocketsphinx+even"
    assert len(document.words) == 300
    assert all(0 <= word.start <= word.end <= reading.seconds + 0.01 for word in document.words)
