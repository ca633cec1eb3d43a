"""The app's routes, relative to `/v1/` and `/api/v1/`."""

from django.urls import URLPattern, URLResolver, path

from apps.batches.views import BatchCancelView, BatchResultView, BatchView

urlpatterns: list[URLPattern | URLResolver] = [
    path("tts/batch/", BatchView.as_view()),
    path("tts/batch/result/", BatchResultView.as_view()),
    path("tts/batch/<str:batch_id>/cancel/", BatchCancelView.as_view()),
]
