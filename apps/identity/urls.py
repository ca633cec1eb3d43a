"""The app's pages, relative to `/`: ours, then django-allauth's."""

from django.urls import URLPattern, URLResolver, include, path

from apps.identity import account_views, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("account/", views.show_security, name="identity_security"),
    path("account/mail-state/", views.show_mail_state, name="identity_mail_state"),
    path("account/sessions/<int:session_id>/end/", views.end_one_session, name="identity_end_session"),
    path("dashboard/accounts/new/", account_views.new_account, name="identity_new_account"),
    path("account/", include("allauth.urls")),
]
