"""Parts that enrol a voice, and the voice as later parts of the same job refer to it."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.conf import settings

from apps.catalog.catalogue import EngineRow
from apps.catalog.voices import default_voice
from apps.jobs.plans import PartPlan
from apps.jobs.services.previews import SENTENCES
from apps.speech.speech_settings import ClonedVoice
from workers.contract.cloning import (
    DEMO_OUTPUT,
    EXAMINE_UNITS,
    FIT_UNITS,
    LIKENESS_OUTPUT,
    REPORT_OUTPUT,
    VOICE_OUTPUT,
    ExamineWork,
    FitWork,
    VoiceSample,
)
from workers.contract.formats import DOCUMENT, VOICE_FILE
from workers.contract.messages import SpeakWork
from workers.contract.names import EXAMINATION_QUEUE
from workers.contract.outputs import OutputSpec, audio_outputs
from workers.contract.references import PartOutput, StoredObject
from workers.contract.tags import primary_tag
from workers.contract.voices import VoiceRef

EXAMINE: Final = "examine_voice"
FIT: Final = "fit_voice"
DEMO_FORMAT: Final = "mp3"


@dataclass(frozen=True, slots=True)
class Recording:
    """Recording of the speaker in the store."""

    key: str
    transcript: str = ""


@dataclass(frozen=True, slots=True)
class EnrolmentPlan:
    """Parts that make a voice for later parts of the same job, and the output that is the voice."""

    parts: tuple[PartPlan, ...]
    voice: PartOutput | StoredObject
    transcript: str = ""
    """Words of the recording, if the recording itself is the voice."""

    def cloned_voice(self, *, voice_id: str, engine: EngineRow) -> ClonedVoice:
        """The voice for the text of the same job. Language and gender are unknown yet: those of the default voice stand for them.

        Its version is new for each job, since workers cache voices by id and version, and another job may make another one of the same id.
        """
        language = default_voice(engine).language if engine.spoken_voices else ""
        ref = VoiceRef(
            voice_id, language, engine=engine.id, version=secrets.token_hex(8), conditioning=self.voice, transcript=self.transcript
        )
        return ClonedVoice(engine, ref, parts=self.parts, queue=EXAMINATION_QUEUE)


def plan_enrolment(
    recordings: Iterable[Recording], *, engine: EngineRow, enroller: EngineRow, is_fitted: bool, is_demo_kept: bool = False
) -> EnrolmentPlan:
    """Parts that examine recordings and, if `is_fitted`, fit a voice; otherwise the likeness is the voice. A model that takes recordings needs
    neither: the first recording is the voice.

    They weigh nothing in the price. is_demo_kept: the demo of the fit is the job's result.
    """
    recordings = tuple(recordings)
    samples = tuple(VoiceSample(StoredObject(one.key), transcript=one.transcript) for one in recordings)
    examine = PartPlan(
        EXAMINE,
        ExamineWork(engine.id, samples),
        (OutputSpec(REPORT_OUTPUT, DOCUMENT), OutputSpec(LIKENESS_OUTPUT, VOICE_FILE)),
        units=EXAMINE_UNITS,
        weight=EXAMINE_UNITS if is_demo_kept else 0,
        queue=EXAMINATION_QUEUE,
    )
    if engine.spec.takes_recordings:
        return EnrolmentPlan((examine,), StoredObject(recordings[0].key), transcript=recordings[0].transcript)
    if not is_fitted:
        return EnrolmentPlan((examine,), PartOutput(0, LIKENESS_OUTPUT))
    language = demo_language(engine)
    work = FitWork(
        engine.id,
        samples,
        report=PartOutput(0, REPORT_OUTPUT),
        likeness=PartOutput(0, LIKENESS_OUTPUT),
        demo_text=demo_sentence(language),
        demo_language=language,
        demo_format=DEMO_FORMAT,
    )
    outputs = (OutputSpec(DEMO_OUTPUT, DEMO_FORMAT, is_kept=is_demo_kept), OutputSpec(VOICE_OUTPUT, VOICE_FILE))
    fit = PartPlan(FIT, work, outputs, units=FIT_UNITS, weight=FIT_UNITS if is_demo_kept else 0, stage=1, queue=enroller.queue)
    return EnrolmentPlan((examine, fit), PartOutput(1, VOICE_OUTPUT))


def plan_demo(voice: VoiceRef, *, engine: EngineRow, stage: int) -> PartPlan:
    language = voice.language or demo_language(engine)
    text = demo_sentence(language)
    work = SpeakWork(engine.id, voice=voice, text=text, language=language, format=DEMO_FORMAT)
    return PartPlan(
        "speak", work, audio_outputs(DEMO_FORMAT, is_kept=True), units=len(text), stage=stage, queue=engine.queue, weight=FIT_UNITS
    )


def demo_language(engine: EngineRow) -> str:
    """Full tag of the model's default voice."""
    return next((voice.language for voice in engine.voice_refs), "en-us")


def demo_sentence(language: str) -> str:
    return SENTENCES.get(primary_tag(language), SENTENCES["en"])


def is_fit_wanted(engine: EngineRow) -> bool:
    """True unless the operator left the fit out (TTSAI_CLONE_FIT), or the model speaks with the recording itself."""
    return bool(settings.TTSAI_CLONE_FIT) and not engine.spec.takes_recordings
