"""Views of /api/voices/export, /api/voices/import/preview and /api/voices/import."""

from collections.abc import Mapping
from functools import partial
from typing import Any, cast

from django.http import JsonResponse
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.views import APIView
from starlette.responses import StreamingResponse

from apps.accounts.callers import Caller, get_caller
from apps.accounts.permissions import HasAccount, scope_required
from apps.accounts.throttles import count_further_use
from apps.compat.clonyvoice.voice_shapes import ClonyVoiceSerializer, cloned_shape
from apps.core.caching import NO_STORE
from apps.core.deferred import ASGIApp, Deferred, Exchange
from apps.core.fields import validated
from apps.core.streamed_files import file_chunks
from apps.jobs.requests import request_id_of
from apps.uploads.admission import FORM_BYTES, admit_form
from apps.uploads.parsers import FormParser
from apps.uploads.spool import Spool
from apps.voice_library.selectors import list_favourite_ids
from apps.voices.archives.manifest import ARCHIVE_BYTES, MOST_VOICES, VERSION, archive_too_large
from apps.voices.archives.planning import Action, ImportPlan
from apps.voices.archives.writing import find_exported, write_voices
from apps.voices.models import Voice
from apps.voices.selectors import count_named_voices
from apps.voices.serializers import ConsentSerializer
from apps.voices.services.consent import ConsentStatement
from apps.voices.services.importing import ImportedVoice, import_voices_async, preview_import_async
from workers.contract.formats import ARCHIVE, content_type_of

TAGS = ["clonyvoice"]


class VoiceExportOrderSerializer(serializers.Serializer[Any]):
    """Request body of POST /api/voices/export."""

    voice_ids = serializers.ListField(
        child=serializers.CharField(max_length=100),
        required=False,
        default=list,
        max_length=1000,
        help_text=f"Voices of the account, at most {MOST_VOICES}; all that are ready if omitted.",
    )


class ArchiveFormSerializer(ConsentSerializer):
    """Form with an archive."""

    file = serializers.FileField(
        required=True, allow_empty_file=True, help_text=f"File of POST /api/voices/export, at most {ARCHIVE_BYTES:,} bytes."
    )


class PlannedVoiceSerializer(serializers.Serializer[Any]):
    """Voice of an archive, and what an import does with it."""

    name = serializers.CharField()
    model = serializers.CharField()
    language = serializers.CharField()
    categories = serializers.ListField(child=serializers.CharField())
    samples = serializers.IntegerField(help_text="Recordings.")
    bytes = serializers.IntegerField()
    action = serializers.ChoiceField(
        choices=[one.value for one in Action],
        help_text="`restore`: speaks at once as it did; `clone`: made anew from its recordings; `keep`: the account has its recordings; `refuse`.",
    )
    warnings = serializers.ListField(child=serializers.CharField())
    code = serializers.CharField(required=False, help_text="Reason of `refuse`.")
    detail = serializers.CharField(required=False)


class ImportPreviewSerializer(serializers.Serializer[Any]):
    """Response of POST /api/voices/import/preview."""

    version = serializers.IntegerField()
    is_own_archive = serializers.BooleanField(help_text="True if this server made the archive and nobody changed it.")
    voices = PlannedVoiceSerializer(many=True)
    total = serializers.IntegerField()
    voices_left = serializers.IntegerField(help_text="Further voices that the plan allows.")


class ImportedVoiceSerializer(ClonyVoiceSerializer):
    """Voice that was imported."""

    action = serializers.CharField()
    warnings = serializers.ListField(child=serializers.CharField())


class RefusedVoiceSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    code = serializers.CharField()
    detail = serializers.CharField()


class ImportSerializer(serializers.Serializer[Any]):
    """Response of POST /api/voices/import."""

    imported = ImportedVoiceSerializer(many=True)
    refused = RefusedVoiceSerializer(many=True)
    total = serializers.IntegerField(help_text="Voices that were imported.")


EXPORT, FORM = VoiceExportOrderSerializer(), ArchiveFormSerializer()


class ClonyVoiceExportView(APIView):
    """Voices as one file."""

    permission_classes = [HasAccount, scope_required("voices:read")]

    @extend_schema(
        operation_id="clonyvoice_voices_export",
        tags=TAGS,
        summary="Export voices",
        request=VoiceExportOrderSerializer,
        responses={
            (200, "application/zip"): OpenApiResponse(bytes, description="manifest.json, recordings, voice files, demos."),
            404: OpenApiResponse(OpenApiTypes.OBJECT, description="The account has no such voice."),
            409: OpenApiResponse(OpenApiTypes.OBJECT, description="A voice is not ready, or has no name."),
        },
    )
    def post(self, request: Request) -> HttpResponseBase:
        """Voices of the account as a ZIP file, with their recordings and without consents."""
        body = validated(EXPORT, request.data or {})
        voices = find_exported(get_caller(request), voice_ids=body["voice_ids"])

        async def resolve(exchange: Exchange) -> ASGIApp:
            spool = await exchange.run(write_voices, voices)
            headers = {**NO_STORE, "Content-Length": str(spool.size), "Content-Disposition": 'attachment; filename="voices.zip"'}
            return cast(
                "ASGIApp", StreamingResponse(file_chunks(exchange, spool.file), media_type=content_type_of(ARCHIVE), headers=headers)
            )

        return Deferred(resolve)


class ArchiveView(APIView):
    """Base view: an archive of voices in a form."""

    permission_classes = [HasAccount, scope_required("voices:write")]
    parser_classes = [FormParser]
    max_body_bytes = ARCHIVE_BYTES + FORM_BYTES
    admit_body = staticmethod(admit_form)

    def read(self, request: Request) -> tuple[Spool, ConsentStatement | None]:
        """The archive, which the caller closes, and the statement of consent."""
        body = validated(FORM, request.data)
        if (body["file"].size or 0) > ARCHIVE_BYTES:
            raise archive_too_large()
        statement = body.get("consent")
        return Spool.of(body["file"].file), ConsentStatement(statement, body.get("consent_by", "")) if statement else None


class ImportPreviewView(ArchiveView):
    """Look into an archive."""

    @extend_schema(
        operation_id="clonyvoice_voices_import_preview",
        tags=TAGS,
        summary="Preview an import",
        request={"multipart/form-data": ArchiveFormSerializer},
        responses=ImportPreviewSerializer,
    )
    def post(self, request: Request) -> HttpResponseBase:
        """Tell the action of an import for each voice. Every file is compared with its digest; nothing is stored."""
        caller = get_caller(request)
        spool, consent = self.read(request)

        async def resolve(exchange: Exchange) -> HttpResponseBase:
            with spool:
                manifest, plans = await preview_import_async(exchange, caller, spool=spool, consent=consent)
            shape = {
                "version": VERSION,
                "is_own_archive": manifest.is_own,
                "voices": [_plan_shape(one) for one in plans],
                "total": len(plans),
            }
            return JsonResponse({**shape, "voices_left": await exchange.run(_count_left, caller)}, headers=NO_STORE)

        return Deferred(resolve)


class ImportView(ArchiveView):
    """Import voices."""

    charges_credits = True  # what is cloned anew
    waits_for_job = True

    @extend_schema(
        operation_id="clonyvoice_voices_import",
        tags=TAGS,
        summary="Import voices",
        request={"multipart/form-data": ArchiveFormSerializer},
        responses={
            200: ImportSerializer,
            409: OpenApiResponse(OpenApiTypes.OBJECT, description="The account cloned the same recordings meanwhile."),
        },
    )
    def post(self, request: Request) -> HttpResponseBase:
        """Import the voices of an archive. One that this server made is restored as it was; the voices of any other are cloned anew from their
        recordings, which needs the scope `clone:create` and counts for it, voice by voice. A consent is never imported: `consent` states the speaker's. If no voice can be
        imported, the response is the error of the first one.
        """
        caller = get_caller(request)
        spool, consent = self.read(request)

        async def resolve(exchange: Exchange) -> HttpResponseBase:
            with spool:
                results = await import_voices_async(
                    exchange,
                    caller,
                    spool=spool,
                    consent=consent,
                    request_id=request_id_of(request),
                    count_clone=partial(count_further_use, request, scope="clone:create"),
                )
            return await exchange.run(_import_response, request, results)

        return Deferred(resolve)


def _import_response(request: Request, results: list[ImportedVoice]) -> JsonResponse:
    failed = [one for one in results if one.error is not None]
    if len(failed) == len(results) and failed[0].error is not None:
        raise failed[0].error
    favourites = list_favourite_ids(get_caller(request).required_account)
    imported = []
    for one in results:
        voice = Voice.objects.select_related("enrolment").filter(pk=one.voice.pk).first() if one.voice else None
        if voice is not None:
            shape = cloned_shape(voice, request=request, favourites=favourites)
            imported.append({**shape, "action": one.plan.action.value, "warnings": list(one.plan.warnings)})
    refused = [{"name": one.plan.entry.name, "code": one.error.code, "detail": one.error.message} for one in failed if one.error]
    return JsonResponse({"imported": imported, "refused": refused, "total": len(imported)}, headers=NO_STORE)


def _plan_shape(plan: ImportPlan) -> Mapping[str, Any]:
    entry = plan.entry
    return {
        "name": entry.name,
        "model": entry.model,
        "language": entry.language,
        "categories": list(entry.categories),
        "samples": len(entry.samples),
        "bytes": sum(member.bytes for member in entry.members),
        "action": plan.action.value,
        "warnings": list(plan.warnings),
        **({"code": plan.error.code, "detail": plan.error.message} if plan.error else {}),
    }


def _count_left(caller: Caller) -> int:
    return max(0, caller.plan.max_voices - count_named_voices(caller))
