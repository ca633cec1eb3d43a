"""Routes of Stripe's events, relative to `/webhooks/`."""

from django.urls import URLPattern, URLResolver, path

from apps.payments.webhook_views import StripeEventView

urlpatterns: list[URLPattern | URLResolver] = [path("stripe/", StripeEventView.as_view())]
