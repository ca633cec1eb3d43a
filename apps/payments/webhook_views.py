"""POST /webhooks/stripe/: receives Stripe's events, without sessions and CSRF, since the signature authenticates them."""

from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.utils.decorators import method_decorator
from django.views import View

from apps.core.exception_handler import with_json_errors
from apps.payments.services.events import receive_event


@method_decorator(with_json_errors, name="post")
class StripeEventView(View):
    """Stores the event and answers at once; 400 without a valid signature of these bytes."""

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Receive an event."""
        is_new = receive_event(request.body, signature=request.headers.get("Stripe-Signature", ""))
        return JsonResponse({"received": True, "is_new": is_new})
