"""EPUB books for tests."""

import zipfile
from collections.abc import Mapping
from io import BytesIO

CONTAINER = '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles><rootfile full-path="OPS/book.opf"/></rootfiles></container>'
PAGE = (
    '<?xml version="1.0"?><!DOCTYPE html><html xmlns="http://www.w3.org/1999/xhtml"><head><title>x</title></head><body>{body}</body></html>'
)
NAV = '<html xmlns="http://www.w3.org/1999/xhtml"><body><nav><ol><li><a href="text/two.xhtml#top">Named in the contents</a></li></ol></nav></body></html>'


def page(body: str) -> str:
    return PAGE.format(body=body)


def make_epub(
    pages: Mapping[str, str | bytes], *, title: str = "A Book", extra: Mapping[str, bytes] | None = None, spine: str = ""
) -> bytes:
    """A book of these pages, by name, in the order of reading, with a table of contents that names text/two.xhtml."""
    items = "".join(f'<item id="p{number}" href="{name}" media-type="application/xhtml+xml"/>' for number, name in enumerate(pages))
    order = spine or "".join(f'<itemref idref="p{number}"/>' for number in range(len(pages)))
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<metadata><dc:title>{title}</dc:title></metadata>"
        f'<manifest><item id="nav" href="nav.xhtml" properties="nav" media-type="application/xhtml+xml"/>{items}</manifest>'
        f'<spine><itemref idref="nav"/>{order}</spine></package>'
    )
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/epub+zip", zipfile.ZIP_STORED)
        archive.writestr("META-INF/container.xml", CONTAINER)
        archive.writestr("OPS/book.opf", package)
        archive.writestr("OPS/nav.xhtml", NAV)
        for name, content in pages.items():
            archive.writestr(f"OPS/{name}", content)
        for name, data in (extra or {}).items():
            archive.writestr(name, data)
    return file.getvalue()
