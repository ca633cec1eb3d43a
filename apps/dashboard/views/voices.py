"""GET /dashboard/voices/: own voices, one voice, its state, its recordings; the page that makes one; POST: name and words about it."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse

from apps.catalog.selectors import list_cloning_models
from apps.core.errors import ApplicationError, GoneError, NotFoundError
from apps.dashboard.pages import CHANGE, add_service_error, dashboard_page, show
from apps.dashboard.voice_cards import read_voice_cards, read_voice_page
from apps.dashboard.voice_forms import CategoryForm, ConsentForm, VoiceForm
from apps.playground.tools.voice_recording import recording_details, recording_limits
from apps.speech.downloads import answer_object
from apps.teams.access import AccountRequest
from apps.voice_library.selectors import list_categories
from apps.voice_profiles.services import change_profile
from apps.voices.models import EnrolmentState
from apps.voices.selectors import VoiceFilter, count_named_voices, get_own_voice
from apps.voices.services.editing import change_voice


@dashboard_page("GET")
def voice_list(request: AccountRequest) -> HttpResponseBase:
    """Own voices, with filters by category and state."""
    category, state = request.GET.get("category", ""), request.GET.get("state", "")
    wanted = VoiceFilter(category=category, state=state if state in EnrolmentState.values else "", has_embeds="embeds" in request.GET)
    context = {
        "voices": read_voice_cards(request.caller, wanted=wanted),
        "categories": list_categories(request.account),
        "category_form": CategoryForm(),
        "category": category,
        "state": wanted.state,
        "has_embeds": wanted.has_embeds,
        "states": EnrolmentState.values,
        "count": count_named_voices(request.caller),
        "limit": request.caller.plan.max_voices,
    }
    return show(request, "dashboard/voices.html", context)


@dashboard_page("GET", permission=CHANGE)
def new_voice(request: AccountRequest) -> HttpResponseBase:
    """The page that makes a voice of a recording: its script sends POST /web/v1/voice-clone/."""
    context = {
        "models": list_cloning_models(request.caller.plan),
        "limits": recording_limits(request.caller.plan),
        "count": count_named_voices(request.caller),
        "limit": request.caller.plan.max_voices,
        "max_samples": request.caller.plan.max_samples,
        **recording_details(),
    }
    return show(request, "dashboard/voice_new.html", context)


@dashboard_page("GET", "POST")
def voice(request: AccountRequest, voice_id: str) -> HttpResponseBase:
    """One voice; a POST changes its name, description, labels and categories."""
    found = get_own_voice(request.caller, voice_id=voice_id)
    page, status = read_voice_page(request.caller, found), 200
    form = VoiceForm(
        request.POST if request.method == "POST" else None,
        initial={
            "name": found.name,
            "description": page.card.description,
            "labels": "\n".join(f"{name}: {value}" for name, value in page.card.labels.items()),
            "categories": ", ".join(found.categories),
        },
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            with transaction.atomic():
                change_voice(request.caller, found, name=given["name"], categories=given["categories"])
                change_profile(request.account, voice_id=voice_id, description=given["description"], labels=given["labels"])
        except ApplicationError as error:
            add_service_error(form, error)
        else:
            messages.success(request, "The voice is saved.")
            return HttpResponseRedirect(reverse("dashboard:voice", args=[voice_id]))
    if form.is_bound:
        status = 400
    context = {
        "page": page,
        "form": form,
        "consent_form": ConsentForm(auto_id="consent-%s"),
        "max_samples": request.caller.plan.max_samples,
    }
    return show(request, "dashboard/voice.html", context, status=status)


@dashboard_page("GET")
def voice_state(request: AccountRequest, voice_id: str) -> HttpResponseBase:
    """State of a voice that is being enrolled. Once that is over and its sample is spoken, htmx loads the whole page again."""
    page = read_voice_page(request.caller, get_own_voice(request.caller, voice_id=voice_id))
    response = show(request, "dashboard/voice_state.html", {"page": page, "card": page.card})
    if not (page.card.is_pending or page.is_sample_coming):
        response.headers["HX-Refresh"] = "true"
    return response


@dashboard_page("GET")
def sample(request: AccountRequest, voice_id: str, sample_id: str) -> HttpResponseBase:
    """A recording of the voice, to listen to."""
    found = get_own_voice(request.caller, voice_id=voice_id)
    recording = found.enrolment.samples.filter(sha256=sample_id).first()
    if recording is None:
        raise NotFoundError("The voice has no such recording.", code="sample_not_found")
    key = recording.key or recording.source_key
    if not key:
        raise GoneError("The recording was deleted.")
    kind = recording.content_type if recording.content_type.startswith("audio/") else "application/octet-stream"
    return answer_object(request, key, digest=recording.sha256, content_type=kind, name=f"recording-{recording.sha256[:12]}")
