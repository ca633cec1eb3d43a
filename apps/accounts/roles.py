"""Roles of members: the scopes of the API that a session of the role has, and the permissions that pages ask for."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from apps.accounts.models import Role
from apps.accounts.scopes import SCOPES


class Permission(StrEnum):
    """Action on an account that a page needs."""

    READ = "see the account's jobs, voices, keys and webhooks"
    CHANGE = "change the account's jobs, voices, keys and webhooks"
    READ_USAGE = "see usage, balance and plan"
    MONEY = "see or change payments, invoices and the subscription"
    READ_TEAM = "see the members"
    TEAM = "invite, change and remove members"
    ACCOUNT = "rename, export or delete the account"


PERMISSIONS: Final[Mapping[Role, frozenset[Permission]]] = {
    Role.OWNER: frozenset(Permission),
    Role.DEVELOPER: frozenset({Permission.READ, Permission.CHANGE, Permission.READ_USAGE, Permission.READ_TEAM}),
    Role.BILLING: frozenset({Permission.READ_USAGE, Permission.MONEY}),
    Role.VIEWER: frozenset({Permission.READ, Permission.READ_USAGE, Permission.READ_TEAM}),
}

_READ_SCOPES: Final = frozenset(scope for scope in SCOPES if scope.endswith(":read")) - {"system:read"}
"""system:read makes keys too."""

SCOPES_OF_ROLE: Final[Mapping[Role, frozenset[str]]] = {
    Role.OWNER: frozenset(SCOPES),
    Role.DEVELOPER: frozenset(SCOPES),
    Role.BILLING: frozenset({"account:read"}),
    Role.VIEWER: _READ_SCOPES,
}
"""Scopes of the API by session. Requests that change something need Permission.CHANGE too, whatever their scope."""

ROLE_DESCRIPTIONS: Final[Mapping[Role, str]] = {
    Role.OWNER: "Everything, including money, members and deletion.",
    Role.DEVELOPER: "Everything but money, members and deletion.",
    Role.BILLING: "Payments, invoices and usage only.",
    Role.VIEWER: "Sees everything but money, and changes nothing.",
}


def has_permission(role: str, permission: Permission) -> bool:
    """True if members with the role may do this."""
    return permission in PERMISSIONS[Role(role)]
