"""Rows of apps/accounts/urls.py."""

from apps.accounts.models import Account
from tests.factories import make_key
from tests.routes.table import Owned, row


def a_key(account: Account) -> Owned:
    """Another key of the account, since the presenting key must stay valid; with few scopes, since a limited key rotates no stronger one."""
    key, _ = make_key(account, scopes=["keys:write"], requests_per_minute_by_scope={"keys:write": 1})
    return Owned(path={"key_id": str(key.pk)})


def a_listed_key(account: Account) -> Owned:
    key, _ = make_key(account)
    return Owned(shown=f'"prefix":"{key.prefix}"')


ROWS = [
    row("keys/", "GET", scope="keys:read", owns=a_listed_key),
    row("keys/", "POST", scope="keys:write", owns=None, body={"name": "mine", "scopes": ["keys:write"]}),
    row("keys/<key_id>/", "PATCH", scope="keys:write", owns=a_key, body={"name": "renamed"}),
    row("keys/<key_id>/", "DELETE", scope="keys:write", owns=a_key),
    row("keys/<key_id>/rotate/", "POST", scope="keys:write", owns=a_key, body={}),
    row("ws-tickets/", "POST", scope=None, owns=None, body={}),
]
