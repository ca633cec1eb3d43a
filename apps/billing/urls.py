"""The app's routes, relative to `/v1/` and `/api/v1/`."""

from django.urls import URLPattern, URLResolver, path

from apps.billing.views import AccountView

urlpatterns: list[URLPattern | URLResolver] = [path("account/", AccountView.as_view())]
