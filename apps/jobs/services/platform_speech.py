"""Plan of speech that the platform asks for itself, without an account: previews and probes."""

from apps.jobs.kinds import JobKind
from apps.jobs.params import SpokenParams
from apps.jobs.plans import PartPlan
from apps.jobs.services.submit import JobPlan
from workers.contract.messages import SpeakWork
from workers.contract.outputs import audio_outputs
from workers.contract.voices import VoiceRef


def plan_platform_speech(kind: JobKind[SpokenParams], text: str, *, voice: VoiceRef, queue: str, audio_format: str) -> JobPlan:
    """Plan of one part in the voice's language, kept and free of charge."""
    work = SpeakWork(engine=voice.engine, voice=voice, text=text, language=voice.language, format=audio_format)
    return JobPlan(
        kind=kind,
        engine_id=voice.engine,
        queue=queue,
        lane=kind.lanes.choose(len(text), is_awaited=False),
        parts=(PartPlan("speak", work, audio_outputs(audio_format, is_kept=True), units=len(text)),),
        units=len(text),
        price_millicredits=0,
        output_format=audio_format,
        params=SpokenParams(model=voice.engine, voice=voice.id, text=text, language=voice.language, format=audio_format),
    )
