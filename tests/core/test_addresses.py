"""Client addresses: X-Forwarded-For is trusted only as far as trusted proxies wrote it."""

import pytest
from django.test import RequestFactory
from pytest_django import Settings

from apps.core.addresses import address_block, client_address


def address(peer: str, forwarded: str | None = None) -> str:
    headers = {} if forwarded is None else {"HTTP_X_FORWARDED_FOR": forwarded}
    return client_address(RequestFactory().get("/", REMOTE_ADDR=peer, **headers))


def test_forwarded_header_without_trusted_proxies_is_ignored() -> None:
    assert address("203.0.113.7", "198.51.100.1") == "203.0.113.7"


def test_forwarded_address_of_an_untrusted_peer_is_ignored(settings: Settings) -> None:
    settings.TTSAI_TRUSTED_PROXIES = ["10.0.0.0/8"]
    assert address("203.0.113.7", "198.51.100.1") == "203.0.113.7"


@pytest.mark.parametrize(
    ("forwarded", "expected"),
    [
        ("198.51.100.1", "198.51.100.1"),
        ("1.1.1.1, 198.51.100.1", "198.51.100.1"),  # the client invented 1.1.1.1
        ("198.51.100.1, 10.0.0.2", "198.51.100.1"),  # two proxies of ours
        ("1.1.1.1, 10.9.9.9, 198.51.100.1, 10.0.0.2", "198.51.100.1"),
        ("198.51.100.1:51234", "198.51.100.1"),
        ("[2001:db8::1]:443", "2001:db8::1"),
        ('"[2001:db8::1]"', "2001:db8::1"),
        ("::ffff:198.51.100.1", "198.51.100.1"),
        ("", "10.0.0.1"),
        ("unknown", "10.0.0.1"),
        ("198.51.100.1, nonsense, 10.0.0.2", "10.0.0.2"),  # nobody vouches for what stands left of nonsense
        ("10.0.0.3, 10.0.0.2", "10.0.0.3"),
    ],
)
def test_behind_a_trusted_proxy_the_last_address_that_is_not_ours_counts(settings: Settings, forwarded: str, expected: str) -> None:
    settings.TTSAI_TRUSTED_PROXIES = ["10.0.0.0/8"]
    assert address("10.0.0.1", forwarded) == expected


def test_a_trusted_proxy_may_be_named_by_one_address_of_either_family(settings: Settings) -> None:
    settings.TTSAI_TRUSTED_PROXIES = ["127.0.0.1", "::1"]
    assert address("::1", "2001:db8::5") == "2001:db8::5"
    assert address("127.0.0.1", "192.0.2.9") == "192.0.2.9"
    assert address("127.0.0.2", "192.0.2.9") == "127.0.0.2"


def test_address_block_is_the_ipv4_address_or_the_ipv6_64_network() -> None:
    assert address_block("203.0.113.7") == "203.0.113.7"
    assert address_block("2001:db8:1:2:3:4:5:6") == "2001:db8:1:2::/64"
    assert address_block("2001:db8:1:2:ffff::1") == "2001:db8:1:2::/64"
    assert address_block("2001:db8:1:3::1") == "2001:db8:1:3::/64"
