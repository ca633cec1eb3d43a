"""Shapes of API keys."""

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from apps.accounts.models import ApiKey
from apps.accounts.scopes import NO_SCOPES, SCOPES
from apps.accounts.services.keys import OVERLAP_SECONDS_LIMIT
from workers.contract.time_units import DAY_SECONDS


class KeySerializer(serializers.ModelSerializer[ApiKey]):
    """API key without its secret."""

    id = serializers.IntegerField(read_only=True)
    requests_per_minute_by_scope = serializers.DictField(
        child=serializers.IntegerField(),
        read_only=True,
        help_text="Requests per minute by scope, in addition to the limit of all requests.",
    )
    monthly_cap_credits = serializers.SerializerMethodField(
        help_text="Credits that the key may spend in a month (UTC); null without a cap."
    )
    spent_this_month_credits = serializers.SerializerMethodField(
        help_text="Credits that the key, and those it replaced by rotation, spent in this month (UTC), with the reservations of running jobs."
    )
    is_live = serializers.BooleanField(read_only=True, help_text="Neither revoked nor expired.")

    class Meta:
        model = ApiKey
        fields = [
            "id",
            "name",
            "prefix",
            "scopes",
            "requests_per_minute",
            "requests_per_minute_by_scope",
            "concurrent_jobs",
            "monthly_cap_credits",
            "spent_this_month_credits",
            "is_live",
            "created_at",
            "last_used_at",
            "expires_at",
            "revoked_at",
        ]
        read_only_fields = fields

    def get_monthly_cap_credits(self, key: ApiKey) -> float | None:
        return None if key.monthly_cap_millicredits is None else key.monthly_cap_millicredits / 1000

    def get_spent_this_month_credits(self, key: ApiKey) -> float:
        return float(getattr(key, "spent_millicredits", 0) / 1000)


def _above_zero(cap: Decimal) -> None:
    # As min_value the bound would enter the schema as a Decimal, which JSON cannot hold.
    if cap <= 0:
        raise serializers.ValidationError(f"The cap is {cap}: it must be above 0; null removes it.")


class CapField(serializers.DecimalField):
    """Credits with at most three decimals; null for no cap."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_digits=12, decimal_places=3, allow_null=True, coerce_to_string=False, validators=[_above_zero], **options)


class ChangedKeySerializer(serializers.Serializer[Any]):
    """Fields of a key that may be changed; what is left out stays."""

    name = serializers.CharField(max_length=100, required=False, help_text="Purpose of the key.")
    monthly_cap_credits = CapField(required=False, help_text="Credits that the key may spend in a month (UTC); null for no cap.")


class NewKeySerializer(serializers.Serializer[Any]):
    """The fields of a new key."""

    name = serializers.CharField(max_length=100, help_text="Purpose of the key.")
    scopes = serializers.ListField(
        child=serializers.ChoiceField(choices=list(SCOPES)),
        default=list,
        allow_empty=False,
        error_messages={"empty": NO_SCOPES},
        help_text="Scopes of the key; those of this request's key if omitted. "
        + " ".join(f"`{scope}`: {meaning}." for scope, meaning in SCOPES.items()),
    )
    requests_per_minute = serializers.IntegerField(
        min_value=1, allow_null=True, default=None, help_text="A limit of this key alone, at most the plan's."
    )
    requests_per_minute_by_scope = serializers.DictField(
        child=serializers.IntegerField(min_value=1),
        default=dict,
        help_text='Requests per minute by scope, `{"tts:generate": 10}`, in addition to the limit of all its requests; at most the plan\'s.',
    )
    concurrent_jobs = serializers.IntegerField(
        min_value=1, allow_null=True, default=None, help_text="A limit of this key alone, at most the plan's."
    )
    monthly_cap_credits = CapField(
        default=None, help_text="Credits that the key may spend in a month (UTC), then 402 `key_cap_reached`; null for no cap."
    )


class RotationSerializer(serializers.Serializer[Any]):
    """Overlap of a rotation, in which both keys are valid."""

    overlap_seconds = serializers.IntegerField(
        min_value=0, max_value=OVERLAP_SECONDS_LIMIT, default=DAY_SECONDS, help_text="Time for which the old key stays valid."
    )


class IssuedKeySerializer(KeySerializer):
    """A new key with its secret, which is shown only in this response."""

    key = serializers.CharField(help_text="The secret. It is not kept: store it now.")

    class Meta(KeySerializer.Meta):
        fields = ["key", *KeySerializer.Meta.fields]
        read_only_fields = fields


class KeyListSerializer(serializers.Serializer[Any]):
    """The account's keys, newest first."""

    keys = KeySerializer(many=True)
    total = serializers.IntegerField()


class TicketSerializer(serializers.Serializer[Any]):
    """Response of POST /v1/ws-tickets/."""

    ticket = serializers.CharField(help_text="Opens one WebSocket.")
    expires_at = serializers.IntegerField(help_text="Unix time.")
