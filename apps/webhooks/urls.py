"""The app's routes, relative to `/v1/` and `/api/v1/`."""

from django.urls import URLPattern, URLResolver, path

from apps.webhooks import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("webhooks/", views.EndpointListView.as_view()),
    path("webhooks/events/", views.EventListView.as_view()),
    path("webhooks/secret/", views.SigningSecretView.as_view()),
    path("webhooks/deliveries/", views.DeliveryListView.as_view()),
    path("webhooks/deliveries/<uuid:uuid>/replay/", views.DeliveryReplayView.as_view()),
    path("webhooks/<uuid:uuid>/", views.EndpointView.as_view()),
    path("webhooks/<uuid:uuid>/rotate/", views.EndpointRotationView.as_view()),
    path("webhooks/<uuid:uuid>/test/", views.EndpointTestView.as_view()),
]
