"""Route of the delivery probe, relative to `/webhooks/`."""

from django.urls import URLPattern, URLResolver, path

from apps.status.webhook_views import ProbeView

urlpatterns: list[URLPattern | URLResolver] = [path("probe/", ProbeView.as_view())]
