"""Read operations on conversations of an account."""

from collections.abc import Iterable, Sequence
from datetime import UTC
from uuid import UUID

from django.db.models import Count, QuerySet

from apps.accounts.callers import Caller
from apps.accounts.models import Plan
from apps.catalog.catalogue import EngineRow
from apps.catalog.selectors import check_installed, find_model, list_models
from apps.conversations.kinds import VOICE_CHAT
from apps.conversations.models import Conversation, Turn
from apps.core import retry_after
from apps.core.errors import GoneError, InvalidRequestError, NotFoundError, UnavailableError
from apps.core.ids import find_uuid
from apps.jobs.models import JobState
from apps.transcription.documents import read_script
from apps.translation.translators import is_included
from workers.contract.transcription import Turn as ContractTurn

MAXIMUM_TURNS = 20
TITLE_CHARACTERS = 80
MAXIMUM_CHARACTERS = 8000
"""Most characters of history sent to a responder; the latest turns that fit are sent."""
PREFERRED = ("openai-chat", "local-chat", "offline")
"""Responders by preference: a configured server, then the local small model, then the offline responder."""


def get_own_conversation(caller: Caller, *, conversation_id: str) -> Conversation:
    """Conversation of the caller's account. 400 for a malformed id, 404 for any other."""
    uuid = find_uuid(conversation_id)
    if uuid is None:
        raise InvalidRequestError(
            "conversation_id must be the 32 hex digits of an earlier response.", code="invalid_uuid", param="conversation_id"
        )
    found = Conversation.objects.filter(uuid=uuid, account=caller.account).first()
    if found is None:
        raise NotFoundError("There is no conversation with this id.", param="conversation_id", code="conversation_not_found")
    return found


def list_own_conversations(caller: Caller) -> QuerySet[Conversation]:
    """The account's conversations, the latest first, with `turn_count`."""
    own = Conversation.objects.filter(account=caller.required_account)
    return own.annotate(turn_count=Count("turns")).order_by("-last_turn_at", "uuid")


def titles_of(conversations: Sequence[Conversation]) -> dict[UUID, str]:
    """Titles of conversations: the first message, shortened, otherwise the day. One that was spoken is read from its document, once."""
    turns = Turn.objects.filter(conversation__in=conversations).select_related("job").order_by("conversation_id", "id")
    first = {turn.conversation_id: turn for turn in turns.distinct("conversation_id")}
    return {one.uuid: title_of(one, first=first.get(one.uuid)) for one in conversations}


def title_of(conversation: Conversation, *, first: Turn | None) -> str:
    """Title of a conversation with this first turn."""
    text = "" if first is None else first.user_text or _asked_text(first)
    words = " ".join(text.split())
    if words:
        return words if len(words) <= TITLE_CHARACTERS else f"{words[:TITLE_CHARACTERS].rpartition(' ')[0] or words[:TITLE_CHARACTERS]}…"
    return f"Conversation of {conversation.created_at.astimezone(UTC):%-d %b %Y}"


def _asked_text(turn: Turn) -> str:
    """Question of a turn that nobody has read yet: as it was written, or from the document of the answer."""
    if turn.job.is_expired:
        return ""
    asked = VOICE_CHAT.read_params(turn.job).text
    return asked or (_with_texts(turn).user_text if turn.job.state == JobState.COMPLETED else "")


def read_turns(conversation: Conversation) -> list[Turn]:
    """Answered turns, oldest first, with their texts."""
    turns = conversation.turns.select_related("job").filter(job__state=JobState.COMPLETED, job__result_deleted_at=None)
    latest = list(turns.order_by("-id")[:MAXIMUM_TURNS])
    return [turn for turn in map(_with_texts, reversed(latest)) if turn.ai_text]


def history_of(turns: Iterable[Turn]) -> tuple[ContractTurn, ...]:
    """History for a responder: the latest turns that fit, oldest first."""
    spoken: list[ContractTurn] = []
    characters = 0
    for turn in reversed(list(turns)):
        characters += len(turn.user_text) + len(turn.ai_text)
        if characters > MAXIMUM_CHARACTERS:
            break
        spoken[:0] = [ContractTurn("user", turn.user_text), ContractTurn("assistant", turn.ai_text)]
    return tuple(spoken)


def find_responder(plan: Plan, *, model: str = "") -> EngineRow:
    """Chat model that answers. Raises 400 unknown_model or model_not_installed, 503 model_unavailable."""
    if model:
        return find_model(model, plan=plan, kind="chat")
    answering = [engine for engine in list_models() if engine.kind == "chat" and engine.was_seen_lately]
    check_installed("chat")
    if not answering:
        raise UnavailableError(
            "No worker serves a responder at the moment.", code="model_unavailable", headers={"Retry-After": retry_after.MODEL_UNAVAILABLE}
        )
    best = min(answering, key=lambda engine: (not is_included(engine, plan=plan), _rank(engine), engine.id))
    return find_model(best.id, plan=plan, kind="chat")


def _rank(engine: EngineRow) -> int:
    return PREFERRED.index(engine.id) if engine.id in PREFERRED else len(PREFERRED)


def _with_texts(turn: Turn) -> Turn:
    """The turn with its texts, read once from the job's document."""
    if not turn.ai_text:
        try:
            script = read_script(turn.job)
        except GoneError:
            return turn
        turn.user_text, turn.ai_text = script.original_text, script.text
        Turn.objects.filter(pk=turn.pk).update(user_text=turn.user_text, ai_text=turn.ai_text)
    return turn
