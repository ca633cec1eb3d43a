"""POST /webhooks/probe/: receives the status page's own deliveries; the signature authenticates them."""

from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.utils.decorators import method_decorator
from django.views import View

from apps.core.exception_handler import with_json_errors
from apps.status.services.webhook_probe import receive_probe


@method_decorator(with_json_errors, name="post")
class ProbeView(View):
    """Answers a signed probe with a receipt; 400 without a valid signature of these bytes. Nothing is stored."""

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Receive a probe."""
        return JsonResponse({"receipt": receive_probe(request.body, headers=request.headers)})
