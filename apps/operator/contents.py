"""Contents of customers in the admin: texts, transcripts, names of files, results and their links, and messages that quote them."""

from typing import Final

from django.http import HttpRequest

from apps.conversations.kinds import VOICE_CHAT
from apps.jobs.models import Job

VIEW_TEXTS: Final = "operator.view_texts"
CONVERSATION_KINDS: Final = frozenset({VOICE_CHAT.name})
"""Kinds of job whose contents no role sees, with the permission or without: what people say in a conversation."""


def may_see_contents(request: HttpRequest, job: Job | None = None) -> bool:
    """True for superusers, and for operators with the permission unless the job is a turn of a conversation."""
    if request.user.is_superuser:
        return True
    return request.user.has_perm(VIEW_TEXTS) and (job is None or job.kind not in CONVERSATION_KINDS)
