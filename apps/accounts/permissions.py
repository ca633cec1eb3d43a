"""View permissions: anybody, accounts only, keys with a scope."""

from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from apps.accounts.authentication import CHALLENGE
from apps.accounts.callers import get_caller
from apps.core.errors import AuthenticationFailedError


class AnyCaller(BasePermission):
    welcomes_anonymous = True  # apps/core/schema.py tells it

    def has_permission(self, request: Request, view: Any) -> bool:  # noqa: ARG002 - DRF's signature
        return True


class HasAccount(BasePermission):
    def has_permission(self, request: Request, view: Any) -> bool:  # noqa: ARG002 - DRF's signature
        if get_caller(request).is_anonymous:
            raise AuthenticationFailedError(
                "Authentication required: send your API key as `Authorization: Bearer sk-tts-…`.",
                code="missing_api_key",
                headers={"WWW-Authenticate": CHALLENGE},
            )
        return True


def scope_required(scope: str) -> type[BasePermission]:
    """Permission class for keys with this scope (apps/accounts/scopes.py); use it beside AnyCaller or HasAccount."""

    class HasScope(BasePermission):
        def has_permission(self, request: Request, view: Any) -> bool:  # noqa: ARG002 - DRF's signature
            get_caller(request).needs_scope(scope)
            return True

    return HasScope
