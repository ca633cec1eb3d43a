"""Inputs of a fit: the job's recordings aligned with their words, and sentences that the voice reads."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from workers.cloning.features import UNIT, Floats
from workers.cloning.fitting import RECORDED_UNITS
from workers.cloning.job import FitJob
from workers.cloning.passages import Passage, Prosody, read_passage, recorded_passage
from workers.cloning.phonemes import can_phonemise, phonemise
from workers.kokoro.runtime import MOST_PHONEMES, KokoroRuntime
from workers.kokoro.voice_file import KokoroVoice

SENTENCES: Final = Path(__file__).with_name("sentences.toml")
SENTENCE_LANGUAGE: Final = "en"
USUAL_PHONEMES: Final = 60
"""Phonemes of a usual sentence: the row of the styles that the fit begins with."""


@dataclass(frozen=True, slots=True)
class PreparedFit:
    """Inputs of a fit."""

    recorded: list[Passage]
    """Empty where the words of the recordings cannot be phonemised."""
    read: list[Passage]
    style: Floats
    """[256]: the likeness's style, whose acoustic half the fit begins with."""


def prepare(runtime: KokoroRuntime, job: FitJob, *, folder: Path, likeness: KokoroVoice) -> PreparedFit:
    """Align the recordings and read the sentences."""
    prosody = Prosody(likeness.prosody)
    read = [
        read_passage(runtime, phonemes, prosody=prosody, log_f0=(job.log_f0[0], job.log_f0[1]))
        for sentence in tomllib.loads(SENTENCES.read_text("utf-8"))[SENTENCE_LANGUAGE]
        if (phonemes := phonemise(sentence, language=SENTENCE_LANGUAGE, vocabulary=runtime.vocabulary))
    ]
    style = runtime.mix_styles(likeness.timbre, phoneme_count=USUAL_PHONEMES)
    return PreparedFit(list(_recorded(runtime, job, folder=folder, prosody=prosody)), read, style)


def _recorded(runtime: KokoroRuntime, job: FitJob, *, folder: Path, prosody: Prosody) -> Iterator[Passage]:
    if not can_phonemise(job.language):
        return
    for passage in job.passages:
        samples = np.load(folder / passage.file, allow_pickle=False)
        phonemes = phonemise(passage.text, language=job.language, vocabulary=runtime.vocabulary) if passage.text else ""
        if phonemes and len(phonemes) <= MOST_PHONEMES and samples.size >= UNIT * RECORDED_UNITS // 2:
            yield recorded_passage(runtime, samples, phonemes=phonemes, prosody=prosody)[0]
