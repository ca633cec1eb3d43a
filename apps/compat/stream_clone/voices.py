"""Voices of the account by the ids that its clients gave them: the names of the voices."""

from collections.abc import Collection
from functools import partial

from django.db import transaction

from apps.accounts.callers import Caller
from apps.core.errors import NotFoundError
from apps.voices.models import EnrolmentState, Voice
from apps.voices.services.removal import remove_voice


def list_prompt_ids(caller: Caller) -> list[str]:
    """Ids of the account's cloned voices that can speak."""
    voices = Voice.objects.filter(account=caller.required_account).exclude(name="").select_related("enrolment")
    return sorted({voice.name for voice in voices if voice.can_speak})


def find_prompt(caller: Caller, prompt_id: str) -> Voice | None:
    """The account's voice of this id: the latest of the name, one that does not speak only if there is no other; or the one with this
    voice id.
    """
    voices = Voice.objects.select_related("enrolment__job").filter(account=caller.required_account)
    named = list(voices.filter(name=prompt_id).order_by("-id"))
    made = (voice for voice in named if not _is_unmade(voice))
    return next(made, None) or next(iter(named), None) or voices.filter(voice_id=prompt_id).first()


def find_made_prompt(caller: Caller, prompt_id: str) -> Voice | None:
    """The account's voice of this id, unless it could not be made."""
    voice = find_prompt(caller, prompt_id)
    return None if voice is None or _is_unmade(voice) else voice


def _is_unmade(voice: Voice) -> bool:
    """True for a voice that could not be made, and for that of a slot which is not trained."""
    return voice.enrolment.state == EnrolmentState.FAILED or voice.has_only_likeness


def get_prompt(caller: Caller, prompt_id: str) -> Voice:
    """The account's voice of this id. 404 for any other."""
    voice = find_prompt(caller, prompt_id)
    if voice is None:
        message = f"Unknown prompt_id {prompt_id[:100]!r}. GET /speakers lists the account's."
        raise NotFoundError(message, code="voice_not_found", param="prompt_id")
    return voice


def remove_prompt(caller: Caller, prompt_id: str) -> None:
    """Remove every voice that the id stands for, so that it is unknown afterwards: other APIs may give voices the same name.

    404 for an unknown one; 403 voice_taken_down leaves all as they are.
    """
    with transaction.atomic():
        newest = get_prompt(caller, prompt_id)
        named = list(Voice.objects.select_related("enrolment").filter(account=caller.required_account, name=prompt_id))
        for voice in named or [newest]:
            remove_voice(voice, keeps_saved=True)


def get_prompts(caller: Caller, prompt_ids: Collection[str] | None) -> list[Voice]:
    """The voices of these ids, all of the account's for None. 404 for an unknown one."""
    return [get_prompt(caller, prompt_id) for prompt_id in (list_prompt_ids(caller) if prompt_ids is None else prompt_ids)]


class PromptExistsError(Exception):
    """Another request has cloned a voice under the id meanwhile."""

    def __init__(self, voice: Voice) -> None:
        super().__init__(voice.name)
        self.voice = voice


class NewPrompt:
    """Id of a voice to clone, in the transaction that clones it. It takes the place of voices of this id that could not be made."""

    def __init__(self, caller: Caller, prompt_id: str) -> None:
        self._caller = caller
        self._prompt_id = prompt_id
        self._failed: list[Voice] = []

    def begin(self) -> None:
        """Take the id from failed voices, so that they do not count to the plan's. Raises PromptExistsError."""
        made = find_made_prompt(self._caller, self._prompt_id)
        if made is not None:
            raise PromptExistsError(made)
        named = Voice.objects.filter(account=self._caller.required_account, name=self._prompt_id, is_exclusive=False)
        self._failed = list(named.filter(enrolment__state=EnrolmentState.FAILED))
        Voice.objects.filter(pk__in=[voice.pk for voice in self._failed]).update(name="")

    def keep(self, voice: Voice) -> None:
        """Delete the failed voices after the commit, except for the one that was given this recording."""
        for failed in self._failed:
            if failed.pk != voice.pk:
                transaction.on_commit(partial(remove_voice, failed))
