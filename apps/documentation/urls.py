"""Routes of the documentation, relative to `/`."""

from django.urls import URLPattern, URLResolver, path

from apps.documentation.reference import views as reference
from apps.documentation.views import find, page

urlpatterns: list[URLPattern | URLResolver] = [
    path("docs/", page, name="docs"),
    path("docs/search/", find, name="docs-search"),
    path("docs/reference/", reference.index, name="reference"),
    path("docs/reference/<slug:slug>/", reference.tag_page, name="reference-tag"),
    path("docs/openapi.json/", reference.openapi_json),
    path("docs/openapi.yaml/", reference.openapi_yaml),
    path("docs/postman.json/", reference.postman),
    path("docs/<path:slug>/", page, name="docs-page"),
]
