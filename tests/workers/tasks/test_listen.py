"""Transcription: a short recording as a whole, a long one in pieces that join without a lost or doubled word."""

import itertools
import json
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any, TypeVar

import jiwer
import numpy as np
import pytest
import redis

import workers.recognition.speech_regions
from tests.workers.messages import address_of
from tests.workers.recognition.clips import LIBRIVOX, clip, clips, errors_in, music, noise, said, silence, spoken_words
from tests.workers.running_worker import RunningWorker
from tests.workers.tasks.task_harness import TaskHarness
from workers.audio.samples import RECOGNITION_SAMPLE_RATE
from workers.contract.errors import WorkError
from workers.contract.messages import PartMessage
from workers.contract.names import CODEC_QUEUE
from workers.contract.outputs import ANALYSIS
from workers.contract.references import Address
from workers.contract.transcription import (
    KnownSpeaker,
    ListenWork,
    PrepareWork,
    TranscriptDocument,
    TranscriptSegment,
    TranscriptWindow,
    TranscriptWork,
)
from workers.engines.whisper import build_engines
from workers.fairness import Order
from workers.parts import PartStoppedError
from workers.recognition.whisper.model import Decoded, WhisperModel

T = TypeVar("T")


@pytest.fixture(scope="module")
def bench(encoded_once: None, tmp_path_factory: pytest.TempPathFactory, valkey: redis.Redis) -> Iterator[TaskHarness]:
    made = TaskHarness(tmp_path_factory.mktemp("bench"), engines=build_engines(), client=valkey)
    yield made
    made.close()


def test_a_short_recording_is_one_part(bench: TaskHarness) -> None:
    message = bench.message("listen", ListenWork("whisper", bench.keep("short.flac", clips(LIBRIVOX)), has_words=True))
    manifest = bench.do(message)
    document = bench.document(address_of(message))
    assert errors_in(document.text, LIBRIVOX) <= 0.06
    assert (document.language, document.gender, document.duration) == ("en", "male", 24.73)
    assert document.text == " ".join(segment.text for segment in document.segments)
    words = [word for segment in document.segments for word in segment.words]
    assert [word.word for word in words] == document.text.split()
    times = [time for word in words for time in (word.start, word.end)]
    assert times == sorted(times)
    assert document.speaker_embeddings == ()
    assert (manifest.outputs[0].audio_seconds, manifest.units_done) == (24.73, 24730)
    assert {"engine": "whisper", "engine_version": "base-1", "language": "en"}.items() <= manifest.details.items()
    assert manifest.details["compute_seconds"] > 0


def test_channels_of_a_recording_are_transcribed_one_by_one_and_joined_by_time(bench: TaskHarness) -> None:
    left, right = clip(LIBRIVOX[0]), clip(LIBRIVOX[1])
    both = np.zeros((max(len(left), len(right)), 2), np.float32)
    both[: len(left), 0], both[: len(right), 1] = left, right
    kept = bench.keep("stereo.flac", both)
    heard = []
    for channel in (0, 1):
        message = bench.message("listen", ListenWork("whisper", kept, language="en", has_words=True, channel=channel))
        bench.do(message)
        heard.append(address_of(message))
    join = bench.message("transcript", TranscriptWork(tuple(heard), has_words=True, is_by_channel=True))
    bench.do(join)
    document = bench.document(address_of(join))
    for channel, spoken in enumerate(LIBRIVOX[:2]):
        text = " ".join(segment.text for segment in document.segments if segment.channel == channel)
        assert errors_in(text, [spoken]) <= 0.2
    starts = [segment.start for segment in document.segments]
    assert starts == sorted(starts)
    assert document.duration == round(len(both) / RECOGNITION_SAMPLE_RATE, 3)


@pytest.mark.parametrize("name", ["silence", "noise", "music", "click"])
def test_audio_without_speech_has_no_text(bench: TaskHarness, name: str) -> None:
    samples = {
        "silence": silence(20),
        "noise": noise(20, level=0.2, exponent=1),
        "music": music(20),
        "click": np.concatenate([silence(1), noise(0.02, level=0.5), silence(1)]),
    }[name]
    document = bench.listen(ListenWork("whisper", bench.keep(f"{name}.flac", samples)))
    assert (document.text, document.segments, document.language, document.gender) == ("", (), "", "")
    assert document.duration == len(samples) / 16_000


def test_quiet_recording_is_transcribed_from_its_first_word(bench: TaskHarness) -> None:
    document = bench.listen(ListenWork("whisper", bench.keep("quiet.flac", 0.003 * clip("librivox-0870"))))
    assert errors_in(document.text, ["librivox-0870"]) <= 0.15
    assert "john" in spoken_words(document.text).split()[:5]


@pytest.mark.parametrize(
    "kind", ["inverted", "surround", *(pytest.param(kind, marks=pytest.mark.prove) for kind in ("one silent", "partly inverted", "wide"))]
)
def test_speech_in_channels_of_opposite_phase_is_heard(bench: TaskHarness, kind: str) -> None:
    speech = clip("librivox-0880")
    nothing = np.zeros_like(speech)
    spectrum = np.fft.rfft(speech) * np.where(np.arange(len(speech) // 2 + 1) < 600 * len(speech) / 16_000, 1, -1)
    channels = {
        "inverted": [speech, -speech],
        "one silent": [nothing, speech],
        "partly inverted": [speech, speech * np.where(np.arange(len(speech)) < len(speech) // 2, 1, -1)],
        "wide": [speech, np.fft.irfft(spectrum, len(speech))],
        "surround": [0.3 * speech, -0.3 * speech, nothing, nothing, -0.3 * speech, 0.3 * speech],
    }[kind]
    document = bench.listen(ListenWork("whisper", bench.keep(f"{kind}.wav", np.stack(channels, axis=1).astype(np.float32))))
    assert jiwer.wer(said(["librivox-0880"]), spoken_words(document.text)) < 0.2
    assert (document.language, document.gender) == ("en", "male")


MOST_PASSES = 7
"""Most passes over a window with repetitions: one for the whole, two for its halves and four for the quarters."""


def test_repeated_sentence_is_transcribed_each_time_in_few_passes(bench: TaskHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    temperatures: list[float] = []
    decode = WhisperModel.decode

    def count(model: WhisperModel, *given: Any, temperature: float, **named: Any) -> list[Decoded]:
        temperatures.append(temperature)
        return decode(model, *given, temperature=temperature, **named)

    monkeypatch.setattr(WhisperModel, "decode", count)
    sentence = np.concatenate([clip("librivox-0880"), silence(0.5)])
    document = bench.listen(ListenWork("whisper", bench.keep("eight.flac", np.tile(sentence, 8)), language="en"))
    assert len(temperatures) <= MOST_PASSES
    assert set(temperatures) == {0.0}
    assert spoken_words(document.text).split().count("young") == pytest.approx(8, abs=1)
    assert jiwer.wer(said(["librivox-0880"] * 8), spoken_words(document.text)) < 0.35  # ill-disposed is misheard each time


@pytest.mark.prove
def test_pieces_of_a_long_recording_join_to_what_was_said(bench: TaskHarness) -> None:
    orders = list(itertools.islice(itertools.permutations(LIBRIVOX), 0, 120, 61))
    names = [name for order in orders for name in order]
    source = bench.keep("long.flac", np.concatenate([clips(names), silence(5), clip(LIBRIVOX[1])]))
    document = bench.listen_in_pieces(source, pieces=2)
    measured = jiwer.process_words(said([*names, LIBRIVOX[1]]), spoken_words(document.text))
    assert measured.wer <= 0.06
    assert measured.insertions + measured.deletions <= 5  # a cut that lost or doubled a window's words would be ten and more
    assert document.segments[-1].start == pytest.approx(2 * 24.73 + 5.25, abs=0.3)
    assert all(segment.words == () for segment in document.segments)
    assert (document.language, document.gender, document.duration) == ("en", "male", pytest.approx(2 * 24.73 + 5 + 2.99, abs=0.01))


@pytest.mark.prove
def test_a_cut_in_the_middle_of_speech_loses_and_doubles_no_word(bench: TaskHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers.recognition.speech_regions, "LONGEST_SECONDS", 2.5)
    monkeypatch.setattr(workers.recognition.speech_regions, "CUT_RANGE_SECONDS", 1.5)
    source = bench.keep("without-a-pause.flac", clip(LIBRIVOX[0]))
    prepared = bench.message("prepare", PrepareWork(source, "whisper", 1, language="en"))
    bench.do(prepared)
    cuts = {end for _, end in bench.analysis(prepared).speech} & {start for start, _ in bench.analysis(prepared).speech}
    assert len(cuts) >= 2
    monkeypatch.setattr(type(build_engines()[0]), "window_seconds", 4.5)  # so that each region is a window
    document = bench.listen_in_pieces(source, pieces=2)
    assert errors_in(document.text, LIBRIVOX[:1]) <= 0.15


@pytest.fixture
def orders(bench: TaskHarness, monkeypatch: pytest.MonkeyPatch) -> list[Order]:
    """Record every order given to the scheduler."""
    noted: list[Order] = []
    submit = bench.context.scheduler.submit

    def note(order: Order, *, work: Callable[[], T]) -> "Future[T]":
        noted.append(order)
        return submit(order, work=work)

    monkeypatch.setattr(bench.context.scheduler, "submit", note)
    return noted


def test_pieces_of_a_live_request_leave_the_prompt_threads_to_sentences(bench: TaskHarness, orders: list[Order]) -> None:
    prepared = bench.message(
        "prepare", PrepareWork(bench.keep("awaited.flac", clip(LIBRIVOX[1])), "whisper", 1, language="en"), lane="live"
    )
    bench.do(prepared)
    orders.clear()
    document = bench.listen(ListenWork("whisper", address_of(prepared), analysis=address_of(prepared, ANALYSIS)), lane="live")
    assert errors_in(document.text, LIBRIVOX[1:2]) <= 0.3
    assert [(order.lane, order.is_first_sentence) for order in orders] == [("bulk", False)]


def test_live_lane_is_for_one_window_and_normal_lane_for_several(
    bench: TaskHarness, orders: list[Order], monkeypatch: pytest.MonkeyPatch
) -> None:
    work = ListenWork("whisper", bench.keep("dictated.flac", clips([*LIBRIVOX[1:3]])), language="en")
    bench.listen(work, lane="live")
    assert [order.lane for order in orders] == ["live", "live", "live"]  # decoded, searched for speech, heard
    orders.clear()
    monkeypatch.setattr(type(build_engines()[0]), "window_seconds", 5.0)
    bench.listen(work, lane="live")
    windows = orders[2:]
    assert len(windows) > 1
    assert {(order.lane, order.is_first_sentence) for order in windows} == {("normal", False)}


@pytest.mark.prove
def test_known_speaker_has_a_name_and_another_one_a_number(bench: TaskHarness) -> None:
    names = ["librivox-0890", "cards-005", "librivox-0930", "cards-002"]
    source, reader = bench.keep("two.flac", clips(names)), clip("librivox-0880")
    known = (KnownSpeaker("Ada", bench.keep("ada.flac", reader), audio_seconds=len(reader) / RECOGNITION_SAMPLE_RATE),)
    whole = bench.listen(ListenWork("whisper", source, is_diarized=True, speakers=2, known_speakers=known))
    pieces = bench.listen_in_pieces(source, pieces=2, is_diarized=True, speakers=2, known_speakers=known)
    for document in (whole, pieces):
        assert [label for label, _ in itertools.groupby(segment.speaker for segment in document.segments)] == [
            "Ada",
            "SPEAKER_00",
            "Ada",
            "SPEAKER_00",
        ]
        assert all(segment.words == () for segment in document.segments)
        assert document.speaker_embeddings == ()


def test_preparing_a_recording_stores_language_duration_and_speech(bench: TaskHarness) -> None:
    source = bench.keep("surveyed.flac", np.concatenate([silence(10), clips(LIBRIVOX), silence(10)]))
    message = bench.message("prepare", PrepareWork(source, "whisper", 4))
    manifest = bench.do(message)
    analysis = bench.analysis(message)
    assert (analysis.language, analysis.seconds) == ("en", 44.73)
    assert len(analysis.cuts) == 5
    assert list(analysis.cuts) == sorted(analysis.cuts)
    assert not any(start < cut < end for cut in analysis.cuts for start, end in analysis.speech)
    assert analysis.speech[0][0] == pytest.approx(10.3, abs=0.2)
    audio, written = manifest.outputs
    assert (audio.name, audio.audio_seconds, audio.sample_rate, written.name) == ("audio", 44.73, 16_000, "survey")
    assert (bench.objects / address_of(message).location).stat().st_size == 44 + 2 * round(44.73 * 16_000)


def test_the_english_of_pieces_in_a_script_without_spaces_has_spaces(bench: TaskHarness) -> None:
    pieces = tuple(
        bench.keep_document(
            f"piece-{number}", TranscriptDocument(text, "ja", 5.0, (TranscriptSegment(5.0 * number, 5.0 * number + 4, text),))
        )
        for number, text in enumerate(["Good morning.", "It rains."])
    )
    message = bench.message("transcript", TranscriptWork(pieces, is_translation=True))
    bench.do(message)
    assert bench.document(address_of(message)).text == "Good morning. It rains."
    message = bench.message("transcript", TranscriptWork(pieces))
    bench.do(message)
    assert bench.document(address_of(message)).text == "Good morning.It rains."


def read_events(valkey: redis.Redis, stream: str) -> list[dict[str, Any]]:
    entries: Any = valkey.xrange(stream)
    return [json.loads(fields[b"data"]) for _, fields in entries]


def test_text_and_progress_in_milliseconds_of_the_recording_are_published(bench: TaskHarness, valkey: redis.Redis) -> None:
    work = ListenWork("whisper", bench.keep("progress.flac", clip(LIBRIVOX[1])), language="en", has_live_text=True)
    message = bench.message("listen", work, stream="job:progress:events")
    bench.do(message)
    text, progress = read_events(valkey, "job:progress:events")
    assert (progress["type"], progress["units_total"]) == ("progress", 2990)
    window = TranscriptWindow.from_dict(text)
    document = bench.document(address_of(message))
    assert (text["type"], window.part, window.language, window.is_last) == ("transcript", 0, "en", True)
    assert " ".join(segment.text for segment in window.segments) == document.text
    assert [word.word for segment in window.segments for word in segment.words] == document.text.split()


def test_piece_without_speech_publishes_that_it_has_no_text(bench: TaskHarness, valkey: redis.Redis) -> None:
    work = ListenWork("whisper", bench.keep("mute.flac", silence(4)), has_live_text=True)
    bench.do(bench.message("listen", work, stream="job:mute:events"))
    [event] = read_events(valkey, "job:mute:events")
    assert (event["type"], event["is_last"], event["segments"]) == ("transcript", True, [])


def test_a_file_without_audio_fails_with_a_code(bench: TaskHarness) -> None:
    (bench.objects / "note.txt").write_text("not a sound")
    source = Address("folder", "note.txt")
    for kind, work in (("listen", ListenWork("whisper", source)), ("prepare", PrepareWork(source, "whisper", 2))):
        with pytest.raises(WorkError) as caught:
            bench.do(bench.message(kind, work))
        assert (caught.value.code, caught.value.is_retryable) == ("bad_audio", False)


def test_an_unknown_language_fails_before_anything_is_decoded(bench: TaskHarness) -> None:
    source = Address("folder", "missing.wav")
    with pytest.raises(WorkError) as caught:
        bench.do(bench.message("prepare", PrepareWork(source, "whisper", 2, language="tlh")))
    assert caught.value.code == "unsupported_language"


def test_stopped_part_raises_part_stopped(bench: TaskHarness) -> None:
    message = bench.message("listen", ListenWork("whisper", bench.keep("stopped.flac", clips(LIBRIVOX)), language="en"))
    run = bench.run(message)
    run.stop()
    with pytest.raises(PartStoppedError):
        do_listen(run, bench=bench)


def do_listen(run: object, *, bench: TaskHarness) -> None:
    from workers.tasks.listen import listen

    listen(run, context=bench.context)  # type: ignore[arg-type]


@pytest.mark.parametrize("worker", [{"TTSAI_ENGINES": "whisper"}], indirect=True)
def test_worker_process_announces_whisper_and_transcribes(worker: RunningWorker, tmp_path: Path) -> None:
    (announcement,) = worker.platform.announcements()
    (spec,) = announcement.engines
    assert (spec.id, spec.kind, len(spec.languages), spec.has_translation) == ("whisper", "stt", 99, True)
    assert {slots.queue for slots in announcement.queues} == {"whisper", CODEC_QUEUE}
    client: redis.Redis = worker.platform.client
    helper = TaskHarness(worker.folder, engines=[], client=client)
    message: PartMessage = helper.message("listen", ListenWork("whisper", helper.keep("clip.flac", clip(LIBRIVOX[1]))))
    worker.platform.give(message, group="whisper")
    outcome = worker.platform.wait_for_outcome(message.token, seconds=60)
    assert (outcome.status, outcome.units_done) == ("completed", 2990)
    assert errors_in(helper.document(address_of(message)).text, LIBRIVOX[1:2]) <= 0.3
    helper.close()
