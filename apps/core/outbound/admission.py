"""Syntactic check of a URL that a client gives for later."""

import ipaddress
import socket

from apps.core.outbound.policy import DEFAULT_PORTS, AddressRefusedError, ascii_form, check_url, is_allowed
from apps.core.outbound.special_ranges import is_public

INSIDE = "the address leads to a host that may not be reached from here"


def check_given_url(url: str) -> None:
    """Raise AddressRefusedError if the URL is malformed, or its host is written as a non-public number or as this machine's name.

    Sends no DNS query, since a request must not wait for one; the host is resolved and checked at each call.
    """
    parts = check_url(ascii_form(url))
    host, port = (parts.hostname or "").rstrip("."), parts.port or DEFAULT_PORTS[parts.scheme]
    if is_allowed(host, port=port):
        return
    if host == "localhost" or host.endswith(".localhost"):
        raise AddressRefusedError(INSIDE)
    number = _written_number(host, port=port)
    if number is not None and not is_public(number):
        raise AddressRefusedError(INSIDE)


def _written_number(host: str, *, port: int) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """Address that the host is written as, in any notation that a resolver accepts (127.1, 0x7f000001, ::ffff:10.0.0.1)."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    except (OSError, UnicodeError):
        return None
    return ipaddress.ip_address(str(found[0][4][0]).partition("%")[0])
