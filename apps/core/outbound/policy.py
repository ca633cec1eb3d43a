"""Policy of outbound addresses: public ones, and those that the operator lists in TTSAI_OUTBOUND_ALLOW."""

import ipaddress
import socket
from urllib.parse import SplitResult, quote, urlsplit, urlunsplit

from django.conf import settings

from apps.core.outbound.special_ranges import is_public

DEFAULT_PORTS = {"http": 80, "https": 443}
MAXIMUM_URL_CHARACTERS = 2048
KEPT = "%/:?@!$&'()*+,;=~-._"
"""Characters that stay unescaped in a URL, beside letters and digits (RFC 3986)."""
INSIDE = "the URL leads to a host that may not be reached from here"


class AddressRefusedError(Exception):
    """The address may not be reached; the message is for the client and reveals nothing that was resolved."""


def check_url(url: str) -> SplitResult:
    """Validate the form of a URL and split it, without resolving. Raises AddressRefusedError."""
    if len(url) > MAXIMUM_URL_CHARACTERS:
        raise AddressRefusedError(f"the URL is longer than {MAXIMUM_URL_CHARACTERS} characters")
    if any(ord(character) <= 32 or ord(character) == 127 for character in url) or "\\" in url:
        raise AddressRefusedError("the URL contains spaces, control characters or backslashes")
    try:
        parts = urlsplit(url)
        port = parts.port
        if not (parts.hostname or "").isascii():
            str(parts.hostname).encode("idna")
    except ValueError:  # UnicodeError among them
        raise AddressRefusedError("the URL is malformed") from None
    if parts.scheme not in DEFAULT_PORTS:
        raise AddressRefusedError("the URL must begin with http:// or https://")
    if not parts.hostname:
        raise AddressRefusedError("the URL has no host")
    if parts.username is not None or parts.password is not None:
        raise AddressRefusedError("the URL must not contain a user name or a password")
    if port == 0:
        raise AddressRefusedError("the URL has no valid port")
    return parts


def ascii_form(url: str) -> str:
    """URL as it is sent: an international host name by IDNA, other characters percent-encoded. Raises AddressRefusedError."""
    parts = check_url(url)
    if url.isascii():
        return url
    host = str(parts.hostname).encode("idna").decode() if not str(parts.hostname).isascii() else str(parts.hostname)
    host = f"[{host}]" if ":" in host else host
    place = host if parts.port is None else f"{host}:{parts.port}"
    return urlunsplit((parts.scheme, place, quote(parts.path, safe=KEPT), quote(parts.query, safe=KEPT), ""))


def parse_ip_notations(host: str, *, port: int) -> list[str]:
    """Addresses that the host is written as, in any notation that a resolver accepts (127.1, 0x7f000001); empty for a name.

    Sends no DNS query and does not block.
    """
    try:
        return _numbers(host, port=port, flags=socket.AI_NUMERICHOST)
    except (OSError, UnicodeError):
        return []


def resolve_host(host: str, *, port: int) -> list[str]:
    """Addresses of a host, unchecked. Blocks while DNS servers do not answer. Raises OSError (no such name)."""
    return _numbers(host, port=port, flags=0)


def check_addresses(numbers: list[str], *, host: str, port: int) -> None:
    """Raise AddressRefusedError unless every address is public, or the operator lists the host and port."""
    if is_allowed(host, port=port):
        return
    if not all(is_public(ipaddress.ip_address(number)) for number in numbers):
        raise AddressRefusedError(INSIDE)


def _numbers(host: str, *, port: int, flags: int) -> list[str]:
    found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM, flags=flags)
    return list(dict.fromkeys(str(entry[4][0]).partition("%")[0] for entry in found))


def is_allowed(host: str, *, port: int) -> bool:
    return f"{host.lower().strip('[]')}:{port}" in {entry.strip().lower() for entry in settings.TTSAI_OUTBOUND_ALLOW}
