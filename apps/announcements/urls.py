"""URLs of announcements."""

from django.urls import path

from apps.announcements import views

urlpatterns = [path("announcements/<int:announcement_id>/dismiss/", views.dismiss_announcement, name="dismiss-announcement")]
