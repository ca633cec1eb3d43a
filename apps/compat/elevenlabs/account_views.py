"""Views of GET /v1/models, GET /v1/user and GET /v1/user/subscription."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.callers import Caller, get_caller
from apps.accounts.permissions import HasAccount, scope_required
from apps.billing import prices
from apps.billing.selectors import available_millicredits
from apps.catalog.selectors import can_clone, find_listed_model, list_models, list_stand_ins
from apps.compat.elevenlabs.catalogue_shapes import model_shape
from apps.compat.elevenlabs.names import DEFAULT_MODEL, MODEL_PREFIX
from apps.jobs.usage import read_period, read_usage
from apps.voices.selectors import count_named_voices

CHARACTERS_PER_PRICE = 1000
SHOWN_KINDS = ("tts", "voice-convert")


class ElevenLabsModelSerializer(serializers.Serializer[Any]):
    """A model; the fields that are always there."""

    model_id = serializers.CharField()
    name = serializers.CharField()
    can_do_text_to_speech = serializers.BooleanField()
    can_do_voice_conversion = serializers.BooleanField()
    maximum_text_length_per_request = serializers.IntegerField()
    languages = serializers.ListField(child=serializers.DictField())


class SubscriptionSerializer(serializers.Serializer[Any]):
    """Plan and credits in characters; the fields that say something here."""

    tier = serializers.CharField(help_text="The plan's id.")
    character_count = serializers.IntegerField(help_text="Characters of the last 30 days.")
    character_limit = serializers.IntegerField(help_text="These and what the credits buy with eleven_multilingual_v2.")
    voice_slots_used = serializers.IntegerField()
    voice_limit = serializers.IntegerField()
    status = serializers.CharField()


class UserSerializer(serializers.Serializer[Any]):
    user_id = serializers.CharField()
    first_name = serializers.CharField()
    subscription = SubscriptionSerializer()
    created_at = serializers.IntegerField()


class ModelListView(APIView):
    permission_classes = [HasAccount, scope_required("voices:read")]

    @extend_schema(
        operation_id="elevenlabs_models", tags=["elevenlabs"], summary="List models", responses=ElevenLabsModelSerializer(many=True)
    )
    def get(self, request: Request) -> Response:
        """Models that speak or convert: those that are installed, and ElevenLabs' names that they serve."""
        plan = get_caller(request).plan
        stand_ins = [engine for engine in list_stand_ins(plan) if engine.requested_id.startswith(MODEL_PREFIX)]
        engines = [*stand_ins, *list_models()]
        return Response([model_shape(engine, plan=plan) for engine in engines if engine.kind in SHOWN_KINDS])


class UserView(APIView):
    permission_classes = [HasAccount, scope_required("account:read")]

    @extend_schema(operation_id="elevenlabs_user", tags=["elevenlabs"], summary="The account", responses=UserSerializer)
    def get(self, request: Request) -> Response:
        """The key's account with its subscription."""
        caller = get_caller(request)
        account = caller.required_account
        return Response(
            {
                "user_id": str(account.pk),
                "workspace_id": str(account.pk),
                "subscription": _subscription(caller),
                "is_new_user": False,
                "can_use_delayed_payment_methods": False,
                "is_onboarding_completed": True,
                "is_onboarding_checklist_completed": True,
                "show_compliance_terms": False,
                "first_name": account.name,
                "is_api_key_hashed": True,
                "xi_api_key_preview": caller.key.prefix if caller.key else None,
                "created_at": int(account.created_at.timestamp()),
                "seat_type": "workspace_admin",
            }
        )


class SubscriptionView(APIView):
    permission_classes = [HasAccount, scope_required("account:read")]

    @extend_schema(
        operation_id="elevenlabs_subscription", tags=["elevenlabs"], summary="Plan and credits", responses=SubscriptionSerializer
    )
    def get(self, request: Request) -> Response:
        """The account's plan, and its credits counted in characters."""
        return Response({**_subscription(get_caller(request)), "open_invoices": [], "has_open_invoices": False, "next_invoice": None})


def _subscription(caller: Caller) -> dict[str, Any]:
    account, plan = caller.required_account, caller.plan
    used = int(read_usage(account.pk, period=read_period("", last=""), group_by="day")["total"]["characters"])
    voices, can_extend = count_named_voices(caller), False
    return {
        "tier": plan.slug,
        "character_count": used,
        "character_limit": used + _affordable_characters(caller),
        "max_character_limit_extension": None,
        "max_credit_limit_extension": 0,
        "can_extend_character_limit": can_extend,
        "allowed_to_extend_character_limit": can_extend,
        "next_character_count_reset_unix": None,
        "voice_slots_used": voices,
        "professional_voice_slots_used": 0,
        "professional_voice_slots_used_in_workspace": 0,
        "voice_limit": plan.max_voices,
        "max_voice_add_edits": None,
        "voice_add_edit_counter": 0,
        "professional_voice_limit": 0,
        "can_extend_voice_limit": can_extend,
        "can_use_instant_voice_cloning": any(can_clone(engine) for engine in list_models()),
        "can_use_professional_voice_cloning": False,
        "currency": None,
        "current_overage": {"amount": "0", "currency": "usd"},
        "status": "active",
        "billing_period": None,
        "character_refresh_period": None,
    }


def _affordable_characters(caller: Caller) -> int:
    """Characters that the account's credits buy with the default model."""
    available = max(0, available_millicredits(caller.required_account.pk))
    price = find_listed_model(DEFAULT_MODEL, plan=caller.plan).millicredits_per_1k
    return available * CHARACTERS_PER_PRICE // price if price else int(prices.credits(available)) * CHARACTERS_PER_PRICE
