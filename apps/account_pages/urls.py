"""The app's pages, relative to `/`."""

from django.urls import URLPattern, URLResolver, include, path

from apps.account_pages.views import keys, settings, webhooks

KEYS = [
    path("", keys.key_list, name="keys"),
    path("new/", keys.new_key, name="key_new"),
    path("<int:key_id>/", keys.one_key, name="key"),
    path("<int:key_id>/access/", keys.access, name="key_access"),
    path("<int:key_id>/rotate/", keys.rotate, name="key_rotate"),
    path("<int:key_id>/revoke/", keys.revoke, name="key_revoke"),
]
WEBHOOKS = [
    path("", webhooks.endpoint_list, name="webhooks"),
    path("new/", webhooks.new_endpoint, name="webhook_new"),
    path("secret/", webhooks.default_secret, name="webhook_default_secret"),
    path("deliveries/<uuid:uuid>/", webhooks.delivery, name="delivery"),
    path("deliveries/<uuid:uuid>/state/", webhooks.delivery_state, name="delivery_state"),
    path("deliveries/<uuid:uuid>/replay/", webhooks.replay, name="delivery_replay"),
    path("<uuid:uuid>/", webhooks.one_endpoint, name="webhook"),
    path("<uuid:uuid>/switch/", webhooks.switch, name="webhook_switch"),
    path("<uuid:uuid>/test/", webhooks.test, name="webhook_test"),
    path("<uuid:uuid>/rotate/", webhooks.rotate, name="webhook_rotate"),
    path("<uuid:uuid>/delete/", webhooks.delete, name="webhook_delete"),
]
SETTINGS = [
    path("", settings.account_settings, name="settings"),
    path("export/", settings.export_page, name="export_request"),
    path("export/state/", settings.export_state, name="export_state"),
    path("export/<uuid:uuid>/", settings.download_export, name="export"),
    path("delete/", settings.delete_account, name="account_delete"),
]
app_name = "account_pages"
urlpatterns: list[URLPattern | URLResolver] = [
    path("dashboard/keys/", include(KEYS)),
    path("dashboard/webhooks/", include(WEBHOOKS)),
    path("dashboard/settings/", include(SETTINGS)),
]
