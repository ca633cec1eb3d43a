"""Voices of the account by the ids that its clients gave them: the names of the voices."""

from collections.abc import Collection

from apps.accounts.callers import Caller
from apps.core.errors import NotFoundError
from apps.voices.models import Voice


def list_prompt_ids(caller: Caller) -> list[str]:
    """Ids of the account's cloned voices that can speak."""
    voices = Voice.objects.filter(account=caller.required_account).exclude(name="").exclude(enrolment__conditioning_key="")
    return sorted(set(voices.values_list("name", flat=True)))


def find_prompt(caller: Caller, prompt_id: str) -> Voice | None:
    """The account's voice of this id: the latest of the name, or the one with this voice id."""
    voices = Voice.objects.select_related("enrolment").filter(account=caller.required_account)
    return voices.filter(name=prompt_id).order_by("-id").first() or voices.filter(voice_id=prompt_id).first()


def get_prompt(caller: Caller, prompt_id: str) -> Voice:
    """The account's voice of this id. 404 for any other."""
    voice = find_prompt(caller, prompt_id)
    if voice is None:
        message = f"Unknown prompt_id {prompt_id[:100]!r}. GET /speakers lists the account's."
        raise NotFoundError(message, code="voice_not_found", param="prompt_id")
    return voice


def get_prompts(caller: Caller, prompt_ids: Collection[str] | None) -> list[Voice]:
    """The voices of these ids, all of the account's for None. 404 for an unknown one."""
    return [get_prompt(caller, prompt_id) for prompt_id in (list_prompt_ids(caller) if prompt_ids is None else prompt_ids)]
