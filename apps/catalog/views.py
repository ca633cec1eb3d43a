"""Views of GET /v1/models/."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.callers import get_caller
from apps.accounts.permissions import AnyCaller, scope_required
from apps.catalog.selectors import find_listed_model, list_models, list_stand_ins
from apps.catalog.serializers import ModelListSerializer, ModelSerializer, model_shapes


class ModelListView(APIView):
    permission_classes = [AnyCaller, scope_required("voices:read")]

    @extend_schema(operation_id="models_list", tags=["models"], responses=ModelListSerializer, summary="List models")
    def get(self, request: Request) -> Response:
        """List every model with its price and the plans that include it, and documented models that another model serves (`served_by`).
        The response suits clients of TTS.ai (`models`) and of OpenAI (`data`).
        """
        plan = get_caller(request).plan
        models = model_shapes([*list_models(), *list_stand_ins(plan)], plan=plan)
        return Response({"object": "list", "data": models, "models": models})


class ModelView(APIView):
    permission_classes = [AnyCaller, scope_required("voices:read")]

    @extend_schema(operation_id="models_get", tags=["models"], responses=ModelSerializer, summary="One model")
    def get(self, request: Request, model_id: str) -> Response:
        """One model by its id, or a documented model that another serves."""
        plan = get_caller(request).plan
        [model] = model_shapes([find_listed_model(model_id, plan=plan)], plan=plan)
        return Response(model)
