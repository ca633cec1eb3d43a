"""The page `/`: text to speech, with what is left to the visitor and their latest results."""

import json
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from apps.catalog.mix_syntax import LONGEST_NAME
from apps.core.caching import NO_STORE
from apps.jobs.kinds import params_of
from apps.jobs.models import Job
from apps.jobs.params import SpokenParams
from apps.playground.examples import EXAMPLES
from apps.playground.models_offered import OfferedModel, list_offered_models
from apps.playground.views.pages import render_tool
from apps.playground.visitors import find_visitor, read_allowance
from apps.playground.voices_offered import find_voice_name, list_offered_voices
from apps.speech.selectors import list_recent_speech
from workers.contract.formats import FORMATS

LONGEST_TEXT_IN_ADDRESS = 2000
MOST_RECENT = 12
EXCERPT_CHARACTERS = 120
FORMAT_NAMES = {
    "mp3": "MP3", "wav": "WAV", "flac": "FLAC", "ogg": "Ogg Vorbis", "opus": "Opus", "aac": "AAC", "m4a": "M4A", "m4b": "M4B audiobook",
    "pcm": "Raw PCM",
}  # fmt: skip


@require_safe
def speak(request: HttpRequest) -> HttpResponse:
    """GET /: `voice`, `model` and `text` in the address fill the form."""
    visitor = find_visitor(request)
    models = list_offered_models(visitor)
    allowance = read_allowance(visitor)
    chosen = _chosen(request, models)
    text = request.GET.get("text", "")[:LONGEST_TEXT_IN_ADDRESS] or EXAMPLES[0].text
    voice = request.GET.get("voice", "")[:LONGEST_NAME] or (chosen.default_voice if chosen else "")
    context = {
        "models": models,
        "chosen_model": chosen.id if chosen else "",
        "voice": voice,
        "voice_name": find_voice_name(visitor, voice),
        "text": text,
        "examples": EXAMPLES,
        "formats": [(name, FORMAT_NAMES.get(name, name)) for name in FORMATS],
        "config": json.dumps(
            {
                "models": [model.to_dict() for model in models],
                "formats": {name: entry.extension for name, entry in FORMATS.items()},
                "examples": [example.to_dict() for example in EXAMPLES],
                "allowance": allowance.to_dict() if allowance else None,
            }
        ),
    }
    return render_tool(request, "playground/speak.html", context, visitor=visitor)


@require_safe
def allowance(request: HttpRequest) -> HttpResponse:
    """GET /playground/allowance/: what is left to the visitor, for the page after a request."""
    found = read_allowance(find_visitor(request))
    return JsonResponse({"allowance": found.to_dict() if found else None}, headers=NO_STORE)


@require_safe
def recent(request: HttpRequest) -> HttpResponse:
    """GET /playground/recent/: the account's latest texts; visitors have a list in their browser."""
    visitor = find_visitor(request)
    jobs = list_recent_speech(visitor, limit=MOST_RECENT) if visitor is not None and visitor.has_scope("jobs:read") else []
    names = {voice.id: voice.name for voice in list_offered_voices(visitor)} if jobs else {}
    return JsonResponse({"results": [_recent_shape(job, voice_names=names) for job in jobs]}, headers=NO_STORE)


def _chosen(request: HttpRequest, models: list[OfferedModel]) -> OfferedModel | None:
    """The model of the address, or the first that the visitor may use."""
    wanted = request.GET.get("model", "")
    return next((model for model in models if model.id == wanted), models[0] if models else None)


def _recent_shape(job: Job, *, voice_names: Mapping[str, str]) -> dict[str, Any]:
    params, output = params_of(job), job.main_output
    spoken = params if isinstance(params, SpokenParams) else SpokenParams()
    return {
        "uuid": job.uuid.hex,
        "text": spoken.text[:EXCERPT_CHARACTERS],
        "voice": spoken.voice,
        "voiceName": voice_names.get(spoken.voice, spoken.voice),
        "model": job.asked_model,
        "format": job.output_format,
        "seconds": output.audio_seconds if output else None,
        "at": job.created_at.isoformat(),
    }
