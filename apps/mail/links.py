"""Links in mails. A mail must not lead where the sender of a forged Host header wants it to."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest
from django.http.request import split_domain_port


def link_base(request: HttpRequest) -> str:
    """Base URL of links in mails: TTSAI_PUBLIC_URL, or the request's host if TTSAI_ALLOWED_HOSTS lists it or it is an address within a
    private network, or this machine's address.
    """
    if settings.TTSAI_PUBLIC_URL:
        return str(settings.TTSAI_PUBLIC_URL).rstrip("/")
    try:
        host = request.get_host()
    except DisallowedHost:
        return str(settings.TTSAI_LOCAL_URL).rstrip("/")
    if "*" in settings.ALLOWED_HOSTS and not _is_private(split_domain_port(host)[0]):
        return str(settings.TTSAI_LOCAL_URL).rstrip("/")
    return f"{request.scheme}://{host}"


def at_link_base(request: HttpRequest, url: str) -> str:
    """The same path and query, below the base of links in mails."""
    parts = urlsplit(url)
    return link_base(request) + parts._replace(scheme="", netloc="").geturl()


def _is_private(domain: str) -> bool:
    if domain == "localhost":
        return True
    try:
        return ip_address(domain.strip("[]")).is_private
    except ValueError:
        return False
