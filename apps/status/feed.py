"""Atom feed of incidents: one entry for each, changed with each of its updates."""

from collections.abc import Iterable
from typing import Any, Final
from xml.etree.ElementTree import Element, SubElement, tostring

from django.conf import settings

ATOM: Final = "http://www.w3.org/2005/Atom"
LONG_AGO: Final = "1970-01-01T00:00:00+00:00"


def atom_feed(shown: dict[str, Any], *, address: str) -> bytes:
    """The feed. address: of the status page."""
    entries = [*shown["scheduled_maintenance"], *shown["incidents"], *shown["past_incidents"]]
    feed = Element("feed", xmlns=ATOM)
    _texts(feed, {"title": f"Status of {settings.TTSAI_PRODUCT_NAME}", "id": address, "updated": max([*map(_changed, entries), LONG_AGO])})
    SubElement(feed, "link", href=address)
    SubElement(feed, "link", rel="self", href=f"{address}feed/")
    SubElement(SubElement(feed, "author"), "name").text = settings.TTSAI_PRODUCT_NAME
    for incident in entries:
        _add_entry(feed, incident, address=address)
    written: bytes = tostring(feed, encoding="utf-8")
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + written


def _add_entry(feed: Element, incident: dict[str, Any], *, address: str) -> None:
    entry = SubElement(feed, "entry")
    place = f"{address}#{incident['id']}"
    _texts(entry, {"title": incident["title"], "id": place, "updated": _changed(incident), "published": incident["starts_at"]})
    SubElement(entry, "link", href=place)
    lines: Iterable[str] = (f"{update['at'][:16]} UTC, {update['phase']}: {update['text']}" for update in incident["updates"])
    SubElement(entry, "content", type="text").text = "\n".join(lines) or incident["title"]


def _changed(incident: dict[str, Any]) -> str:
    return max([str(incident["starts_at"]), *(str(update["at"]) for update in incident["updates"])])


def _texts(parent: Element, texts: dict[str, str]) -> None:
    for name, text in texts.items():
        SubElement(parent, name).text = text
