"""Views of /v1/account/: plan, credits, limits."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.callers import get_caller
from apps.accounts.permissions import HasAccount, scope_required
from apps.billing.selectors import available_millicredits
from apps.billing.serializers import AccountSerializer, account_shape


class AccountView(APIView):
    permission_classes = [HasAccount, scope_required("account:read")]

    @extend_schema(operation_id="account", tags=["account"], responses=AccountSerializer, summary="Plan, credits, limits")
    def get(self, request: Request) -> Response:
        """The key's account with its available credits and the limits of requests with this key."""
        caller = get_caller(request)
        return Response(account_shape(caller, available_millicredits=available_millicredits(caller.required_account.pk)))
