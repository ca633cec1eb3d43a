"""Scopes by method: reading and writing."""

from typing import Any

from apps.accounts.permissions import HasAccount, scope_required


def read_or_write(method: str | None, *, read: str, write: str) -> list[Any]:
    """Permissions of a view that needs an account and, by its method, one of two scopes."""
    return [HasAccount(), scope_required(read if method in {"GET", "HEAD"} else write)()]
