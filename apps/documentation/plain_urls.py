"""Routes for programs that read the site: crawlers and assistants."""

from django.urls import URLPattern, URLResolver, path

from apps.documentation.plain_views import llms, llms_full, robots, sitemap

urlpatterns: list[URLPattern | URLResolver] = [
    path("llms.txt/", llms),
    path("llms-full.txt/", llms_full),
    path("robots.txt/", robots),
    path("sitemap.xml/", sitemap),
]
