"""Fair shares of what many tenants use at once: threads, connections, cores. A newcomer never waits for those who hold many."""

from collections import Counter
from typing import Generic, TypeVar

Tenant = TypeVar("Tenant", str, int)


class FairShare(Generic[Tenant]):
    """The number that each tenant holds, and who may hold another. No lock of its own: its owner calls it from one thread or holds one.

    `usual` is divided by the tenants that hold something; alone, a tenant has half. Within its share a tenant begins at once, also
    when others fill `usual` since before it came: only `most` is never exceeded.
    """

    def __init__(self, *, usual: int, most: int) -> None:
        self._usual = usual
        self._most = max(usual, most)
        self.held: Counter[Tenant] = Counter()

    def may_begin(self, tenant: Tenant) -> bool:
        """True where one more is within the tenant's share."""
        tenants = len(self.held) + (tenant not in self.held)
        return self.held[tenant] < max(1, self._usual // max(2, tenants)) and self.held.total() < self._most

    def begin(self, tenant: Tenant) -> None:
        """The tenant holds one more."""
        self.held[tenant] += 1

    def end(self, tenant: Tenant) -> None:
        """The tenant holds one less."""
        self.held[tenant] -= 1
        if not self.held[tenant]:
            del self.held[tenant]

    def copy(self) -> "FairShare[Tenant]":
        """One that changes apart, to try a choice on."""
        other: FairShare[Tenant] = FairShare(usual=self._usual, most=self._most)
        other.held = self.held.copy()
        return other

    @property
    def room(self) -> int:
        """Number of further holds, over all tenants, before `most` is reached."""
        return self._most - self.held.total()
