"""Reply task: answers the user's message, in a written and a speakable form."""

from workers.contract.errors import NOTHING_TO_SAY, WorkError
from workers.contract.messages import Manifest
from workers.contract.tags import primary_tag
from workers.contract.transcription import ReplyWork, ScriptDocument, TranscriptDocument, Turn
from workers.parts import PartRun
from workers.protocols.engine import Model
from workers.protocols.responder import as_responder
from workers.tasks.context import WorkerContext
from workers.tasks.inference import submit_inference
from workers.tasks.results import read_document, store_document
from workers.text.answers import make_speakable


def reply(run: PartRun, *, context: WorkerContext) -> Manifest:
    """Run a part of kind `reply`. Raises WorkError (nothing_to_say for an empty message), PartStoppedError."""
    work = ReplyWork.from_dict(run.message.work)
    transcript = read_document(work.transcript, TranscriptDocument, storage=context.storage) if work.transcript else None
    said = (transcript.text if transcript else work.text or "").strip()
    language = primary_tag(work.language or (transcript.language if transcript else ""))
    if not said:
        raise WorkError(NOTHING_TO_SAY, "The recording contains no speech.")

    def call(model: Model) -> str:
        turns = (*work.history, Turn("user", said))
        return as_responder(model).reply(turns, system_prompt=work.system_prompt, language=language)

    with context.models.use(work.engine) as model:
        responder = as_responder(model)
        future = submit_inference(run, context=context, engine=work.engine, work=call, is_remote=responder.is_remote, units=len(said))
        text, seconds = run.wait_for(future)
        is_notice = responder.is_notice(text)
        details = {"engine": responder.spec.id, "engine_version": responder.spec.version, "compute_seconds": round(seconds, 4)}
    document = ScriptDocument(
        original_text=said,
        text=text,
        source_language=language,
        target_language=language,
        shares=(make_speakable(text),),
        gender=transcript.gender if transcript else "",
        details=details,
    )
    run.units_done = len(said)
    details = {**details, "language": language, "share_characters": list(map(len, document.shares))}
    return store_document(
        run.message,
        storage=context.storage,
        document=document,
        units_done=run.units_done,
        is_notice=is_notice,
        details=details,
    )
