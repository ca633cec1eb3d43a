"""Fair sharing of a resource among tenants: threads, connections, cores. A tenant without work in flight never waits for those with much."""

from collections import Counter
from typing import Generic, TypeVar

Tenant = TypeVar("Tenant", str, int)


class FairShare(Generic[Tenant]):
    """Number of holds per tenant, and the rule for further ones. Not locked: the owner calls it from one thread or under a lock.

    `usual` is divided by the tenants that hold something; a lone tenant has half. Within its share a tenant begins at once, even if others
    have occupied `usual` before; only `most` is never exceeded.
    """

    def __init__(self, *, usual: int, most: int) -> None:
        self._usual = usual
        self._most = max(usual, most)
        self.held: Counter[Tenant] = Counter()

    def may_begin(self, tenant: Tenant) -> bool:
        """True if one more is within the tenant's share."""
        tenants = len(self.held) + (tenant not in self.held)
        return self.held[tenant] < max(1, self._usual // max(2, tenants)) and self.held.total() < self._most

    def begin(self, tenant: Tenant) -> None:
        self.held[tenant] += 1

    def end(self, tenant: Tenant) -> None:
        self.held[tenant] -= 1
        if not self.held[tenant]:
            del self.held[tenant]

    def copy(self) -> "FairShare[Tenant]":
        """Independent copy, to try a choice on."""
        other: FairShare[Tenant] = FairShare(usual=self._usual, most=self._most)
        other.held = self.held.copy()
        return other

    @property
    def room(self) -> int:
        """Number of further holds, over all tenants, before `most` is reached."""
        return self._most - self.held.total()
