"""URLs of receivers as they are shown to people who are not their owners: a query and a user name may be secrets of the receiver."""

from urllib.parse import urlsplit, urlunsplit


def without_secrets(url: str) -> str:
    """Scheme, host and path. An ellipsis stands for a user name with a password, and for the query."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "…"
    _, marker, place = parts.netloc.rpartition("@")
    shown = urlunsplit((parts.scheme, f"…@{place}" if marker else place, parts.path, "", ""))
    return f"{shown}?…" if parts.query or parts.fragment else shown
