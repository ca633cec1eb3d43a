"""The app's pages, relative to `/`."""

from django.urls import URLPattern, URLResolver, path

from apps.payments import views

app_name = "payments"
urlpatterns: list[URLPattern | URLResolver] = [
    path("pricing/", views.prices, name="pricing"),
    path("dashboard/billing/", views.billing, name="billing"),
    path("dashboard/billing/invoices/", views.invoices, name="invoices"),
    path("dashboard/billing/checkout/<str:session_id>/", views.confirmation, name="confirmation"),
    path("dashboard/billing/packs/", views.buy_pack, name="buy_pack"),
    path("dashboard/billing/subscribe/", views.subscribe, name="subscribe"),
    path("dashboard/billing/change/", views.change_plan, name="change_plan"),
    path("dashboard/billing/cancel/", views.cancel, name="cancel"),
    path("dashboard/billing/resume/", views.resume, name="resume"),
    path("dashboard/billing/portal/", views.portal, name="portal"),
    path("dashboard/billing/card/", views.add_card, name="add_card"),
    path("dashboard/billing/top-up/", views.top_up, name="top_up"),
]
