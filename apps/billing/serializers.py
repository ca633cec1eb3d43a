"""Serializers of an account: plan, credits, limits."""

from typing import Any

from rest_framework import serializers

from apps.accounts.callers import Caller
from apps.billing import prices


class LimitsSerializer(serializers.Serializer[Any]):
    """Limits of requests with this key."""

    requests_per_minute = serializers.IntegerField()
    concurrent_jobs = serializers.IntegerField()
    max_characters = serializers.IntegerField(help_text="Maximum characters of one request.")
    max_voices = serializers.IntegerField(help_text="Named voices that the account keeps.")
    max_samples = serializers.IntegerField(help_text="Recordings of one voice.")
    retention_days = serializers.IntegerField(help_text="Days for which results are kept.")
    allowed_models = serializers.ListField(child=serializers.CharField(), help_text="An empty list allows all.")


class PresentedKeySerializer(serializers.Serializer[Any]):
    """Key of this request."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    prefix = serializers.CharField()
    scopes = serializers.ListField(child=serializers.CharField(), help_text="Scopes of the key; an empty list allows all.")
    requests_per_minute_by_scope = serializers.DictField(child=serializers.IntegerField(), help_text="Requests per minute by scope.")


class AccountSerializer(serializers.Serializer[Any]):
    """Account with its plan, credits and limits."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    status = serializers.CharField()
    created_at = serializers.DateTimeField()
    plan = serializers.CharField(help_text="free, starter, pro, enterprise, …")
    plan_name = serializers.CharField()
    credits = serializers.FloatField(help_text="Available credits, without the reservations of running jobs.")
    limits = LimitsSerializer()
    key = PresentedKeySerializer(allow_null=True)


def account_shape(caller: Caller, *, available_millicredits: int) -> dict[str, Any]:
    """Response body of GET /v1/account/."""
    account, plan = caller.required_account, caller.plan
    limits = {
        "requests_per_minute": caller.requests_per_minute,
        "concurrent_jobs": caller.concurrent_jobs,
        "max_characters": plan.max_characters,
        "max_voices": plan.max_voices,
        "max_samples": plan.max_samples,
        "retention_days": plan.retention_days,
        "allowed_models": plan.allowed_models,
    }
    return {
        "id": account.pk,
        "name": account.name,
        "status": account.status,
        "created_at": account.created_at.isoformat(),
        "plan": plan.slug,
        "plan_name": plan.name,
        "credits": prices.credits(available_millicredits),
        "limits": limits,
        "key": None if caller.key is None else PresentedKeySerializer(caller.key).data,
    }
