"""POST below /dashboard/voices/: favourites, categories, consents, recordings, deletion."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse

from apps.core.errors import ApplicationError, NotFoundError
from apps.dashboard.pages import dashboard_page
from apps.dashboard.voice_forms import CategoryForm, ConsentForm
from apps.teams.access import AccountRequest
from apps.voice_library.services import create_category, delete_category, toggle_favourite
from apps.voices.selectors import get_own_voice
from apps.voices.services.consent import ConsentStatement, record_consent, revoke_consent
from apps.voices.services.removal import remove_voice
from apps.voices.services.samples import remove_recording


@dashboard_page("POST")
def delete(request: AccountRequest, voice_id: str) -> HttpResponseBase:
    found = get_own_voice(request.caller, voice_id=voice_id)
    name = found.name or voice_id
    remove_voice(found)
    messages.success(request, f"{name} is deleted, with its recordings.")
    return _to_list()


@dashboard_page("POST")
def favourite(request: AccountRequest, voice_id: str) -> HttpResponseBase:
    """Mark a voice as a favourite, or take the mark away."""
    get_own_voice(request.caller, voice_id=voice_id)
    _say(request, lambda: "Marked as a favourite." if toggle_favourite(request.account, voice_id=voice_id) else "No longer a favourite.")
    return _to_voice(voice_id)


@dashboard_page("POST")
def give_consent(request: AccountRequest, voice_id: str) -> HttpResponseBase:
    found = get_own_voice(request.caller, voice_id=voice_id)
    form = ConsentForm(request.POST)
    if form.is_valid():
        statement = ConsentStatement(form.cleaned_data["statement"], form.cleaned_data["given_by"])
        record_consent(found.enrolment, caller=request.caller, consent=statement)
        messages.success(request, "The consent is recorded.")
    else:
        messages.error(request, f"The consent was not recorded. {next(iter(form.errors.values()))[0]!s}")
    return _to_voice(voice_id)


@dashboard_page("POST")
def withdraw_consent(request: AccountRequest, voice_id: str) -> HttpResponseBase:
    """Revoke the consent: the voice no longer speaks."""
    found = get_own_voice(request.caller, voice_id=voice_id)

    def revoke() -> str:
        revoke_consent(found.enrolment)
        return "The consent is revoked. The voice no longer speaks."

    _say(request, revoke)
    return _to_voice(voice_id)


@dashboard_page("POST")
def delete_sample(request: AccountRequest, voice_id: str, sample_id: str) -> HttpResponseBase:
    """Enrol the voice again without a recording."""
    get_own_voice(request.caller, voice_id=voice_id)

    def remove() -> str:
        request_id = str(getattr(request, "request_id", ""))
        remove_recording(request.caller, voice_id=voice_id, sample_id=sample_id, request_id=request_id)
        return "The voice is being made again without this recording. It speaks as before until then."

    _say(request, remove)
    return _to_voice(voice_id)


@dashboard_page("POST")
def add_category(request: AccountRequest) -> HttpResponseBase:
    """Make a category without voices."""
    form = CategoryForm(request.POST)
    if form.is_valid():
        _say(request, lambda: f"The category {create_category(request.account, name=form.cleaned_data['name']).name} is made.")
    else:
        messages.error(request, str(next(iter(form.errors.values()))[0]))
    return _to_list()


@dashboard_page("POST")
def remove_category(request: AccountRequest) -> HttpResponseBase:
    """Delete a category; its voices stay. 404 for an unknown one."""
    name = request.POST.get("name", "").replace("\x00", "")
    if not name:
        raise NotFoundError("Name the category to delete.", code="category_not_found")
    count = delete_category(request.account, name=name)
    messages.success(request, f"The category {name} is deleted. {count} voices were in it and stay.")
    return _to_list()


def _say(request: AccountRequest, change: Callable[[], str]) -> None:
    """Make a change and say so, or say why it was refused."""
    try:
        messages.success(request, change())
    except ApplicationError as error:
        messages.error(request, error.message)


def _to_voice(voice_id: str) -> HttpResponse:
    return HttpResponseRedirect(reverse("dashboard:voice", args=[voice_id]))


def _to_list() -> HttpResponse:
    return HttpResponseRedirect(reverse("dashboard:voices"))
