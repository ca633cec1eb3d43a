"""Permissions of views: anybody, accounts only, keys with a scope."""

from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from apps.accounts.authentication import CHALLENGE
from apps.accounts.callers import get_caller
from apps.core.errors import AuthenticationFailedError


class AnyCaller(BasePermission):
    """Welcome without a key too."""

    welcomes_anonymous = True  # apps/core/schema.py tells it

    def has_permission(self, request: Request, view: Any) -> bool:  # noqa: ARG002 - DRF's signature
        """Always."""
        return True


class HasAccount(BasePermission):
    """Only with a key."""

    def has_permission(self, request: Request, view: Any) -> bool:  # noqa: ARG002 - DRF's signature
        """401 without a key."""
        if get_caller(request).is_anonymous:
            raise AuthenticationFailedError(
                "Authentication required: send your API key as `Authorization: Bearer sk-tts-…`.",
                code="missing_api_key",
                headers={"WWW-Authenticate": CHALLENGE},
            )
        return True


def scope_required(scope: str) -> type[BasePermission]:
    """A permission for keys that open this scope (apps/accounts/scopes.py); put it beside AnyCaller or HasAccount."""

    class HasScope(BasePermission):
        """Only with a key that has the scope, or with none where the view allows that."""

        def has_permission(self, request: Request, view: Any) -> bool:  # noqa: ARG002 - DRF's signature
            """403 without the scope."""
            get_caller(request).needs_scope(scope)
            return True

    return HasScope
