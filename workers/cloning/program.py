"""`python -m workers.cloning.program FOLDER`: one fit, in a process of its own.

Reads the job in the folder, writes progress lines to its standard output, leaves the voice and a demo in the folder. Without a folder it only
compiles what every fit needs, into the cache.
"""

import base64
import json
import os
import resource
import signal
import sys
import time
from pathlib import Path
from typing import Any, Final

import numpy as np

from workers.cloning.devices import choose_device, is_card_wanted
from workers.cloning.job import CHECKPOINT, DEMO_FILE, USAGE_FILE, VOICE_FILE, FitJob, cache_folder, read_job

PREPARING_UNITS: Final = 6
"""Progress that loading and aligning count for, beside one unit per step."""
STEPS_PER_CHECKPOINT: Final = 1
UNALIGNED_DIVISOR: Final = 2
"""Divisor of the steps where only the speaker embedding leads: more of them would please the encoder and no ear."""
PARENT_DEATH_SIGNAL: Final = 1
"""PR_SET_PDEATHSIG of prctl.h: sent when the thread that started this process ends."""
NICENESS: Final = 10
MEMORY_BYTES: Final = 8 << 30
"""Limit of the address space, of which the libraries reserve about twice what they use."""


def main(arguments: list[str]) -> int:
    _end_with_parent()
    _limit(is_idle=not arguments)
    _configure_jax()
    if not arguments:
        _make_fitter().compile()
        return 0
    folder = Path(arguments[0])
    usage = _Usage()
    _fit(folder, read_job(folder), usage)
    (folder / USAGE_FILE).write_text(json.dumps(usage.finish()), "utf-8")
    return 0


def _fit(folder: Path, job: FitJob, usage: "_Usage") -> None:
    from workers.cloning.checkpoint import read_state, save_state
    from workers.cloning.fitting import FitSettings, FitState
    from workers.cloning.preparation import prepare
    from workers.cloning.speaking import speak_demo
    from workers.kokoro.runtime import KokoroRuntime
    from workers.kokoro.voice_file import KokoroVoice

    _report("loading", 0, PREPARING_UNITS + job.steps)
    likeness = KokoroVoice.from_bytes(base64.b64decode(job.likeness))
    prepared = prepare(
        KokoroRuntime.load(), job, folder=folder, likeness=likeness
    )  # the runtime is freed: 0.5 GB less beside the gradient's
    usage.end_phase("preparing")
    steps = job.steps if prepared.recorded else -(-job.steps // UNALIGNED_DIVISOR)
    total = PREPARING_UNITS + steps
    _report("fitting", PREPARING_UNITS // 2, total)
    fitter = _make_fitter()
    fitter.compile()
    usage.end_phase("compiling")
    state = read_state(folder / CHECKPOINT) or fitter.start(prepared.style)
    _report("fitting", PREPARING_UNITS + state.step, total)

    def after_step(now: FitState) -> None:
        if now.step % STEPS_PER_CHECKPOINT == 0:
            save_state(folder / CHECKPOINT, now)
        _report("fitting", PREPARING_UNITS + now.step, total)

    state = fitter.run(
        state,
        recorded=prepared.recorded,
        read=prepared.read,
        targets=_find_targets(folder, job),
        settings=FitSettings(steps=steps),
        after_step=after_step,
    )
    usage.end_phase("steps")
    voice = KokoroVoice(likeness.timbre, likeness.prosody, fitter.affine(state), (job.log_f0[0], job.log_f0[1]))
    if job.demo_text:
        np.save(folder / DEMO_FILE, speak_demo(KokoroRuntime.load(), voice, job.demo_text, language=job.demo_language))
    temporary = folder / (VOICE_FILE + ".part")
    temporary.write_bytes(voice.to_bytes())
    temporary.replace(folder / VOICE_FILE)
    usage.end_phase("demo")


def _find_targets(folder: Path, job: FitJob) -> dict[str, Any]:
    """Embeddings of the speaker by the encoders whose distance is reduced. Without a passage the d-vector's is zero, so that it takes no part."""
    from workers.kokoro.runtime import SAMPLE_RATE
    from workers.speakers.d_vector import D_VECTOR
    from workers.speakers.encoder import mean_direction
    from workers.speakers.ge2e import GE2E

    found = [D_VECTOR.embed(np.load(folder / one.file, allow_pickle=False), sample_rate=SAMPLE_RATE) for one in job.passages]
    d_vector = mean_direction(np.stack(found)) if found else np.zeros(D_VECTOR.size, np.float32)
    return {GE2E.name: np.array(job.embedding, np.float32), D_VECTOR.name: d_vector}


class _Usage:
    """CPU and wall seconds of a fit by phase."""

    def __init__(self) -> None:
        self._started = (time.perf_counter(), 0.0)
        self._last = self._started
        self._phases: dict[str, dict[str, float]] = {}

    def end_phase(self, name: str) -> None:
        now = (time.perf_counter(), time.process_time())
        self._phases[name] = self._between(self._last, now)
        self._last = now

    def finish(self) -> dict[str, Any]:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << (10 if sys.platform == "linux" else 0)
        return {**self._between(self._started, self._last), "peak_bytes": peak, "phases": self._phases}

    @staticmethod
    def _between(first: tuple[float, float], last: tuple[float, float]) -> dict[str, float]:
        return {"wall_seconds": round(last[0] - first[0], 2), "cpu_seconds": round(last[1] - first[1], 2)}


def _make_fitter() -> Any:
    import onnx

    from workers.cloning.fitting import Fitter
    from workers.kokoro.runtime import WEIGHTS
    from workers.speakers.checkpoint import read_tensors
    from workers.speakers.d_vector import D_VECTOR
    from workers.speakers.ge2e import GE2E
    from workers.weights.store import WeightStore

    store = WeightStore.default()
    return Fitter(
        onnx.load(store.path(WEIGHTS, "model.onnx")),
        ge2e=read_tensors(store.path(*GE2E.weights), entry="model_state"),
        d_vector=onnx.load(store.path(*D_VECTOR.weights)),
    )


def _configure_jax() -> None:
    """Choose the device. Compiled functions are kept on disk, since compiling takes as long as a third of a fit."""
    import jax

    folder = cache_folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    settings: Any = jax.config  # without types
    settings.update("jax_compilation_cache_dir", str(folder))
    settings.update("jax_persistent_cache_min_compile_time_secs", 1.0)
    settings.update("jax_default_device", choose_device())


def _end_with_parent() -> None:
    """Let the kernel end this process when its worker dies, however it dies."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal's Ctrl-C goes to the whole group; the worker decides
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(PARENT_DEATH_SIGNAL, signal.SIGKILL)


def _limit(*, is_idle: bool) -> None:
    """Live speech goes first: a fit has a low priority, compiling gets only what nobody wants."""
    if not is_card_wanted():  # CUDA reserves the address space of all memory
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.setpriority(os.PRIO_PROCESS, 0, max(NICENESS, os.getpriority(os.PRIO_PROCESS, 0)))
    if is_idle and hasattr(os, "SCHED_IDLE"):
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))


def _report(phase: str, done: int, total: int) -> None:
    print(json.dumps({"phase": phase, "done": done, "total": total}), flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
