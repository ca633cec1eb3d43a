"""Resolution of host names to checked addresses, without blocking the event loop."""

from functools import cache
from typing import Final

from apps.core.fair_threads import FairThreadPool
from apps.core.outbound.policy import check_addresses, parse_ip_notations, resolve_host

THREADS: Final = 16
"""Concurrent DNS queries of a process. `getaddrinfo`, the system's resolver (hosts file, search domains), blocks its thread."""
NEWCOMERS_FACTOR: Final = 8
WAITING_EACH: Final = 4096
"""High enough that no query is refused: callers limit the requests of one tenant, and the deadline of the request ends the wait."""


@cache
def resolver_threads() -> FairThreadPool:
    """Threads of this process that call the resolver. A query whose request timed out holds its thread until the resolver times out too."""
    return FairThreadPool("resolver", usual=THREADS, most=NEWCOMERS_FACTOR * THREADS, waiting_each=WAITING_EACH)


async def resolve(host: str, port: int, *, tenant: str) -> list[str]:
    """Numeric addresses of a host, all of them allowed. Raises AddressRefusedError or OSError (no such name)."""
    numbers = parse_ip_notations(host, port=port) or await resolver_threads().run(tenant, resolve_host, host, port=port)
    check_addresses(numbers, host=host, port=port)
    return numbers
