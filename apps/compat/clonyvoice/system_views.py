"""Views of /api/system."""

from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.callers import get_caller
from apps.accounts.permissions import HasAccount, scope_required
from apps.catalog.selectors import count_live_workers, list_models, list_tts_models
from apps.core.caching import NO_STORE
from apps.core.machine import Card, list_cards, read_hardware, read_load

MEGABYTE = 1 << 20


class CpuLoadSerializer(serializers.Serializer[Any]):
    percent = serializers.FloatField(help_text="Of all cores together, 0 to 100.")
    cores = serializers.IntegerField()


class MemoryLoadSerializer(serializers.Serializer[Any]):
    total_mb = serializers.IntegerField()
    used_mb = serializers.IntegerField()
    percent = serializers.FloatField()


class GpuSerializer(serializers.Serializer[Any]):
    """NVIDIA card."""

    name = serializers.CharField()
    memory_total_mb = serializers.IntegerField()


class GpuLoadSerializer(GpuSerializer):
    """NVIDIA card and its use."""

    percent = serializers.IntegerField()
    memory_used_mb = serializers.IntegerField()
    temperature_c = serializers.IntegerField(allow_null=True)


class SystemStatsSerializer(serializers.Serializer[Any]):
    """Load of the platform's machine."""

    cpu = CpuLoadSerializer()
    ram = MemoryLoadSerializer()
    gpus = GpuLoadSerializer(many=True)


class SystemInfoSerializer(serializers.Serializer[Any]):
    """Hardware and software of the platform."""

    version = serializers.CharField()
    os = serializers.CharField()
    architecture = serializers.CharField()
    cpu = serializers.CharField()
    cores = serializers.IntegerField(help_text="Physical cores.")
    threads = serializers.IntegerField(help_text="Logical cores.")
    ram_mb = serializers.IntegerField()
    gpus = GpuSerializer(many=True)
    workers = serializers.IntegerField(help_text="Workers that answer at the moment.")
    models = serializers.ListField(child=serializers.CharField(), help_text="Models that speak in the account's plan.")
    can_clone = serializers.BooleanField()


class SystemStatsView(APIView):
    """Use of processor, memory and cards."""

    permission_classes = [HasAccount, scope_required("system:read")]

    @extend_schema(operation_id="clonyvoice_system_stats", tags=["clonyvoice"], summary="Load", responses=SystemStatsSerializer)
    def get(self, request: Request) -> Response:  # noqa: ARG002 - the same for everybody
        """Load of the machine that answers, at most a second old. Workers on other machines are not in it."""
        load = read_load()
        memory = {
            "total_mb": load.memory_bytes // MEGABYTE,
            "used_mb": load.used_memory_bytes // MEGABYTE,
            "percent": round(100 * load.used_memory_bytes / load.memory_bytes, 1),
        }
        cpu = {"percent": load.cpu_percent, "cores": read_hardware().logical_cores}
        return Response({"cpu": cpu, "ram": memory, "gpus": [_card_load(card) for card in load.cards]}, headers=NO_STORE)


class SystemInfoView(APIView):
    """Hardware and models."""

    permission_classes = [HasAccount, scope_required("system:read")]

    @extend_schema(operation_id="clonyvoice_system_info", tags=["clonyvoice"], summary="Hardware", responses=SystemInfoSerializer)
    def get(self, request: Request) -> Response:
        """Hardware of the machine that answers, and what is installed."""
        found = read_hardware()
        return Response(
            {
                "version": settings.TTSAI_VERSION,
                "os": found.system,
                "architecture": found.architecture,
                "cpu": found.cpu,
                "cores": found.cores,
                "threads": found.logical_cores,
                "ram_mb": found.memory_bytes // MEGABYTE,
                "gpus": [_card(card) for card in list_cards()],
                "workers": count_live_workers(),
                "models": [model.id for model in list_tts_models(get_caller(request).plan)],
                "can_clone": any(model.spec.has_cloning for model in list_models()),
            },
            headers=NO_STORE,
        )


def _card(card: Card) -> dict[str, Any]:
    return {"name": card.name, "memory_total_mb": card.memory_bytes // MEGABYTE}


def _card_load(card: Card) -> dict[str, Any]:
    return {
        **_card(card),
        "percent": card.utilisation_percent,
        "memory_used_mb": card.used_memory_bytes // MEGABYTE,
        "temperature_c": card.temperature_celsius,
    }
