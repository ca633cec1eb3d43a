"""Fitting task: a voice fitted to a speaker's recordings in a child process, and a sentence spoken with it."""

import base64
import logging
import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import numpy as np

from workers.audio.encoding import encode_file
from workers.cloning.child import FitProgress, run_fit
from workers.cloning.excerpts import cut_excerpts
from workers.cloning.features import Floats
from workers.cloning.job import DEMO_FILE, VOICE_FILE, FitJob, open_folder, read_job, remove_stale_folders, wanted_steps
from workers.cloning.speaking import speak_demo
from workers.contract.cloning import DEMO_OUTPUT, FIT_UNITS, VOICE_OUTPUT, FitWork, VoiceReport
from workers.contract.errors import ENGINE_UNAVAILABLE, WorkError
from workers.contract.messages import Manifest
from workers.contract.provenance import ALL_SPEECH, CLONED_SPEECH
from workers.kokoro.runtime import SAMPLE_RATE, SHARED_RUNTIME
from workers.kokoro.voice_file import KokoroVoice
from workers.parts import PartRun, PartStoppedError
from workers.protocols.enroller import as_enroller
from workers.provenance.watermark import embed_watermark
from workers.storage import Storage
from workers.stream import PartEvents
from workers.tasks.context import WorkerContext
from workers.tasks.examine_voice import decode_reference
from workers.tasks.recode import recode
from workers.tasks.results import OutputWriter, check_format, read_document

logger = logging.getLogger(__name__)

ENROLLER: Final = "kokoro-enrol"
FIT_TRIES: Final = 2
"""Runs of the child process: one that was killed or crashed is continued once at its checkpoint."""
TURN_SECONDS: Final = 0.2
_turn: Final = threading.Lock()
"""Held while a fit runs: one at a time in a worker, since each uses every core and two gigabytes."""


def fit_voice(run: PartRun, *, context: WorkerContext) -> Manifest:
    """Run a part of kind `fit_voice`. Raises WorkError, PartStoppedError."""
    work = FitWork.from_dict(run.message.work)
    check_format(work.demo_format)
    outputs = OutputWriter(run.message, storage=context.storage)
    report = read_document(work.report, VoiceReport, storage=context.storage)
    remove_stale_folders()
    with context.models.use(ENROLLER) as model:
        version = as_enroller(model).spec.version
        samples = [_decode(run, context=context, work=work, index=index) for index in range(len(work.samples))]
        folder = _open_folder(run.message.job, work, report=report, samples=samples, storage=context.storage)
        events = PartEvents(context.live, message=run.message, units_total=FIT_UNITS)

        def on_progress(progress: FitProgress) -> None:
            run.units_done = FIT_UNITS * progress.done // max(1, progress.total)
            events.publish(units_done=run.units_done)

        check = checking_that_continues(run)
        with removing_after_cancellation(folder, run=run), _exclusive_fit(check):
            failure = try_to_fit(folder, check=check, on_progress=on_progress)
            if failure:
                keep_likeness(folder)
    with outputs.open(VOICE_OUTPUT) as output:
        output.path.write_bytes((folder / VOICE_FILE).read_bytes())
    with outputs.open(DEMO_OUTPUT) as output:
        demo = read_demo(folder, watermark=work.watermark)
        encoded = encode_file(output.path, [demo], audio_format=work.demo_format, input_rate=SAMPLE_RATE)
        output.describe_audio(seconds=encoded.seconds, sample_rate=encoded.sample_rate)
    details = {"engine": ENROLLER, "engine_version": version, "is_fitted": not failure, "error": failure}
    manifest = outputs.finish(units_done=FIT_UNITS, details=details)
    shutil.rmtree(folder, ignore_errors=True)
    return manifest


def read_demo(folder: Path, *, watermark: str) -> Floats:
    """Samples of the demo, with the watermark where speech of cloned voices has it. watermark: as in FitWork."""
    demo: Floats = np.load(folder / DEMO_FILE, allow_pickle=False)
    return embed_watermark(demo, sample_rate=SAMPLE_RATE) if watermark in {CLONED_SPEECH, ALL_SPEECH} else demo


def try_to_fit(folder: Path, *, check: Callable[[], None], on_progress: Callable[[FitProgress], None]) -> str:
    """Run the fit; the reason if the child fails every time. Raises what `check` raises."""
    reason = ""
    for _ in range(FIT_TRIES):
        try:
            run_fit(folder, check=check, on_progress=on_progress)
        except WorkError as error:
            if error.is_outage:
                raise
            logger.warning("fit_failed folder=%s error=%s", folder.name, error.message)
            reason = error.message
        else:
            return ""
    return reason


def keep_likeness(folder: Path) -> None:
    """The likeness as the voice, since it can speak although the fit failed; and the demo spoken with it."""
    job = read_job(folder)
    content = base64.b64decode(job.likeness)
    runtime = SHARED_RUNTIME.acquire()
    try:
        demo = speak_demo(runtime, KokoroVoice.from_bytes(content), job.demo_text, language=job.demo_language)
    finally:
        SHARED_RUNTIME.release()
    np.save(folder / DEMO_FILE, demo)
    (folder / VOICE_FILE).write_bytes(content)


@contextmanager
def removing_after_cancellation(folder: Path, *, run: PartRun) -> Iterator[None]:
    """Remove the folder if the part is cancelled: nobody continues it, and it holds a customer's recordings."""
    try:
        yield
    except PartStoppedError:
        if run.is_cancelled:
            shutil.rmtree(folder, ignore_errors=True)
        raise


def checking_that_continues(run: PartRun) -> Callable[[], None]:
    """PartRun.check for a fit: its time limit ends the attempt, not the fit, which another attempt continues at its checkpoint.

    A fit has a low priority, so that on a busy machine it may need more time than a part has. Such an attempt is not counted.
    """

    def check() -> None:
        try:
            run.check()
        except WorkError as error:
            message = "The machine was too busy to fit the voice in the time of one attempt."
            raise WorkError(ENGINE_UNAVAILABLE, message, is_outage=True) from error

    return check


@contextmanager
def _exclusive_fit(check: Callable[[], None]) -> Iterator[None]:
    """Wait until no other fit runs in this worker, and call `check` meanwhile."""
    while not _turn.acquire(timeout=TURN_SECONDS):
        check()
    try:
        yield
    finally:
        _turn.release()


def _decode(run: PartRun, *, context: WorkerContext, work: FitWork, index: int) -> Floats:
    with context.storage.read(work.samples[index].source) as source:
        return recode(run, context=context, sources=[source], work=lambda: decode_reference(source))


def _open_folder(name: str, work: FitWork, *, report: VoiceReport, samples: Sequence[Floats], storage: Storage) -> Path:
    with storage.read(work.likeness) as path:
        likeness = base64.b64encode(path.read_bytes()).decode()
    passages, files = cut_excerpts(samples, report)
    job = FitJob(
        passages=passages,
        language=report.language,
        likeness=likeness,
        embedding=report.embedding,
        log_f0=(report.log_f0_mean, report.log_f0_deviation),
        demo_text=work.demo_text,
        demo_language=work.demo_language,
        steps=wanted_steps(),
    )
    return open_folder(name, job, files)
