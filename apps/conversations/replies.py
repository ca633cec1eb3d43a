"""Answers without a stored conversation: the caller holds the history, and speaks the answer itself (OpenAI's Realtime API)."""

from dataclasses import dataclass

from apps.accounts.callers import Caller
from apps.billing.prices import service_price
from apps.conversations.kinds import VOICE_CHAT, TurnParams
from apps.conversations.selectors import find_responder
from apps.conversations.services import LISTEN_WEIGHT, REPLY_WEIGHT, SPEAK_WEIGHT
from apps.jobs.plans import PartPlan
from apps.jobs.services.acceptance import Submission, submit_job
from apps.jobs.services.submit import JobPlan
from workers.contract.formats import DOCUMENT
from workers.contract.outputs import text_outputs
from workers.contract.transcription import ReplyWork, Turn


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyOrder:
    """Message to answer, with what was said before."""

    text: str
    history: tuple[Turn, ...] = ()
    system_prompt: str = ""
    model: str = ""
    """Id of the responder; empty chooses the first available one."""
    language: str = ""


def request_reply(caller: Caller, *, order: ReplyOrder, request_id: str) -> Submission:
    """Price, reserve and queue in one transaction. Raises ApplicationErrors."""
    responder = find_responder(caller.plan, model=order.model)
    work = ReplyWork(responder.id, text=order.text, language=order.language, system_prompt=order.system_prompt, history=order.history)
    plan = JobPlan(
        kind=VOICE_CHAT,
        engine_id=responder.id,
        queue=responder.queue,
        lane=VOICE_CHAT.lanes.choose(REPLY_WEIGHT, is_awaited=True),
        parts=(PartPlan("reply", work, text_outputs(is_kept=True), units=0, queue=responder.queue, weight=REPLY_WEIGHT),),
        units=REPLY_WEIGHT,
        price_millicredits=reply_price_millicredits(),
        output_format=DOCUMENT,
        params=TurnParams(text=order.text),
    )
    return submit_job(caller, plan, idempotency=None, request_id=request_id)


def reply_price_millicredits() -> int:
    """The answer's share of the price of a turn of /v1/voice-chat/, rounded up: recognition and speech are jobs of their own."""
    return -(-service_price(VOICE_CHAT.name) * REPLY_WEIGHT // (LISTEN_WEIGHT + REPLY_WEIGHT + SPEAK_WEIGHT))
