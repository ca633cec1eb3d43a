"""Base of tables that the catalogue is read from: a change of a row counts from the next request on."""

from typing import Any

from django.db.models import Model, QuerySet
from django.http import HttpRequest

from apps.catalog.selectors import clear_catalogue_cache
from apps.operator.admin.pages import ConfirmationAdmin


class CatalogueAdmin(ConfirmationAdmin):
    def save_model(self, request: HttpRequest, obj: Model, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's signature
        super().save_model(request, obj, form, change)
        clear_catalogue_cache()

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        super().delete_model(request, obj)
        clear_catalogue_cache()

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        super().delete_queryset(request, queryset)
        clear_catalogue_cache()
