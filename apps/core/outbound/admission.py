"""Syntactic check of a URL that a client gives for later."""

from apps.core.outbound.policy import (
    DEFAULT_PORTS,
    INSIDE,
    AddressRefusedError,
    ascii_form,
    check_addresses,
    check_url,
    is_allowed,
    parse_ip_notations,
)


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
    check_addresses(parse_ip_notations(host, port=port), host=host, port=port)
