"""The page of a link to a result."""

from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.core.links import public_base
from apps.playground.sharing import SharedState, find_shared_result


@require_safe
def share(request: HttpRequest, uuid: str) -> HttpResponse:
    """GET /share/<uuid>/: player, waveform and words for everybody with the link; 410 once the result was deleted."""
    base = public_base(request)
    result = find_shared_result(uuid, base=base)
    if result is None:
        raise Http404
    context = {"result": result, "page_url": f"{base}/share/{result.uuid}/"}
    status = HTTPStatus.GONE if result.state == SharedState.EXPIRED else HTTPStatus.OK
    return render(request, f"playground/share_{result.state}.html", context, status=status)
