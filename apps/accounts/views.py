"""Views of /v1/keys/: an account's own keys."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.callers import Caller, get_caller
from apps.accounts.models import ApiKey, Membership
from apps.accounts.permissions import HasAccount, scope_required
from apps.accounts.selectors import add_spending, get_key, list_keys
from apps.accounts.serializers import (
    ChangedKeySerializer,
    IssuedKeySerializer,
    KeyListSerializer,
    KeySerializer,
    NewKeySerializer,
    RotationSerializer,
    TicketSerializer,
)
from apps.accounts.services import change_key_for, create_key_for, revoke_key, rotate_key_for
from apps.accounts.ws_tickets import Ticket, create_ticket, create_ticket_of_member
from apps.core.errors import PermissionDeniedError


def _body(serializer: Any) -> dict[str, Any]:
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)


def _with_cap(body: dict[str, Any]) -> dict[str, Any]:
    """The body with the cap in thousandths of a credit, if it states one."""
    if "monthly_cap_credits" in body:
        cap = body.pop("monthly_cap_credits")
        body["monthly_cap_millicredits"] = None if cap is None else int(cap * 1000)
    return body


def _shape(key: ApiKey) -> dict[str, Any]:
    return dict(KeySerializer(add_spending([key])[0]).data)


def _issued(key: ApiKey, *, secret: str) -> Response:
    return Response({**_shape(key), "key": secret}, headers={"Cache-Control": "no-store"})


class KeyListView(APIView):
    """List and create keys."""

    def get_permissions(self) -> list[Any]:
        return [HasAccount(), scope_required("keys:read" if self.request.method == "GET" else "keys:write")()]

    @extend_schema(operation_id="keys_list", tags=["keys"], responses=KeyListSerializer, summary="The account's keys")
    def get(self, request: Request) -> Response:
        """List the account's keys, newest first, including revoked and expired ones. Secrets are not stored and cannot be shown again."""
        keys = KeySerializer(add_spending(list_keys(get_caller(request).required_account)), many=True).data
        return Response({"keys": keys, "total": len(keys)})

    @extend_schema(operation_id="keys_create", tags=["keys"], request=NewKeySerializer, responses=IssuedKeySerializer, summary="Make a key")
    def post(self, request: Request) -> Response:
        """Create a key with at most the scopes and limits of the key that creates it. The secret is shown only in this response."""
        key, secret = create_key_for(get_caller(request), **_with_cap(_body(NewKeySerializer(data=request.data))))
        return _issued(key, secret=secret)


class KeyView(APIView):
    """Change or revoke a key."""

    permission_classes = [HasAccount, scope_required("keys:write")]

    @extend_schema(operation_id="keys_revoke", tags=["keys"], responses=KeySerializer, summary="Revoke a key")
    def delete(self, request: Request, key_id: int) -> Response:
        """Revoke a key. Repeating the request changes nothing."""
        key = get_key(get_caller(request).required_account, key_id=key_id)
        revoke_key(key)
        return Response(_shape(key))

    @extend_schema(
        operation_id="keys_update",
        tags=["keys"],
        request=ChangedKeySerializer,
        responses=KeySerializer,
        summary="Rename a key, set its cap",
    )
    def patch(self, request: Request, key_id: int) -> Response:
        """Change the name of a key or its spending cap. A key that has a cap itself cannot change caps. Secrets and scopes never change."""
        caller = get_caller(request)
        key = get_key(caller.required_account, key_id=key_id)
        change_key_for(caller, key=key, **_with_cap(_body(ChangedKeySerializer(data=request.data))))
        return Response(_shape(key))


class KeyRotationView(APIView):
    """Rotate a key."""

    permission_classes = [HasAccount, scope_required("keys:write")]

    @extend_schema(
        operation_id="keys_rotate", tags=["keys"], request=RotationSerializer, responses=IssuedKeySerializer, summary="Rotate a key"
    )
    def post(self, request: Request, key_id: int) -> Response:
        """Create a key with the same name, scopes and limits. The old key stays valid until the overlap ends."""
        caller = get_caller(request)
        key = get_key(caller.required_account, key_id=key_id)
        successor, secret = rotate_key_for(caller, key=key, **_body(RotationSerializer(data=request.data)))
        return _issued(successor, secret=secret)


class TicketView(APIView):
    """Create a ticket for one WebSocket."""

    permission_classes = [HasAccount]

    @extend_schema(
        operation_id="ws_tickets_create",
        tags=["keys"],
        request=None,
        responses=TicketSerializer,
        summary="A ticket that opens one WebSocket",
    )
    def post(self, request: Request) -> Response:
        """Create a ticket for a browser, which must not know an API key. It opens one WebSocket of any route within a minute, as this key (by
        session: with the scopes of the person's role), in the query (`?ticket=…`) or as the subprotocol `ttsai-ticket.<ticket>` beside
        `ttsai-ticket`; and it ends with its key or membership.
        """
        ticket = _create_ticket(get_caller(request))
        return Response({"ticket": ticket.value, "expires_at": ticket.expires_at}, headers={"Cache-Control": "no-store"})


def _create_ticket(caller: Caller) -> Ticket:
    if caller.key is not None:
        return create_ticket(caller.key)
    if caller.user is None or not Membership.objects.filter(account=caller.account, user=caller.user).exists():
        raise PermissionDeniedError("Tickets are created with an API key, or by a member of the account.")
    return create_ticket_of_member(caller.required_account, caller.user)
