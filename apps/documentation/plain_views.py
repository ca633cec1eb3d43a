"""llms.txt, robots.txt and sitemap.xml: what crawlers and assistants read."""

from typing import Final
from xml.sax.saxutils import escape

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from apps.core.links import public_base
from apps.documentation.contents import pages, sections
from apps.documentation.reference.operations import REFERENCE, tags
from apps.documentation.views import markdown_of

TEXT: Final = "text/plain; charset=utf-8"
FRESH: Final = {"Cache-Control": "public, max-age=300"}
PUBLIC_PATHS: Final = (
    "/", "/speech-to-text/", "/speech-translation/", "/voice-cloning/", "/voice-changer/", "/voice-chat/", "/stem-splitter/", "/audio-enhancer/",
    "/dereverb/", "/key-bpm-finder/", "/audio-converter/", "/voice-library/", "/pricing/", "/status/",
)  # fmt: skip
PRIVATE_PATHS: Final = (
    "/admin/",
    "/dashboard/",
    "/account/",
    "/invitations/",
    "/share/",
    "/static/downloads/",
    "/v1/",
    "/api/",
    "/web/",
    "/docs/search/",
)


@require_safe
@gzip_page
def llms(request: HttpRequest) -> HttpResponse:
    """GET /llms.txt: the documentation's pages for assistants, each as Markdown."""
    base = public_base(request)
    lines = [
        f"# {settings.TTSAI_PRODUCT_NAME}",
        "",
        (
            f"> Text to speech, speech to text, voice cloning, translation and audio tools by one REST API, with open models on the operator's own machines. "
            f"The API's base is {base}/v1/; keys are sent as `Authorization: Bearer sk-tts-…`. OpenAI's, ElevenLabs' and Deepgram's packages work with this base too."
        ),
        "",
        f"All pages in one file: {base}/llms-full.txt. The schema: {base}/docs/openapi.json.",
    ]
    for section in sections():
        lines += ["", f"## {section.title}", ""]
        lines += [f"- [{page.title}]({base}{page.markdown_path}): {page.description}" for page in section.pages]
    lines += ["", "## API reference", ""]
    lines += [f"- [{tag.title}]({base}{tag.path}): {tag.description}" for tag in tags()]
    return HttpResponse("\n".join(lines) + "\n", content_type=TEXT, headers=FRESH)


@require_safe
@gzip_page
def llms_full(request: HttpRequest) -> HttpResponse:
    """GET /llms-full.txt: all pages as one text, and a line for every operation."""
    base = public_base(request)
    parts = [markdown_of(page, base=base).strip() for page in pages() if page.slug not in {"changelog", "figures"}]
    operations = [
        f"- `{one.method} {one.path}`: {one.summary}. {' '.join(one.description.split())}" for tag in tags() for one in tag.operations
    ]
    parts.append("\n".join(["# Operations of the API", "", *operations]))
    return HttpResponse("\n\n---\n\n".join(parts) + "\n", content_type=TEXT, headers=FRESH)


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """GET /robots.txt: accounts, results and the API are not for crawlers."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in PRIVATE_PATHS), "", f"Sitemap: {public_base(request)}/sitemap.xml"]
    return HttpResponse("\n".join(lines) + "\n", content_type=TEXT, headers=FRESH)


@require_safe
@gzip_page
def sitemap(request: HttpRequest) -> HttpResponse:
    """GET /sitemap.xml: the public pages of this installation."""
    paths = [*filter(_exists, PUBLIC_PATHS), *(page.path for page in pages()), REFERENCE, *(tag.path for tag in tags())]
    entries = "".join(f"<url><loc>{escape(public_base(request) + path)}</loc></url>" for path in paths)
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</urlset>\n'
    return HttpResponse(body, content_type="application/xml", headers=FRESH)


def _exists(path: str) -> bool:
    try:
        resolve(path)
    except Resolver404:
        return False
    return True
