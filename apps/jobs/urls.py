"""The app's routes, relative to `/v1/` and `/api/v1/`."""

from django.urls import URLPattern, URLResolver, path

from apps.jobs.views import HealthView, JobCancelView, JobEventsView, JobListView, JobView, PreviewView, UsageView

urlpatterns: list[URLPattern | URLResolver] = [
    path("jobs/", JobListView.as_view()),
    path("jobs/<str:uuid>/", JobView.as_view()),
    path("jobs/<str:uuid>/cancel/", JobCancelView.as_view()),
    path("jobs/<str:uuid>/events/", JobEventsView.as_view()),
    path("usage/", UsageView.as_view()),
    path("health/", HealthView.as_view()),
    path("voices/<str:model_id>/<str:voice_id>/preview/", PreviewView.as_view()),
]
