"""The sender of a request and its limits: the one object that views and services are given."""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from apps.accounts.models import Account, ApiKey, Membership, Plan, Role, User
from apps.accounts.roles import SCOPES_OF_ROLE, Permission, has_permission
from apps.core.addresses import address_block
from apps.core.errors import PermissionDeniedError
from apps.core.limits import RequestBucket


@dataclass(frozen=True, slots=True)
class Caller:
    """Sender of a request: an account, by one of its keys or by a person's session, or an anonymous caller known by its address."""

    account: Account | None
    key: ApiKey | None
    plan: Plan
    tenant: str
    """Key under which fairness and limits count this caller: `account:12`, `address:203.0.113.7`, `address:2001:db8::/64`."""
    address: str
    requests_per_minute: int
    concurrent_jobs: int
    """Concurrent jobs: of the key if it has a limit of its own (counts_jobs_by_key), otherwise of the tenant."""
    public_base: str = ""
    """Base URL of the server as the request addressed it, for links in webhooks that are sent later."""
    user: User | None = None
    """Person whose session this is; None for a key and for an anonymous caller."""
    role: Role | None = None
    """Role of that person in the account."""
    authenticated_at: float = field(default_factory=time.monotonic, compare=False)
    """Moment of the authentication, on the monotonic clock."""

    @property
    def is_anonymous(self) -> bool:
        return self.account is None

    @property
    def counts_jobs_by_key(self) -> bool:
        """True if concurrent_jobs is the key's own limit. The account's limit (plan.concurrent_jobs) applies too, unless is_limited_apart."""
        return self.key is not None and self.key.concurrent_jobs is not None

    @property
    def is_limited_apart(self) -> bool:
        """True if an operator gave the key limits that replace its account's."""
        return self.key is not None and self.key.is_limited_apart

    @property
    def request_buckets(self) -> tuple[RequestBucket, ...]:
        """Counters that a request increments: the key's own if it has one, and its tenant's."""
        tenants = RequestBucket(f"requests:{self.tenant}", self.plan.requests_per_minute)
        if self.key is None or self.key.requests_per_minute is None:
            return (tenants,)
        own = RequestBucket(f"requests:key:{self.key.pk}", self.key.requests_per_minute)
        return (own,) if self.key.is_limited_apart else (own, tenants)

    def scope_buckets(self, scopes: Iterable[str], *, defaults: Mapping[str, int]) -> tuple[RequestBucket, ...]:
        """Counters of a request that uses these scopes of the key: with the key's own limits, or with the API's defaults."""
        if self.key is None:
            return ()
        limits = {**defaults, **self.key.requests_per_minute_by_scope}
        return tuple(RequestBucket(f"requests:key:{self.key.pk}:{scope}", limits[scope], scope) for scope in scopes if scope in limits)

    @property
    def required_account(self) -> Account:
        """The account, by key or by session; only for views that HasAccount protects."""
        if self.account is None:
            raise TypeError("this view is for callers with an account: it needs the permission HasAccount")
        return self.account

    @property
    def key_id(self) -> int | None:
        return None if self.key is None else self.key.pk

    def has_scope(self, scope: str) -> bool:
        """True if the key has the scope or is unrestricted, or the role of the session's person has it. Anonymous callers are limited by their
        plan.
        """
        if self.role is not None:
            return scope in SCOPES_OF_ROLE[self.role]
        return self.key is None or not self.key.scopes or scope in self.key.scopes

    def may(self, permission: Permission) -> bool:
        """True if the session's person may do this in the account. For pages: keys and anonymous callers may not."""
        return self.role is not None and has_permission(self.role, permission)

    def needs_scope(self, scope: str) -> None:
        """Raise 403 if the key or the role lacks the scope."""
        if not self.has_scope(scope) and self.role is not None:
            message = f"Your role in this account, {self.role}, lacks the scope {scope!r}. An owner of the account can change your role."
            raise PermissionDeniedError(message, code="missing_scope")
        if not self.has_scope(scope):
            message = f"This key lacks the scope {scope!r}. Use a key that has it: GET /v1/keys/ lists the keys and their scopes."
            raise PermissionDeniedError(message, code="missing_scope")


class CallerUser:
    """User object for Django REST Framework: an account, not a person."""

    def __init__(self, caller: Caller) -> None:
        self.caller = caller

    @property
    def pk(self) -> str:
        return self.caller.tenant

    @property
    def is_authenticated(self) -> bool:
        return not self.caller.is_anonymous

    @property
    def is_anonymous(self) -> bool:
        return self.caller.is_anonymous


def caller_of_key(key: ApiKey, *, address: str, public_base: str = "") -> Caller:
    plan = key.account.plan
    return Caller(
        account=key.account,
        key=key,
        plan=plan,
        tenant=f"account:{key.account_id}",
        address=address,
        requests_per_minute=key.requests_per_minute_limit,
        concurrent_jobs=key.concurrent_jobs_limit,
        public_base=public_base,
    )


def caller_of_account(account: Account, *, address: str, public_base: str = "") -> Caller:
    """Caller without a key for whom an account answers, as an operator decided."""
    plan = account.plan
    return Caller(
        account=account,
        key=None,
        plan=plan,
        tenant=f"account:{account.pk}",
        address=address,
        requests_per_minute=plan.requests_per_minute,
        concurrent_jobs=plan.concurrent_jobs,
        public_base=public_base,
    )


def caller_of_session(membership: Membership, *, address: str, public_base: str = "") -> Caller:
    """Caller for a person who acts for an account that they are a member of, with the scopes of their role."""
    caller = caller_of_account(membership.account, address=address, public_base=public_base)
    return replace(caller, user=membership.user, role=Role(membership.role))


def anonymous_caller(plan: Plan, *, address: str, public_base: str = "") -> Caller:
    """Anonymous caller with the plan for callers without a key."""
    return Caller(
        account=None,
        key=None,
        plan=plan,
        tenant=f"address:{address_block(address)}",
        address=address,
        requests_per_minute=plan.requests_per_minute,
        concurrent_jobs=plan.concurrent_jobs,
        public_base=public_base,
    )


def get_caller(request: Any) -> Caller:
    """Caller of a request that KeyAuthentication or SessionAuthentication let through."""
    caller = find_caller(request)
    if caller is None:
        raise TypeError("nobody is authenticated: the view needs KeyAuthentication, or SessionAuthentication with HasAccount")
    return caller


def find_caller(request: Any) -> Caller | None:
    """Caller of a request; None where a view takes sessions only and there is none."""
    return request.auth if isinstance(request.auth, Caller) else None
