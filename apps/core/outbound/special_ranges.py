"""Address ranges outside the public internet. Our own table, since Python's `ipaddress` follows the registries years late.

Sources: the IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890 and its updates), the IANA IPv4 Multicast Address Space
Registry (RFC 5771) and the IANA IPv6 Address Space registry, by which only 2000::/3 is global unicast. Entries that the registries call
globally reachable (AS112, AMT, PCP and TURN anycast) are listed too: no customer serves a file there.
"""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Final

IPV4: Final = tuple(
    map(
        IPv4Network,
        (
            "0.0.0.0/8",  # this network, RFC 791
            "10.0.0.0/8",  # private use, RFC 1918
            "100.64.0.0/10",  # shared address space of carriers, RFC 6598
            "127.0.0.0/8",  # loopback, RFC 1122
            "169.254.0.0/16",  # link local, RFC 3927; metadata services of clouds
            "172.16.0.0/12",  # private use, RFC 1918
            "192.0.0.0/24",  # IETF protocol assignments, RFC 6890
            "192.0.2.0/24",  # documentation, RFC 5737
            "192.31.196.0/24",  # AS112-v4, RFC 7535
            "192.52.193.0/24",  # AMT, RFC 7450
            "192.88.99.0/24",  # 6to4 relay anycast, deprecated, RFC 7526
            "192.168.0.0/16",  # private use, RFC 1918
            "192.175.48.0/24",  # direct delegation AS112, RFC 7534
            "198.18.0.0/15",  # benchmarking, RFC 2544
            "198.51.100.0/24",  # documentation, RFC 5737
            "203.0.113.0/24",  # documentation, RFC 5737
            "224.0.0.0/4",  # multicast, RFC 5771
            "240.0.0.0/4",  # reserved, RFC 1112; limited broadcast
        ),
    )
)

GLOBAL_UNICAST: Final = IPv6Network("2000::/3")
"""The only IPv6 space that is allowed; the rest is refused: loopback, unique local, link local, site local, multicast, 64:ff9b:1::/48,
100::/64, 5f00::/16, …
"""

IPV6: Final = tuple(
    map(
        IPv6Network,
        (
            "2001::/23",  # IETF protocol assignments, RFC 2928: Teredo, benchmarking, AMT, AS112, ORCHID, DRIP
            "2001:db8::/32",  # documentation, RFC 3849
            "2002::/16",  # 6to4, RFC 3056: leads to any IPv4 address
            "2620:4f:8000::/48",  # direct delegation AS112, RFC 7534
            "3fff::/20",  # documentation, RFC 9637
        ),
    )
)
"""Refused ranges within GLOBAL_UNICAST."""

IPV4_IN_IPV6: Final = (IPv6Network("::ffff:0:0/96"), IPv6Network("64:ff9b::/96"))
"""IPv4-mapped addresses and NAT64 (RFC 6052), whose last 32 bits are the IPv4 address that is reached."""


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """True for a public address; an IPv4 address embedded in IPv6 is judged as that IPv4 address."""
    if isinstance(address, IPv4Address):
        return not any(address in network for network in IPV4)
    if any(address in network for network in IPV4_IN_IPV6):
        return is_public(IPv4Address(int(address) & 0xFFFFFFFF))
    return address in GLOBAL_UNICAST and not any(address in network for network in IPV6)
