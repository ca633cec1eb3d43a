"""Views of /v1/voices/: built-in voices and the account's own."""

from typing import Any

from django.core.signing import BadSignature, Signer
from django.http.response import HttpResponseBase
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.callers import find_caller, get_caller
from apps.accounts.permissions import AnyCaller, HasAccount, scope_required
from apps.accounts.throttles import PollLimit
from apps.catalog.selectors import get_model, list_models, list_voices
from apps.catalog.serializers import voice_shape
from apps.core.caching import NO_STORE
from apps.core.errors import InvalidRequestError, NotFoundError
from apps.core.fields import validated
from apps.core.links import public_base
from apps.jobs.results import ResultOutput
from apps.speech.downloads import answer_file
from apps.voices import serializers as shapes
from apps.voices.export import export_response
from apps.voices.models import EnrolmentState, Voice
from apps.voices.selectors import VoiceFilter, check_allowed, check_not_blocked, get_own_voice, list_own_voices
from apps.voices.services.consent import ConsentStatement, record_consent, revoke_consent
from apps.voices.services.editing import change_voice
from apps.voices.services.removal import remove_voice

GENDERS = ("male", "female", "neutral")
FLAGS = {"": None, "true": True, "1": True, "false": False, "0": False}
CHANGE = shapes.VoiceChangeSerializer()
CONSENT = shapes.RecordedConsentSerializer()


class VoiceListView(APIView):
    permission_classes = [AnyCaller, scope_required("voices:read")]

    @extend_schema(
        operation_id="voices_list",
        tags=["voices"],
        summary="List voices",
        parameters=[
            OpenApiParameter("model", str, description="A model's id."),
            OpenApiParameter("language", str, description="`en` also finds `en-gb`."),
            OpenApiParameter("gender", str, enum=GENDERS),
            OpenApiParameter("own", bool, description="true: only the account's voices; false: only built-in ones."),
            OpenApiParameter("embeds", bool, description="true: also the account's embeds, which have no name."),
            OpenApiParameter("state", str, enum=EnrolmentState.values, description="Of own voices; built-in ones are `ready`."),
            OpenApiParameter(
                "speaks", bool, description="true: only voices that speak if a request names them now, those in training too."
            ),
            OpenApiParameter("category", str, description="Only own voices in this category."),
        ],
        responses=shapes.ListedVoicesSerializer,
    )
    def get(self, request: Request) -> Response:
        """List the account's own voices, newest first, and the built-in ones, each with a URL of a sample."""
        asked, caller = request.query_params, get_caller(request)
        own, wanted = _flag(asked, "own"), _read_filter(request)
        tiers = {engine.id: engine.tier for engine in list_models()}
        base = public_base(request)
        voices: list[dict[str, Any]] = []
        if own is not False:
            mine = list_own_voices(caller, wanted=wanted)
            voices += [shapes.own_voice_shape(voice, base=base, tier=tiers.get(voice.enrolment.engine_id, "")) for voice in mine]
        if not own and not wanted.category and wanted.state in {"", EnrolmentState.READY} and wanted.speaks is not False:
            found = list_voices(plan=caller.plan, model=asked.get("model", ""), language=wanted.language, gender=wanted.gender)
            voices += [_built_in(voice_shape(request, voice, tier=tiers.get(voice.engine_id, ""))) for voice in found]
        return Response({"voices": voices, "total": len(voices)}, headers=NO_STORE)


class VoiceView(APIView):
    def get_permissions(self) -> list[Any]:
        return [HasAccount(), scope_required("voices:read" if self.request.method == "GET" else "voices:write")()]

    @extend_schema(operation_id="voices_get", tags=["voices"], summary="One voice", responses=shapes.OwnVoiceSerializer)
    def get(self, request: Request, voice_id: str) -> Response:
        """A voice of the account with its recordings and consents, or a built-in voice."""
        for engine in list_models():
            if voice_id in engine.voices:
                return Response(_built_in(voice_shape(request, engine.voices[voice_id], tier=engine.tier)))
        return _shown(request, get_own_voice(get_caller(request), voice_id=voice_id))

    @extend_schema(
        operation_id="voices_change",
        tags=["voices"],
        summary="Change a voice",
        request=shapes.VoiceChangeSerializer,
        responses=shapes.OwnVoiceSerializer,
    )
    def patch(self, request: Request, voice_id: str) -> Response:
        """Rename a voice of the account, or change its categories. A name makes an embed a kept voice."""
        caller = get_caller(request)
        voice, body = get_own_voice(caller, voice_id=voice_id), validated(CHANGE, request.data)
        return _shown(request, change_voice(caller, voice, name=body.get("name"), categories=body.get("categories")))

    @extend_schema(operation_id="voices_delete", tags=["voices"], summary="Delete a voice", responses=shapes.RemovedVoiceSerializer)
    def delete(self, request: Request, voice_id: str) -> Response:
        """Delete a voice of the account: its recordings, voice file, demo, and the results of the requests that cloned it. An enrolment in
        progress is cancelled. Speech that was made with the voice expires like any result.
        """
        remove_voice(get_own_voice(get_caller(request), voice_id=voice_id))
        return Response({"voice_id": voice_id, "deleted": True})


class VoiceExportView(APIView):
    permission_classes = [HasAccount, scope_required("voices:read")]

    @extend_schema(
        operation_id="voices_export",
        tags=["voices"],
        summary="Export a voice",
        responses={(200, "application/zip"): OpenApiResponse(bytes, description="voice.json, voice.safetensors, demo, samples/.")},
    )
    def get(self, request: Request, voice_id: str) -> HttpResponseBase:
        """A voice of the account as a zip archive, with its recordings."""
        voice = get_own_voice(get_caller(request), voice_id=voice_id)
        facts = shapes.voice_detail_shape(voice, base=public_base(request))
        check_not_blocked(voice)
        return export_response(voice, facts={name: value for name, value in facts.items() if name != "preview_url"})


class VoiceConsentView(APIView):
    """Consent of the speaker."""

    permission_classes = [HasAccount, scope_required("voices:write")]

    @extend_schema(
        operation_id="voices_consent",
        tags=["voices"],
        summary="Record consent",
        request=shapes.RecordedConsentSerializer,
        responses=shapes.OwnVoiceSerializer,
    )
    def post(self, request: Request, voice_id: str) -> Response:
        """Record a statement of consent. A voice whose consent was revoked speaks again."""
        caller = get_caller(request)
        voice, body = get_own_voice(caller, voice_id=voice_id), validated(CONSENT, request.data)
        statement = ConsentStatement(body["consent"], body.get("consent_by", ""))
        record_consent(voice.enrolment, caller=caller, consent=statement)
        return _shown(request, voice)

    @extend_schema(operation_id="voices_consent_revoke", tags=["voices"], summary="Revoke consent", responses=shapes.OwnVoiceSerializer)
    def delete(self, request: Request, voice_id: str) -> Response:
        """Revoke the speaker's consent. The voice no longer speaks: requests with it are 403 consent_revoked. 409 without a consent."""
        voice = get_own_voice(get_caller(request), voice_id=voice_id)
        revoke_consent(voice.enrolment)
        return _shown(request, voice)


class VoicePreviewView(APIView):
    """Demo of an own voice."""

    permission_classes = [AnyCaller]
    throttle_classes = [PollLimit]  # like previews of built-in voices: a page with a few voices may be listened to on every plan

    @extend_schema(
        operation_id="voices_own_preview",
        tags=["voices"],
        summary="Hear an own voice",
        parameters=[OpenApiParameter("signature", str, description="As in `preview_url`; not needed with a key of the account.")],
        responses={(200, "audio/mpeg"): OpenApiResponse(bytes, description="A sample of the voice.")},
    )
    def get(self, request: Request, voice_id: str) -> HttpResponseBase:
        """A sample of the voice, for a key of its account, or for the URL that the account was given. 403 while the voice may not speak: its
        consent was revoked, or the operator blocks it.
        """
        if _is_signed(voice_id, request.query_params.get("signature", "")):
            voice = Voice.objects.select_related("enrolment").filter(voice_id=voice_id).first()
        else:
            caller = find_caller(request)
            voice = get_own_voice(caller, voice_id=voice_id) if caller is not None else None
        if voice is None or voice.enrolment.demo is None:
            raise NotFoundError(
                f"There is no sample of a voice {voice_id[:100]!r}. A voice has one once it is ready.", code="voice_not_found"
            )
        check_allowed(voice)
        output = ResultOutput.from_dict(voice.enrolment.demo)
        return answer_file(request, output, name=f"{voice.voice_id}.{output.key.rpartition('.')[2]}")


def _built_in(shape: dict[str, Any]) -> dict[str, Any]:
    return {**shape, "own": False, "state": EnrolmentState.READY.value}


def _shown(request: Request, voice: Voice) -> Response:
    return Response(shapes.voice_detail_shape(voice, base=public_base(request)), headers=NO_STORE)


def _flag(asked: Any, name: str) -> bool | None:
    value = asked.get(name, "").lower()
    if value not in FLAGS:
        raise InvalidRequestError(f"{name} is true or false.", param=name)
    return FLAGS[value]


def _read_filter(request: Request) -> VoiceFilter:
    asked = request.query_params
    gender, state, model = asked.get("gender", "").lower(), asked.get("state", "").lower(), asked.get("model", "")
    if gender and gender not in GENDERS:
        raise InvalidRequestError(f"gender is one of {', '.join(GENDERS)}.", param="gender")
    if state and state not in EnrolmentState.values:
        raise InvalidRequestError(f"state is one of {', '.join(EnrolmentState.values)}.", param="state")
    return VoiceFilter(
        engine=get_model(model, plan=get_caller(request).plan) if model else None,
        language=asked.get("language", ""),
        gender=gender,
        state=state,
        category=asked.get("category", ""),
        has_embeds=_flag(asked, "embeds") is True,
        speaks=_flag(asked, "speaks"),
    )


def _is_signed(voice_id: str, signature: str) -> bool:
    try:
        Signer(salt=shapes.PREVIEW_SALT).unsign(f"{voice_id}:{signature}")
    except BadSignature:
        return False
    return True
