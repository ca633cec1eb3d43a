"""The app's routes, relative to `/v1/` and `/api/v1/`."""

from django.urls import URLPattern, URLResolver, path

from apps.catalog.views import ModelListView, ModelView

urlpatterns: list[URLPattern | URLResolver] = [
    path("models/", ModelListView.as_view()),
    path("models/<str:model_id>/", ModelView.as_view()),
]
