"""Views of /api/api-keys."""

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.callers import get_caller
from apps.accounts.models import ApiKey
from apps.accounts.permissions import HasAccount, scope_required
from apps.accounts.scopes import NO_SCOPES, SCOPES
from apps.accounts.selectors import list_keys
from apps.accounts.services import create_key_for
from apps.accounts.services.keys import CLONYVOICE_KEY_START
from apps.compat.clonyvoice.dialect import REQUESTS_PER_MINUTE_BY_SCOPE
from apps.core import fields
from apps.core.caching import NO_STORE
from apps.core.errors import ApplicationError
from apps.core.fields import validated

_MOMENT = serializers.DateTimeField()


class NewClonyKeySerializer(serializers.Serializer[Any]):
    """Request body of POST /api/api-keys."""

    name = fields.Text(max_length=100, trim_whitespace=True, help_text="Purpose of the key.")
    scopes = serializers.ListField(
        child=serializers.ChoiceField(choices=list(SCOPES)),
        default=list,
        allow_empty=False,
        max_length=len(SCOPES),
        error_messages={"empty": NO_SCOPES},
        help_text="Scopes of the key; those of this request's key if omitted.",
    )
    limits = serializers.DictField(
        child=serializers.IntegerField(min_value=1, max_value=1_000_000),
        default=dict,
        help_text='Requests per minute by scope, `{"tts:generate": 20}`, in place of the defaults; at most those of this request\'s key and the '
        "plan's requests per minute.",
    )


class ClonyKeySerializer(serializers.Serializer[Any]):
    """Key without its secret."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    prefix = serializers.CharField(help_text="First characters of the key.")
    scopes = serializers.ListField(child=serializers.CharField())
    limits = serializers.DictField(child=serializers.IntegerField(), help_text="Requests per minute by scope, within those of the plan.")
    is_active = serializers.BooleanField(help_text="Neither revoked nor expired.")
    created_at = serializers.DateTimeField()
    last_used_at = serializers.DateTimeField(allow_null=True)


class IssuedClonyKeySerializer(ClonyKeySerializer):
    """New key with its secret, which is shown only in this response."""

    key = serializers.CharField(help_text="The secret. It is not kept: store it now.")


class ClonyKeyListSerializer(serializers.Serializer[Any]):
    """The account's keys, newest first."""

    keys = ClonyKeySerializer(many=True)
    total = serializers.IntegerField()


NEW = NewClonyKeySerializer()


class ClonyKeyListView(APIView):
    """List and create keys."""

    permission_classes = [HasAccount, scope_required("system:read")]

    @extend_schema(operation_id="clonyvoice_keys", tags=["clonyvoice"], summary="The account's keys", responses=ClonyKeyListSerializer)
    def get(self, request: Request) -> Response:
        """List the account's keys of every API, newest first, without secrets."""
        keys = [key_shape(key) for key in list_keys(get_caller(request).required_account).select_related("account__plan")]
        return Response({"keys": keys, "total": len(keys)}, headers=NO_STORE)

    @extend_schema(
        operation_id="clonyvoice_key_create",
        tags=["clonyvoice"],
        summary="Make a key",
        request=NewClonyKeySerializer,
        responses={200: IssuedClonyKeySerializer, 409: OpenApiResponse(OpenApiTypes.OBJECT, description="The account has 200 keys.")},
    )
    def post(self, request: Request) -> Response:
        """Make a key with at most the scopes and limits of the key that makes it. Its limits by scope are stored with it, so that they hold in
        every API of the platform; the plan's requests per minute hold beside them, also after a change of the plan.
        """
        caller, body = get_caller(request), validated(NEW, request.data)
        with _naming_limits():
            key, secret = create_key_for(
                caller,
                name=body["name"],
                scopes=body["scopes"],
                requests_per_minute=None,
                requests_per_minute_by_scope=body["limits"],
                default_limits_by_scope=_defaults(body["scopes"] or (caller.key.scopes if caller.key else [])),
                concurrent_jobs=None,
                start=CLONYVOICE_KEY_START,
            )
        return Response({**key_shape(key), "key": secret}, headers=NO_STORE)


def key_shape(key: ApiKey) -> dict[str, Any]:
    """Key as it is listed."""
    limits = {**_defaults(key.scopes), **key.requests_per_minute_by_scope}
    most = key.requests_per_minute_limit
    return {
        "id": key.pk,
        "name": key.name,
        "prefix": key.prefix,
        "scopes": key.scopes or list(SCOPES),
        "limits": {scope: min(limit, most) for scope, limit in limits.items()},
        "is_active": key.is_live,
        "created_at": _MOMENT.to_representation(key.created_at),
        "last_used_at": _MOMENT.to_representation(key.last_used_at) if key.last_used_at else None,
    }


def _defaults(scopes: Sequence[str]) -> dict[str, int]:
    """The API's limits for a key with these scopes; none stands for all."""
    return {scope: limit for scope, limit in REQUESTS_PER_MINUTE_BY_SCOPE.items() if not scopes or scope in scopes}


@contextlib.contextmanager
def _naming_limits() -> Iterator[None]:
    """Let errors about limits by scope name the field that this API has for them."""
    try:
        yield
    except ApplicationError as error:
        if error.param == "requests_per_minute_by_scope":
            error.param = "limits"
            error.message = error.message.replace("requests_per_minute_by_scope", "limits")
        raise
