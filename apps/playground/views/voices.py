"""The voice library, the list for the voice picker, and favourites."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.roles import Permission
from apps.core.caching import NO_STORE
from apps.core.errors import PermissionDeniedError
from apps.core.exception_handler import with_json_errors
from apps.playground.views.pages import render_tool
from apps.playground.visitors import find_visitor
from apps.playground.voices_offered import GENDERS, VoiceSearch, by_language, list_offered_voices
from apps.voice_library.services import toggle_favourite

LONGEST_SEARCH = 100
EXAMPLES_OF_DESCRIPTIONS = (
    "A warm, deep British man, calm and slow",
    "A young, lively American woman with a bright voice",
    "An old storyteller, low and soft",
)


@require_safe
def library(request: HttpRequest) -> HttpResponse:
    """GET /voice-library/: all voices by language; the filters are in the address."""
    visitor = find_visitor(request)
    voices = list_offered_voices(visitor)
    search = _read_search(request)
    found = [voice for voice in voices if search.matches(voice)]
    context = {
        "search": search,
        "groups": by_language(found),
        "found": len(found),
        "total": len(voices),
        "languages": sorted({(voice.language, voice.language_name) for voice in voices}, key=lambda pair: pair[1]),
        "models": sorted({(voice.model, voice.model_name) for voice in voices}),
        "genders": [gender for gender in GENDERS if any(voice.gender == gender for voice in voices)],
        "descriptions": EXAMPLES_OF_DESCRIPTIONS,
    }
    template = "playground/voice_list.html" if "HX-Request" in request.headers else "playground/voice_library.html"
    return render_tool(request, template, context, visitor=visitor)


@require_safe
def voices(request: HttpRequest) -> HttpResponse:
    """GET /playground/voices/: every voice, for the picker."""
    found = list_offered_voices(find_visitor(request))
    return JsonResponse({"voices": [voice.to_dict() for voice in found]}, headers=NO_STORE)


@require_POST
@with_json_errors
def favourite(request: HttpRequest) -> HttpResponse:
    """POST /playground/favourites/: mark a voice, or take the mark away."""
    visitor = find_visitor(request)
    if visitor is None or visitor.account is None or not visitor.may(Permission.CHANGE):
        raise PermissionDeniedError("Favourites of an account need a member who may change it.", code="no_account")
    is_marked = toggle_favourite(visitor.account, voice_id=request.POST.get("voice", ""))
    return JsonResponse({"favourite": is_marked}, headers=NO_STORE)


def _read_search(request: HttpRequest) -> VoiceSearch:
    asked: Any = request.GET
    return VoiceSearch(
        text=asked.get("q", "")[:LONGEST_SEARCH],
        language=asked.get("language", "")[:LONGEST_SEARCH],
        gender=asked.get("gender", "")[:LONGEST_SEARCH],
        model=asked.get("model", "")[:LONGEST_SEARCH],
        is_own=bool(asked.get("own")),
        is_favourite=bool(asked.get("favourite")),
    )
