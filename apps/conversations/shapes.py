"""Turns and conversations in responses."""

from typing import Any

from apps.billing import prices
from apps.conversations.kinds import VOICE_CHAT
from apps.conversations.models import Conversation, Turn
from apps.jobs.models import Job
from apps.speech.links import result_address
from apps.transcription.documents import read_script


def turn_shape(job: Job) -> dict[str, Any]:
    """The user's text, the answer and the conversation's id."""
    script = read_script(job)
    return {"conversation_id": VOICE_CHAT.read_params(job).conversation, "user_text": script.original_text, "ai_text": script.text}


def answer_shape(job: Job, *, base: str) -> dict[str, Any]:
    """Whole response of POST /v1/voice-chat/."""
    shape = {
        **turn_shape(job),
        "audio_url": result_address(base, job),
        "credits_used": prices.credits(job.charged_millicredits),
        "duration": job.main_output.audio_seconds if job.main_output else None,
        "model": job.engine_id,
        "tts_model_used": VOICE_CHAT.read_params(job).model,
        "uuid": job.uuid.hex,
        "job_id": str(job.uuid),
    }
    return shape | {"warnings": job.warnings} if job.warnings else shape


def conversation_shape(conversation: Conversation, *, turns: list[Turn], base: str) -> dict[str, Any]:
    """A conversation with its answered turns, oldest first."""
    return {
        "conversation_id": conversation.uuid.hex,
        "system_prompt": conversation.system_prompt,
        "created_at": conversation.created_at,
        "turns": [
            {
                "uuid": turn.job.uuid.hex,
                "user_text": turn.user_text,
                "ai_text": turn.ai_text,
                "audio_url": result_address(base, turn.job),
                "created_at": turn.created_at,
            }
            for turn in turns
        ],
    }
