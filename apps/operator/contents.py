"""Contents of customers in the admin: texts, transcripts, names of files, results and their links, and messages that quote them."""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest

from apps.conversations.kinds import VOICE_CHAT
from apps.jobs.models import Job

VIEW_TEXTS: Final = "operator.view_texts"
CONVERSATION_KINDS: Final = frozenset({VOICE_CHAT.name})
"""Kinds of job whose contents no role sees, with the permission or without: what people say in a conversation."""


_OF_CONVERSATIONS: Final = Q(kind__in=CONVERSATION_KINDS) | Q(rendition_of__source__kind__in=CONVERSATION_KINDS)
"""Turns of conversations, and the jobs that wrote their results in another format or aligned their words."""


def may_see_contents(request: HttpRequest, job: Job | None = None) -> bool:
    """True for superusers, and for operators with the permission unless the job is of a conversation."""
    if request.user.is_superuser:
        return True
    return request.user.has_perm(VIEW_TEXTS) and (job is None or not _is_of_conversation(job))


def hidden_jobs(request: HttpRequest, uuids: Iterable[UUID]) -> set[UUID]:
    """Those of the uuids that are jobs whose contents the operator may not see: one query."""
    if request.user.is_superuser:
        return set()
    jobs = Job.objects.filter(uuid__in=uuids)
    if request.user.has_perm(VIEW_TEXTS):
        jobs = jobs.filter(_OF_CONVERSATIONS)
    return set(jobs.values_list("uuid", flat=True))


def _is_of_conversation(job: Job) -> bool:
    return job.kind in CONVERSATION_KINDS or (job.is_internal and Job.objects.filter(_OF_CONVERSATIONS, uuid=job.pk).exists())
