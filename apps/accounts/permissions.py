"""View permissions: anybody, accounts only, accounts and visitors of the site, keys with a scope."""

from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from apps.accounts.callers import find_caller, get_caller
from apps.accounts.session_authentication import check_csrf
from apps.core.dialects import dialect_of
from apps.core.errors import AuthenticationFailedError
from apps.core.zones import zone_of_request


class AnyCaller(BasePermission):
    welcomes_anonymous = True  # apps/core/schema.py tells it

    def has_permission(self, request: Request, view: Any) -> bool:  # noqa: ARG002 - DRF's signature
        return True


class HasAccount(BasePermission):
    def has_permission(self, request: Request, view: Any) -> bool:  # noqa: ARG002 - DRF's signature
        caller = find_caller(request)
        if caller is None:
            raise AuthenticationFailedError("Authentication required: log in.", code="not_logged_in")
        if caller.is_anonymous and zone_of_request(request).has_sessions:
            raise AuthenticationFailedError("Authentication required: log in.", code="not_logged_in")
        if caller.is_anonymous:
            example = dialect_of(request.path).key_headers[0].example
            raise AuthenticationFailedError(f"Authentication required: send your API key as `{example}`.", code="missing_api_key")
        return True


def open_to_visitors(service: str) -> type[HasAccount]:
    """Permission class for accounts, and for visitors of the site's pages whose plan has the service (Plan.anonymous_services).

    Programs need a key: a visitor's request carries the token against forgery that a page of the site gave them.
    """

    class IsAccountOrVisitor(HasAccount):
        def has_permission(self, request: Request, view: Any) -> bool:
            caller = find_caller(request)
            is_visitor = caller is not None and caller.is_anonymous and zone_of_request(request).has_sessions
            if caller is None or not is_visitor or service not in caller.plan.anonymous_services:
                return super().has_permission(request, view)
            check_csrf(request._request)  # noqa: SLF001 - DRF has no other name for it
            return True

    return IsAccountOrVisitor


def scope_required(scope: str) -> type[BasePermission]:
    """Permission class for keys with this scope (apps/accounts/scopes.py); use it beside AnyCaller or HasAccount."""

    class HasScope(BasePermission):
        declared_scope = scope

        def has_permission(self, request: Request, view: Any) -> bool:  # noqa: ARG002 - DRF's signature
            get_caller(request).needs_scope(scope)
            return True

    return HasScope


def declared_scopes(view: Any) -> list[str]:
    """Scopes that a view requires for the method of its request."""
    return [permission.declared_scope for permission in view.get_permissions() if hasattr(permission, "declared_scope")]
