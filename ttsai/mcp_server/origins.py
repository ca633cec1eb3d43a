"""Origins whose pages may use /mcp: a page that rebinds its name to this server's address is refused."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from apps.core.cross_origin import is_listed_origin
from ttsai.api_client.addresses import is_loopback


def is_trusted_origin(meta: Mapping[str, Any]) -> bool:
    """True for a request of no page, of a listed origin, of the server's public address, or between loopback addresses.

    The Host header alone proves nothing: after DNS rebinding it names the attacker's page, as Origin does.
    """
    origin = str(meta.get("HTTP_ORIGIN", ""))
    if not origin or is_listed_origin(origin):
        return True
    public = urlsplit(settings.TTSAI_PUBLIC_URL)
    if public.netloc and origin.lower() == f"{public.scheme}://{public.netloc}".lower():
        return True
    return is_loopback(origin) and is_loopback(f"//{meta.get('HTTP_HOST', '')}")
