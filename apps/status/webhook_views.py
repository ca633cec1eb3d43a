"""POST /webhooks/probe/: receives the status page's own deliveries; the signature authenticates them."""

from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.views import View

from apps.core.errors import ApplicationError
from apps.core.exception_handler import error_response
from apps.status.services.webhook_probe import receive_probe


class ProbeView(View):
    """Answers a signed probe with a receipt; 400 without a valid signature of these bytes. Nothing is stored."""

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Receive a probe."""
        try:
            receipt = receive_probe(request.body, headers=request.headers)
        except ApplicationError as error:
            return error_response(error, request_id=getattr(request, "request_id", ""), path=request.path)
        return JsonResponse({"receipt": receipt})
