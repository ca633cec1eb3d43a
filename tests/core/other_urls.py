"""The platform's routes and, beside them, those of the tests' own dialect."""

from tests.core.other_api import DIALECT
from ttsai.urls import handler400, handler403, handler404, handler500, routes_of
from ttsai.urls import urlpatterns as platform_routes

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

urlpatterns = [*platform_routes, *routes_of(DIALECT)]
