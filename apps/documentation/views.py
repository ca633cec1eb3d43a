"""Pages of the documentation, their Markdown, and the search."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.core.links import public_base
from apps.documentation.contents import ROOT_PATH, Page, find_page, neighbours, sections
from apps.documentation.live import fill_html, fill_markdown
from apps.documentation.search import LONGEST_QUERY, search

EXAMPLE_BASE = "https://speech.example.com"
"""Address in the documents, in whose place the site shows its own."""


@require_safe
def page(request: HttpRequest, slug: str = "") -> HttpResponse:
    """GET /docs/…/: one document; GET /docs/….md: the same as Markdown."""
    if slug.endswith(".md"):
        return markdown(request, slug.removesuffix(".md").removesuffix("index"))
    found = _find(slug)
    before, after = neighbours(found)
    base = public_base(request)
    shown = {
        "page": found,
        "document": found.rendered,
        "html": fill_html(found.rendered.html).replace(EXAMPLE_BASE, base).replace(f"ws{EXAMPLE_BASE[4:]}", f"ws{base[4:]}"),
        "toc": [heading for heading in found.rendered.headings if heading.level in (2, 3)],
        "previous": before,
        "next": after,
        "path": found.path,
        "sections": sections(),
    }
    return render(request, "documentation/document.html", shown)


def markdown(request: HttpRequest, slug: str) -> HttpResponse:
    """The document as Markdown, for programs and assistants."""
    return HttpResponse(markdown_of(_find(slug.rstrip("/")), base=public_base(request)), content_type="text/markdown; charset=utf-8")


def markdown_of(shown: Page, *, base: str) -> str:
    """Text of a page with this server's address and its live tables."""
    return fill_markdown(shown.text).replace(EXAMPLE_BASE, base)


@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """GET /docs/search/?q=…: the best sections, as a page or, for htmx, as a fragment."""
    query = request.GET.get("q", "").strip()[:LONGEST_QUERY]
    is_fragment = bool(request.headers.get("HX-Request"))
    shown = {"query": query, "results": search(query), "path": f"{ROOT_PATH}search/", "sections": sections()}
    return render(request, "documentation/results.html" if is_fragment else "documentation/search.html", shown)


def _find(slug: str) -> Page:
    found = find_page(slug)
    if found is None:
        raise Http404
    return found
