"""Examination task: recordings of a speaker checked and transcribed, and the built-in voices mixed to a likeness."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np

from workers.audio.recordings import read_recording
from workers.cloning.features import log_pitch_statistics, pitch
from workers.cloning.likeness import SpeakerLikeness, choose_likeness
from workers.cloning.phonemes import can_phonemise, phonemise
from workers.cloning.reference import ExaminedReference, check_same_speaker, decoding_limits, examine_reference, refusal
from workers.contract.cloning import EXAMINE_UNITS, LIKENESS_OUTPUT, REPORT_OUTPUT, ExamineWork, SampleReport, VoiceReport
from workers.contract.errors import BAD_AUDIO, WorkError
from workers.contract.messages import Manifest
from workers.fairness import Order
from workers.kokoro.runtime import SAMPLE_RATE
from workers.parts import PartRun
from workers.speakers.encoder import mean_direction
from workers.speakers.ge2e import Ge2eEncoder
from workers.tasks.context import WorkerContext
from workers.tasks.recode import recode
from workers.tasks.reference_transcripts import ReferenceTranscript, transcribe_reference
from workers.tasks.results import OutputWriter
from workers.tasks.scheduling import sentence_order

UNITS: Final = 60
"""Scheduling units of one check: about four seconds of speech."""


def examine_voice(run: PartRun, *, context: WorkerContext) -> Manifest:
    """Run a part of kind `examine_voice`. Raises WorkError (invalid_reference with advice), PartStoppedError."""
    work = ExamineWork.from_dict(run.message.work)
    outputs = OutputWriter(run.message, storage=context.storage)
    order = replace(sentence_order(run.message, index=0, units=UNITS), lane="bulk", is_first_sentence=False)
    references = [_examine(run, context=context, work=work, index=index, order=order) for index in range(len(work.samples))]
    if not references:
        raise refusal("There is no recording.")
    check_same_speaker(references)
    language = work.language
    transcripts = []
    for reference, sample in zip(references, work.samples, strict=True):
        found = transcribe_reference(run, context=context, reference=reference, given=sample.transcript, language=language, order=order)
        language = language or found.language
        transcripts.append(found)
    likeness = run.wait_for(context.scheduler.submit(order, work=partial(_find_likeness, references, transcripts, language)))
    report = _report(references, transcripts, language=language, likeness=likeness)
    outputs.write_json(REPORT_OUTPUT, report.to_dict())
    with outputs.open(LIKENESS_OUTPUT) as output:
        output.path.write_bytes(likeness.voice.to_bytes())
    run.units_done = EXAMINE_UNITS
    details = {"engine": work.engine, "language": language, "nearest_voice": likeness.nearest_voice, "warnings": list(report.warnings)}
    return outputs.finish(units_done=EXAMINE_UNITS, details=details)


def decode_reference(path: Path) -> "np.ndarray[tuple[int], np.dtype[np.float32]]":
    """Mono samples of a customer's recording at 24 kHz. Raises WorkError (invalid_reference)."""
    try:
        return read_recording(path, sample_rate=SAMPLE_RATE, limits=decoding_limits())
    except WorkError as error:
        if error.code != BAD_AUDIO:
            raise
        raise refusal(f"The recording cannot be used: {error.message}") from error


def _examine(run: PartRun, *, context: WorkerContext, work: ExamineWork, index: int, order: Order) -> ExaminedReference:
    """Decode and check one recording; its refusal names it if there are several."""
    with context.storage.read(work.samples[index].source) as source:
        try:
            samples = recode(run, context=context, sources=[source], work=lambda: decode_reference(source))
            check = partial(examine_reference, samples, encoder=Ge2eEncoder())
            return run.wait_for(context.scheduler.submit(order, work=check))
        except WorkError as error:
            if len(work.samples) == 1:
                raise
            raise WorkError(error.code, f"Recording {index + 1}: {error.message}", is_outage=error.is_outage) from error


def _find_likeness(references: Sequence[ExaminedReference], transcripts: Sequence[ReferenceTranscript], language: str) -> SpeakerLikeness:
    speech = [reference.speech() for reference in references]
    hertz = np.concatenate([pitch(one) for one in speech])
    return choose_likeness(speech, log_f0=log_pitch_statistics(hertz), pace=_pace(transcripts, language))


def _pace(transcripts: Sequence[ReferenceTranscript], language: str) -> float | None:
    """Phonemes a second; None if the words are unknown or cannot be pronounced."""
    segments = [segment for found in transcripts for segment in found.segments]
    seconds = sum(segment.end - segment.start for segment in segments)
    if seconds <= 0 or not can_phonemise(language):
        return None
    return sum(len(phonemise(segment.text, language=language)) for segment in segments) / seconds


def _report(
    references: Sequence[ExaminedReference], transcripts: Sequence[ReferenceTranscript], *, language: str, likeness: SpeakerLikeness
) -> VoiceReport:
    samples = tuple(
        SampleReport(
            seconds=round(len(reference.samples) / SAMPLE_RATE, 3),
            speech_seconds=round(reference.speech_seconds, 3),
            language=found.language or language,
            transcript=found.text,
            segments=found.segments,
        )
        for reference, found in zip(references, transcripts, strict=True)
    )
    several = len(references) > 1
    warnings = [
        f"Recording {number}: {text}" if several else text for number, one in enumerate(references, start=1) for text in one.warnings
    ]
    if not any(found.segments for found in transcripts):
        warnings.append("The words of the recordings are unknown, so that the voice is fitted to the sound of the speaker alone.")
    elif not can_phonemise(language):
        warnings.append(
            f"Kokoro has no pronunciation for the language {language!r}: the voice is fitted to the sound of the speaker alone."
        )
    embedding = mean_direction(np.stack([reference.embedding for reference in references]))
    mean, deviation = likeness.log_f0
    return VoiceReport(
        samples=samples,
        language=language,
        gender=likeness.gender,
        embedding=tuple(round(float(number), 6) for number in embedding),
        nearest_voice=likeness.nearest_voice,
        log_f0_mean=round(mean, 5),
        log_f0_deviation=round(deviation, 5),
        warnings=tuple(warnings),
    )
