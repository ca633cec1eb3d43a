"""The reference: one page for each tag of the schema, rendered once per process; the schema itself; the Postman collection."""

import json
from functools import cache

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from apps.core.links import public_base
from apps.core.schema import schema_yaml
from apps.core.views import schema_json
from apps.documentation.contents import sections
from apps.documentation.markdown import highlighted
from apps.documentation.reference.operations import REFERENCE, Operation, find_tag, tags
from apps.documentation.reference.postman import collection
from apps.documentation.reference.samples import BASE, Sample

FRESH = {"Cache-Control": "public, max-age=300"}


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """GET /docs/reference/: all operations by page."""
    shown = {"tags": tags(), "path": REFERENCE, "sections": sections()}
    return render(request, "documentation/reference_index.html", shown)


@require_safe
def tag_page(request: HttpRequest, slug: str) -> HttpResponse:
    """GET /docs/reference/<tag>/: the operations of a tag."""
    found = find_tag(slug)
    if found is None:
        raise Http404
    shown = {
        "tag": found,
        "tags": tags(),
        "html": _operations_html(found.slug).replace(BASE, public_base(request)),
        "path": found.path,
        "sections": sections(),
    }
    return render(request, "documentation/reference.html", shown)


@require_safe
@gzip_page
def openapi_json(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - the signature of views
    """GET /docs/openapi.json: the schema, as /v1/schema/."""
    return HttpResponse(schema_json(), content_type="application/json", headers=FRESH)


@require_safe
@gzip_page
def openapi_yaml(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - the signature of views
    """GET /docs/openapi.yaml: the schema as YAML."""
    return HttpResponse(_yaml(), content_type="application/yaml", headers=FRESH)


@require_safe
@gzip_page
def postman(request: HttpRequest) -> HttpResponse:
    """GET /docs/postman.json: a collection for Postman and the programs that read its files."""
    body = json.dumps(collection(base=public_base(request)), ensure_ascii=False)
    return HttpResponse(
        body, content_type="application/json", headers={**FRESH, "Content-Disposition": 'attachment; filename="postman.json"'}
    )


@cache
def _yaml() -> bytes:
    return schema_yaml()


@cache
def _operations_html(slug: str) -> str:
    tag = find_tag(slug)
    return "" if tag is None else "".join(_operation_html(operation) for operation in tag.operations)


def _operation_html(operation: Operation) -> str:
    sample = Sample(operation)
    codes = (("curl", "sh", sample.curl), ("Python", "python", sample.python), ("JavaScript", "js", sample.javascript))
    blocks = [
        {"label": label, "language": language, "html": highlighted(code, language), "id": f"{operation.id}-{language}"}
        for label, language, code in codes
    ]
    places = [
        (title, [one for one in operation.parameters if one.place == place])
        for title, place in (("Path", "path"), ("Query", "query"), ("Headers", "header"))
    ]
    shown = {"operation": operation, "sample": sample, "blocks": blocks, "parameters": [(title, found) for title, found in places if found]}
    return render_to_string("documentation/operation.html", shown)
