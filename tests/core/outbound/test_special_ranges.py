"""Table of special-purpose ranges, at every boundary."""

import ipaddress

import pytest

from apps.core.outbound.special_ranges import is_public

# As the IANA registries list them, each entry by itself: written again here so that a slip in the table shows.
REFUSED = """
0.0.0.0/8 0.0.0.0/32 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.0.0/29 192.0.0.8/32
192.0.0.9/32 192.0.0.10/32 192.0.0.170/32 192.0.0.171/32 192.0.0.192/32 192.0.2.0/24 192.31.196.0/24 192.52.193.0/24 192.88.99.0/24
192.88.99.2/32 192.168.0.0/16 192.175.48.0/24 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4 255.255.255.255/32
::1/128 ::/128 ::/96 ::ffff:0:0:0/96 64:ff9b:1::/48 100::/64 100:0:0:1::/64 2001::/23 2001::/32 2001:1::1/128 2001:1::2/128 2001:1::3/128
2001:2::/48 2001:3::/32 2001:4:112::/48 2001:10::/28 2001:20::/28 2001:30::/28 2001:db8::/32 2002::/16 2620:4f:8000::/48 3fff::/20 5f00::/16
fc00::/7 fe80::/10 fec0::/10 ff00::/8 ::/8 100::/8 200::/7 400::/6 800::/5 1000::/4 4000::/3 6000::/3 8000::/3 a000::/3 c000::/3 e000::/4
f000::/5 f800::/6 fe00::/9 ::ffff:10.0.0.0/104 ::ffff:127.0.0.0/104 ::ffff:192.0.0.0/120 ::ffff:169.254.0.0/112 64:ff9b::10.0.0.0/104
64:ff9b::127.0.0.0/104 64:ff9b::192.168.0.0/112 64:ff9b::192.0.0.0/120 64:ff9b::100.64.0.0/106
""".split()  # noqa: SIM905 - one a line would be eighty lines
REACHED_INSIDE = ("::ffff:0:0/96", "64:ff9b::/96")
"""Ranges within ::/8 that are judged by the embedded IPv4 address."""

PUBLIC = """
1.0.0.0 1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.0 169.253.255.255 172.15.255.255
172.32.0.0 191.255.255.255 192.0.1.0 192.0.3.0 192.88.98.255 192.88.100.0 192.167.255.255 192.169.0.0 198.17.255.255 198.20.0.0
223.255.255.255 2000:: 2001:200:: 2001:4860:4860::8888 2003:: 2606:4700::1111 2620:4f:7fff:ffff:: 3ffe:: 3fff:1000:: ::ffff:8.8.8.8
64:ff9b::8.8.8.8
""".split()  # noqa: SIM905 - as above

NETWORKS = [ipaddress.ip_network(text) for text in REFUSED]


def is_listed(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """True if the registries list the address; tries every network."""
    if any(address in ipaddress.ip_network(text) for text in REACHED_INSIDE):
        return is_listed(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return any(address in network for network in NETWORKS)


@pytest.mark.parametrize("network", NETWORKS, ids=REFUSED)
def test_is_public_at_the_edges_of_a_special_range_follows_the_registry(network: ipaddress.IPv4Network | ipaddress.IPv6Network) -> None:
    kind, first, last = type(network.network_address), int(network.network_address), int(network.broadcast_address)
    if not any(network.network_address in ipaddress.ip_network(text) for text in REACHED_INSIDE):
        assert not is_public(network.network_address)
    inside = [first, last, (first + last) // 2]
    edges = [number for number in (first - 1, *inside, last + 1) if 0 <= number < 2**network.max_prefixlen]
    for address in map(kind, edges):
        assert is_public(address) is not is_listed(address), address


@pytest.mark.parametrize("text", PUBLIC)
def test_is_public_for_an_address_beside_every_special_range_is_true(text: str) -> None:
    assert is_public(ipaddress.ip_address(text))
