"""The app's routes, relative to `/v1/` and `/api/v1/`."""

from django.urls import URLPattern, URLResolver, path

from apps.accounts.views import KeyListView, KeyRotationView, KeyView, TicketView

urlpatterns: list[URLPattern | URLResolver] = [
    path("keys/", KeyListView.as_view()),
    path("keys/<int:key_id>/", KeyView.as_view()),
    path("keys/<int:key_id>/rotate/", KeyRotationView.as_view()),
    path("ws-tickets/", TicketView.as_view()),
]
