"""`python -m workers.cloning reference.wav … --output voice.safetensors`: make a voice of recordings of one speaker, without a platform."""

import argparse
import base64
import json
import shutil
import sys
import time
from pathlib import Path
from typing import Final

import numpy as np

from workers.audio.encoding import encode_file
from workers.audio.recordings import read_recording
from workers.cloning.child import FitProgress, run_fit
from workers.cloning.excerpts import cut_excerpts
from workers.cloning.features import log_pitch_statistics, pitch
from workers.cloning.job import DEMO_FILE, USAGE_FILE, VOICE_FILE, FitJob, open_folder, wanted_steps
from workers.cloning.likeness import choose_likeness
from workers.cloning.reference import check_same_speaker, decoding_limits, examine_reference
from workers.contract.cloning import SampleReport, SpokenSegment, VoiceReport
from workers.contract.errors import WorkError
from workers.kokoro.runtime import SAMPLE_RATE
from workers.speakers.encoder import mean_direction
from workers.speakers.ge2e import Ge2eEncoder

DEMO: Final = "This is my new voice. I hope that it sounds familiar to you."


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m workers.cloning", description=__doc__)
    parser.add_argument("recordings", nargs="+", type=Path)
    parser.add_argument("--text", action="append", default=[], help="the words of each recording, in their order")
    parser.add_argument("--language", default="en")
    parser.add_argument("--steps", type=int, default=wanted_steps())
    parser.add_argument("--output", type=Path, default=Path("voice.safetensors"), help="the voice file; a demo is written beside it")
    try:
        return _make_voice(parser.parse_args())
    except (WorkError, OSError) as error:
        print(error.message if isinstance(error, WorkError) else error, file=sys.stderr)
        return 1


def _make_voice(options: argparse.Namespace) -> int:
    started = time.perf_counter()
    encoder = Ge2eEncoder()
    samples = [read_recording(path, sample_rate=SAMPLE_RATE, limits=decoding_limits()) for path in options.recordings]
    references = [examine_reference(one, encoder=encoder) for one in samples]
    check_same_speaker(references)
    speech = [reference.speech() for reference in references]
    likeness = choose_likeness(speech, log_f0=log_pitch_statistics(np.concatenate([pitch(one) for one in speech])))
    texts = [*options.text, *[""] * len(samples)][: len(samples)]
    reports = tuple(
        SampleReport(
            len(reference.samples) / SAMPLE_RATE,
            reference.speech_seconds,
            options.language,
            text,
            (SpokenSegment(reference.regions[0].start, reference.regions[-1].end, text),) if text else (),
        )
        for reference, text in zip(references, texts, strict=True)
    )
    embedding = mean_direction(np.stack([reference.embedding for reference in references]))
    report = VoiceReport(reports, options.language, likeness.gender, tuple(map(float, embedding)), likeness.nearest_voice, *likeness.log_f0)
    passages, files = cut_excerpts([reference.samples for reference in references], report)
    job = FitJob(
        passages,
        options.language,
        base64.b64encode(likeness.voice.to_bytes()).decode(),
        report.embedding,
        likeness.log_f0,
        demo_text=DEMO,
        steps=options.steps,
    )
    for reference in references:
        for warning in reference.warnings:
            print(warning, file=sys.stderr)
    print(f"nearest voice: {likeness.nearest_voice}")
    folder = open_folder(options.output.stem, job, files)
    run_fit(folder, check=lambda: None, on_progress=_print_progress)
    options.output.write_bytes((folder / VOICE_FILE).read_bytes())
    encode_file(options.output.with_suffix(".wav"), [np.load(folder / DEMO_FILE)], audio_format="wav", input_rate=SAMPLE_RATE)
    usage = json.loads((folder / USAGE_FILE).read_text("utf-8"))
    shutil.rmtree(folder, ignore_errors=True)
    phases = ", ".join(
        f"{name} {phase['wall_seconds']:.0f} s ({phase['cpu_seconds']:.0f} CPU s)" for name, phase in usage["phases"].items()
    )
    print(
        f"{options.output}: {time.perf_counter() - started:.0f} s, {time.process_time():.0f} CPU s here and {usage['cpu_seconds']:.0f} in the child, "
        f"{usage['peak_bytes'] >> 20} MiB: {phases}"
    )
    return 0


def _print_progress(progress: FitProgress) -> None:
    print(f"\r{progress.phase} {progress.done}/{progress.total} ", end="\n" if progress.done == progress.total else "", flush=True)


if __name__ == "__main__":
    sys.exit(main())
