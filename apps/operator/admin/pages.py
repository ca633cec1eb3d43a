"""Shared base of the admin's pages: read-only tables, and actions that ask for confirmation."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from unfold.admin import ModelAdmin, TabularInline

from apps.core.errors import ApplicationError


@dataclass(frozen=True, slots=True)
class FormPage:
    """Page with the form of an action. Acting takes a POST with Django's CSRF token, so that no link elsewhere can act."""

    title: str
    description: str
    submit: str
    form_class: type[Form]
    initial: dict[str, Any] = field(default_factory=dict)


class ConfirmationAdmin(ModelAdmin):
    """Table whose actions open a form first."""

    warn_unsaved_form = True

    def ask(
        self, request: HttpRequest, *, page: FormPage, obj: Model | None, perform: Callable[[dict[str, Any]], str | HttpResponse]
    ) -> HttpResponse:
        """Show the form; once it is submitted, perform the action and show its message or page."""
        form = page.form_class(request.POST if request.method == "POST" else None, initial=page.initial)
        if request.method == "POST" and form.is_valid():
            try:
                outcome = perform(form.cleaned_data)
            except ApplicationError as error:
                form.add_error(None, error.message)
            else:
                return outcome if isinstance(outcome, HttpResponse) else self._report_success(request, obj=obj, message=outcome)
        context = self.admin_site.each_context(request) | {
            "page": page,
            "title": page.title,
            "form": form,
            "opts": self.opts,
            "object": obj,
        }
        return render(request, "operator/form_page.html", context | {"back": self._page_of(obj)})

    def get_or_404(self, request: HttpRequest, object_id: str) -> Any:
        """Row for an action that changes it."""
        obj = self.get_object(request, object_id)
        if obj is None:
            raise Http404
        if not self.may_act(request, obj=obj):
            raise PermissionDenied
        return obj

    def may_act(self, request: HttpRequest, *, obj: Model) -> bool:
        """True if the user may act on the row."""
        return bool(self.has_change_permission(request, obj))

    def _report_success(self, request: HttpRequest, *, obj: Model | None, message: str) -> HttpResponse:
        if obj is not None:
            self.log_change(request, obj, message)
        self.message_user(request, message)
        return HttpResponseRedirect(self._page_of(obj))

    def _page_of(self, obj: Model | None) -> str:
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}"
        return reverse(f"{name}_changelist") if obj is None else reverse(f"{name}_change", args=[obj.pk])


class ReadOnlyAdmin(ConfirmationAdmin):
    """Table written by programs and read by people; rows are changed only by actions."""

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002 - Django's signature
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002
        return False

    def may_act(self, request: HttpRequest, *, obj: Model) -> bool:  # noqa: ARG002
        """The table's change permission, which the form of the row does not use."""
        return bool(request.user.has_perm(f"{self.opts.app_label}.change_{self.opts.model_name}"))


class ReadOnlyInline(TabularInline):
    """Read-only rows below another row."""

    extra = 0
    max_num = 0
    can_delete = False
    show_change_link = True

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002 - Django's signature
        return False


class UuidSearch:
    """Search by a whole UUID in either spelling; otherwise as usual."""

    uuid_field = "uuid"

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], search_term: str) -> tuple[QuerySet[Any], bool]:
        """Rows with that UUID, or the usual results."""
        try:
            wanted = UUID(search_term.strip())
        except ValueError:
            return super().get_search_results(request, queryset, search_term)  # type: ignore[misc,no-any-return]  # ModelAdmin's
        return queryset.filter(**{self.uuid_field: wanted}), False


def job_link(job_uuid: UUID | None) -> str:
    """Link to a job with the first digits of its uuid; the tooltip has all of it."""
    if job_uuid is None:
        return "-"
    page = reverse("admin:jobs_job_change", args=[job_uuid])
    return format_html('<a class="font-mono" href="{}" title="{}">{}…</a>', page, job_uuid, job_uuid.hex[:8])


def in_credits(millicredits: int | None) -> str:
    """Credits for display: 1,234.568."""
    return f"{(millicredits or 0) / 1000:,.3f}"
