"""GET /dashboard/conversations/: the list and one conversation with its turns; POST: delete one."""

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse

from apps.conversations.models import Conversation
from apps.conversations.selectors import MAXIMUM_TURNS, get_own_conversation, list_own_conversations, read_turns, titles_of
from apps.conversations.services import remove_conversation
from apps.core.errors import ApplicationError, InvalidRequestError, NotFoundError
from apps.dashboard.job_rows import audio_path
from apps.dashboard.pages import dashboard_page, show
from apps.dashboard.paging import read_page
from apps.teams.access import AccountRequest


@dashboard_page("GET")
def conversation_list(request: AccountRequest) -> HttpResponseBase:
    page = read_page(request, list_own_conversations(request.caller))
    titles = titles_of(page.items)
    rows = [(conversation, titles[conversation.uuid]) for conversation in page.items]
    return show(request, "dashboard/conversations.html", {"page": page, "rows": rows})


@dashboard_page("GET")
def conversation(request: AccountRequest, conversation_id: str) -> HttpResponseBase:
    """One conversation with its answered turns and their audio."""
    found = _get(request, conversation_id)
    turns = [{"turn": turn, "audio_url": audio_path(turn.job)} for turn in read_turns(found)]
    context = {"conversation": found, "title": titles_of([found])[found.uuid], "turns": turns, "most_turns": MAXIMUM_TURNS}
    return show(request, "dashboard/conversation.html", context)


@dashboard_page("POST")
def delete(request: AccountRequest, conversation_id: str) -> HttpResponseBase:
    found = _get(request, conversation_id)
    try:
        remove_conversation(found)
    except ApplicationError as error:  # a turn is being answered
        messages.error(request, error.message)
        return HttpResponseRedirect(reverse("dashboard:conversation", args=[conversation_id]))
    messages.success(request, "The conversation is deleted, with its audio.")
    return HttpResponseRedirect(reverse("dashboard:conversations"))


def _get(request: AccountRequest, conversation_id: str) -> Conversation:
    try:
        return get_own_conversation(request.caller, conversation_id=conversation_id)
    except InvalidRequestError as error:
        raise NotFoundError("There is no such conversation in your account.", code="conversation_not_found") from error
