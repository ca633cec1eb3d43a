"""The app's routes, relative to `/v1/` and `/api/v1/`."""

from django.urls import URLPattern, URLResolver, path

from apps.uploads import resumable_views, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("uploads/", views.UploadListView.as_view()),
    path("uploads/resumable/", resumable_views.ResumableListView.as_view()),
    path("uploads/resumable/<str:upload_id>/", resumable_views.OneResumableView.as_view()),
    path("uploads/<str:upload_id>/", views.OneUploadView.as_view()),
    path("uploads/<str:upload_id>/content/", views.UploadContentView.as_view()),
]
