"""Speech to text by a real worker: word errors on human speech, an hour in pieces, ten minutes without speech."""

import itertools
import os
import resource
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import jiwer
import numpy as np
import pytest

from tests.prove.transcription_material import order_of, write_clips, write_samples
from tests.workers.messages import Platform, address_of
from tests.workers.recognition.clips import LIBRIVOX, clip, music, noise, said, silence, spoken_words
from tests.workers.running_worker import RunningWorker
from tests.workers.tasks.task_harness import TaskHarness
from tests.workers.valkey_server import ValkeyServer
from workers.contract.messages import PartMessage, PartOutcome
from workers.contract.names import CODEC_QUEUE
from workers.contract.outputs import ANALYSIS
from workers.contract.references import Address
from workers.contract.transcription import ListenWork, PrepareWork, TranscriptDocument, TranscriptWork

pytestmark = [pytest.mark.prove, pytest.mark.timeout(7200)]

HOUR_ROUNDS = int(os.environ.get("TTSAI_TEST_PROVE_ROUNDS", "146"))
"""Rounds of 24.7 s: 146 are an hour."""
PIECE_SECONDS = 120
LARGEST_BYTES = 1_500_000_000
LEAST_RATIO = 0.95


@pytest.fixture(scope="module")
def worker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningWorker]:
    """Worker with Whisper, on all cores, with its own broker."""
    folder = tmp_path_factory.mktemp("worker")
    server = ValkeyServer(folder)
    server.start()
    cores = str(os.cpu_count() or 1)
    running = RunningWorker(
        folder, Platform(server.client, server.url), server.url, {"TTSAI_ENGINES": "whisper", "TTSAI_WORKER_CORES": cores}
    )
    running.start()
    yield running
    running.end(9)  # type: ignore[arg-type]
    server.kill()
    server.client.close()


class Listener:
    """Gives the parts of one recording to a worker, as the platform does."""

    def __init__(self, worker: RunningWorker) -> None:
        self.worker = worker
        self.bench = TaskHarness(worker.folder, engines=[], client=worker.platform.client)

    def transcribe(self, source: Address, *, seconds: float) -> TranscriptDocument:
        """Transcribe in pieces, all given out at once."""
        pieces = max(1, -(-int(seconds) // PIECE_SECONDS))
        prepared = self.bench.message("prepare", PrepareWork(source, "whisper", pieces))
        self.do([prepared])
        heard = [
            self.bench.message(
                "listen", ListenWork("whisper", address_of(prepared), analysis=address_of(prepared, ANALYSIS), piece=piece), part=1 + piece
            )
            for piece in range(pieces)
        ]
        self.do(heard)
        joined = self.bench.message(
            "transcript", TranscriptWork(tuple(address_of(one) for one in heard), analysis=address_of(prepared, ANALYSIS))
        )
        self.do([joined], group=CODEC_QUEUE)
        return self.bench.document(address_of(joined))

    def do(self, messages: Sequence[PartMessage], *, group: str = "whisper") -> list[PartOutcome]:
        """Send the messages and wait for their outcomes."""
        for message in messages:
            self.worker.platform.give(message, group=group)
        outcomes = [self.worker.platform.wait_for_outcome(message.token, seconds=7000) for message in messages]
        assert {outcome.status for outcome in outcomes} == {"completed"}, outcomes
        return outcomes


@pytest.fixture(scope="module")
def listener(worker: RunningWorker) -> Listener:
    return Listener(worker)


def status_of(worker: RunningWorker, name: str) -> int:
    """A figure of /proc/PID/status, in bytes."""
    assert worker.process is not None
    lines = Path(f"/proc/{worker.process.pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) << 10 for line in lines if line.startswith(f"{name}:"))


def cpu_seconds_of(worker: RunningWorker) -> float:
    """CPU seconds of the worker and its children that ended."""
    assert worker.process is not None
    fields = Path(f"/proc/{worker.process.pid}/stat").read_text().rpartition(")")[2].split()
    return sum(int(fields[index]) for index in (11, 12, 13, 14)) / os.sysconf("SC_CLK_TCK")


def thread_cpu_seconds_of(worker: RunningWorker) -> dict[str, float]:
    """CPU seconds of each running thread by its number."""
    assert worker.process is not None
    ticks = {
        task.name: (task / "stat").read_text().rpartition(")")[2].split() for task in Path(f"/proc/{worker.process.pid}/task").iterdir()
    }
    return {number: (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK") for number, fields in ticks.items()}


def test_human_speech_is_heard_with_fewer_than_three_errors_in_a_hundred_words(listener: Listener) -> None:
    documents = []
    for name in LIBRIVOX:
        message = listener.bench.message("listen", ListenWork("whisper", listener.bench.keep(f"{name}.flac", clip(name))))
        listener.do([message])
        documents.append(listener.bench.document(address_of(message)))
    rate = jiwer.wer([said([name]) for name in LIBRIVOX], [spoken_words(document.text) for document in documents])
    print(f"word error rate on the LibriVox clips: {rate:.4f}")
    assert rate < 0.03


def test_hour_long_recording_keeps_every_word_in_bounded_memory_and_time(listener: Listener, worker: RunningWorker) -> None:
    names = order_of(HOUR_ROUNDS)
    path = listener.bench.objects / "hour.flac"
    seconds = write_clips(path, names)
    listener.transcribe(listener.bench.keep("first.flac", clip(LIBRIVOX[0])), seconds=1)  # loads the model
    before, threads_before, started = cpu_seconds_of(worker), thread_cpu_seconds_of(worker), time.perf_counter()
    document = listener.transcribe(Address("folder", path.name), seconds=seconds)
    wall, cpu = time.perf_counter() - started, cpu_seconds_of(worker) - before
    busiest = sorted((spent - threads_before.get(number, 0.0) for number, spent in thread_cpu_seconds_of(worker).items()), reverse=True)
    busiest = busiest[: os.cpu_count() or 1]
    errors = jiwer.process_words(said(names).replace("more a amiable", "more amiable"), spoken_words(document.text))
    peak = status_of(worker, "VmHWM")
    print(
        f"{seconds:.0f} s: {wall:.0f} s, {cpu:.0f} CPU s, the busiest threads {', '.join(f'{spent:.0f}' for spent in busiest)}, {seconds / wall:.1f} times real time, peak {peak / 1e6:.0f} MB; of "
        f"{errors.hits + errors.substitutions + errors.deletions} words {errors.substitutions} wrong, {errors.deletions} lost, {errors.insertions} too many"
    )
    assert peak < LARGEST_BYTES
    assert busiest[-1] > 0.7 * busiest[0], "the cores share the work"
    assert document.duration == pytest.approx(seconds, abs=0.01)
    assert errors.wer < 0.03
    assert lost_or_doubled_sentences(names, document) == []
    starts = [segment.start for segment in document.segments]
    assert starts == sorted(starts)


def lost_or_doubled_sentences(names: Sequence[str], document: TranscriptDocument) -> list[str]:
    """Clips that lie in no segment (lost speech), and segments that overlap by more than half a second."""
    found, time_ = [], 0.0
    spans = [(segment.start, segment.end) for segment in document.segments]
    for name in names:
        length = len(clip(name)) / 16_000
        middle = time_ + length / 2
        if not any(start <= middle <= end for start, end in spans):
            found.append(f"{name} at {time_:.1f} is lost")
        time_ += length
    return found + [f"{first} and {second} overlap" for first, second in itertools.pairwise(spans) if second[0] < first[1] - 0.5]


@pytest.mark.parametrize("name", ["silence", "white", "pink", "brown", "faint", "music", "soft"])
def test_ten_minutes_without_speech_give_no_text(listener: Listener, name: str) -> None:
    samples: np.ndarray = {
        "silence": lambda: silence(600),
        "white": lambda: noise(600, level=0.3),
        "pink": lambda: noise(600, level=0.3, exponent=1),
        "brown": lambda: noise(600, level=0.2, exponent=2),
        "faint": lambda: noise(600, level=0.002),
        "music": lambda: music(600),
        "soft": lambda: music(600) * 0.01,
    }[name]()
    path = listener.bench.objects / f"{name}.flac"
    seconds = write_samples(path, samples)
    document = listener.transcribe(Address("folder", path.name), seconds=seconds)
    assert (document.text, document.segments, document.language, document.duration) == ("", (), "", 600.0)


def test_throughput_is_that_of_the_bare_library_on_all_cores(listener: Listener, worker: RunningWorker, tmp_path: Path) -> None:
    """Both are measured in CPU seconds, which other programs on the machine affect little."""
    names = order_of(16)
    path = listener.bench.objects / "throughput.flac"
    seconds = write_clips(path, names)
    ratios = []
    for _ in range(3):
        bare = bare_cpu_seconds(path)
        before = cpu_seconds_of(worker)
        listener.transcribe(Address("folder", path.name), seconds=seconds)
        ours = cpu_seconds_of(worker) - before
        ratios.append(bare / ours)
        print(f"{seconds:.0f} s of speech: bare {bare:.1f} CPU s, the worker {ours:.1f}: {bare / ours:.3f}", flush=True)
    assert sorted(ratios)[1] >= LEAST_RATIO


def bare_cpu_seconds(path: Path) -> float:
    """CPU seconds of faster-whisper's fastest batched pipeline, with segment times."""
    from faster_whisper import BatchedInferencePipeline, WhisperModel

    from workers.weights.store import WeightStore

    folder = WeightStore.default().path("whisper-base", "model.bin").parent
    model = WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=os.cpu_count() or 1)
    before = resource.getrusage(resource.RUSAGE_SELF)
    segments, _ = BatchedInferencePipeline(model).transcribe(str(path), beam_size=5, batch_size=8, word_timestamps=True)
    assert sum(1 for _ in segments)
    after = resource.getrusage(resource.RUSAGE_SELF)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
