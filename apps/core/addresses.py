"""Client address behind trusted proxies, and the address block that limits count."""

from collections.abc import Mapping
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Protocol

from django.conf import settings

NO_ADDRESS = "0.0.0.0"  # noqa: S104 - stands for a client on a unix socket, nothing listens on it
IPV6_BLOCK_BITS = 64
"""Prefix length that limits count as one caller: providers assign at least a /64 to each customer, so limits by single address have no
effect.
"""

IPV6_SITE_BITS = 48
"""Prefix length that providers assign to one customer at most."""


class HasMeta(Protocol):
    """Attributes of a Django or DRF request that are read here."""

    @property
    def META(self) -> Mapping[str, object]: ...  # noqa: N802 - Django's name


def client_address(request: HasMeta) -> str:
    """Address of the client. X-Forwarded-For is trusted only as far as proxies of TTSAI_TRUSTED_PROXIES wrote it."""
    peer = _parse(str(request.META.get("REMOTE_ADDR") or NO_ADDRESS)) or IPv4Address(NO_ADDRESS)
    trusted = _networks(tuple(settings.TTSAI_TRUSTED_PROXIES))
    if not trusted or not _is_in(peer, trusted):
        return str(peer)
    address = peer
    # The last entry was written by the nearest proxy. Each trusted one vouches for the entry before its own; the first that is
    # not trusted is the client, and whatever stands to the left of it may be invented.
    for entry in reversed(str(request.META.get("HTTP_X_FORWARDED_FOR") or "").split(",")):
        parsed = _parse(entry)
        if parsed is None:
            break
        address = parsed
        if not _is_in(parsed, trusted):
            break
    return str(address)


def address_block(address: str) -> str:
    """Unit of limits by address: the IPv4 address, or the /64 network of an IPv6 address."""
    parsed = ip_address(address)
    return address if isinstance(parsed, IPv4Address) else str(IPv6Network((parsed, IPV6_BLOCK_BITS), strict=False))


def address_site(address: str) -> str | None:
    """The /48 network of an IPv6 address, which one customer may hold; None for IPv4, where the block is the address."""
    parsed = ip_address(address)
    return None if isinstance(parsed, IPv4Address) else str(IPv6Network((parsed, IPV6_SITE_BITS), strict=False))


def _parse(entry: str) -> IPv4Address | IPv6Address | None:
    text = entry.strip().strip('"')
    if text.startswith("["):  # [2001:db8::1]:443
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:  # 192.0.2.1:443
        text = text.partition(":")[0]
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address


@lru_cache(maxsize=8)
def _networks(names: tuple[str, ...]) -> tuple[IPv4Network | IPv6Network, ...]:
    return tuple(ip_network(name, strict=False) for name in names)


def _is_in(address: IPv4Address | IPv6Address, networks: tuple[IPv4Network | IPv6Network, ...]) -> bool:
    return any(address in network for network in networks)
