"""POST /webhooks/stripe/: receives Stripe's events, without sessions and CSRF, since the signature authenticates them."""

from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.views import View

from apps.core.errors import ApplicationError
from apps.core.exception_handler import error_response
from apps.payments.services.events import receive_event


class StripeEventView(View):
    """Stores the event and answers at once; 400 without a valid signature of these bytes."""

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Receive an event."""
        try:
            is_new = receive_event(request.body, signature=request.headers.get("Stripe-Signature", ""))
        except ApplicationError as error:
            return error_response(error, request_id=getattr(request, "request_id", ""), path=request.path)
        return JsonResponse({"received": True, "is_new": is_new})
