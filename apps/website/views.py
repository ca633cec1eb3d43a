"""Files at the root of the site, which browsers ask for by name."""

from pathlib import Path
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from workers.contract.time_units import DAY_SECONDS

ICON: Final = Path(__file__).parent / "static" / "website" / "favicon.ico"


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - the signature of views
    """GET /favicon.ico: the icon for programs that do not read the page's link to its SVG."""
    return HttpResponse(ICON.read_bytes(), content_type="image/x-icon", headers={"Cache-Control": f"public, max-age={DAY_SECONDS}"})
