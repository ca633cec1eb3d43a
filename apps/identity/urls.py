"""The app's pages, relative to `/`: ours, then django-allauth's."""

from allauth import urls as allauth_urls
from django.urls import URLPattern, URLResolver, include, path

from apps.identity import account_views, views

LEFT_OUT = ("social/", "google/login/token/")
"""Old addresses of the pages below 3rdparty/, to which they would only redirect, and Google's One Tap, which no page of ours shows."""
ALLAUTH = [found for found in allauth_urls.urlpatterns if not str(found.pattern).startswith(LEFT_OUT)]

urlpatterns: list[URLPattern | URLResolver] = [
    path("account/", views.show_security, name="identity_security"),
    path("account/mail-state/", views.show_mail_state, name="identity_mail_state"),
    path("account/sessions/<int:session_id>/end/", views.end_one_session, name="identity_end_session"),
    path("account/sessions/", views.list_sessions, name="usersessions_list"),
    path("dashboard/accounts/new/", account_views.new_account, name="identity_new_account"),
    path("account/oidc/<str:provider_id>/login/", views.start_oidc_login, name="openid_connect_login"),
    path("account/oidc/<str:provider_id>/login/callback/", views.finish_oidc_login, name="openid_connect_callback"),
    path("account/", include(ALLAUTH)),
]
