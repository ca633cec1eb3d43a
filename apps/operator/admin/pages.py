"""Shared base of the admin's pages: read-only tables, and actions that ask for confirmation."""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Model, QuerySet
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from unfold.admin import TabularInline

from apps.audit.services import snapshot
from apps.core.errors import ApplicationError
from apps.operator.admin.auditing import AuditedAdmin
from apps.operator.wording import FORM_LABELS, caller_of, counted, in_credits

__all__ = [
    "ConfirmationAdmin",
    "FormPage",
    "ReadOnlyAdmin",
    "ReadOnlyInline",
    "UuidSearch",
    "caller_of",
    "counted",
    "in_credits",
    "job_link",
]


@dataclass(frozen=True, slots=True)
class FormPage:
    """Page with the form of an action. Acting takes a POST with Django's CSRF token, so that no link elsewhere can act."""

    title: str
    description: str
    submit: str
    form_class: type[Form]
    initial: dict[str, Any] = field(default_factory=dict)
    is_dangerous: bool = False
    """True for what cannot be undone, or stops a customer: the button is red."""
    is_atomic: bool = True
    """False for a service that needs a transaction of its own; then the audit log has one entry before it, and one of its outcome."""


Outcome = str | HttpResponse


class ConfirmationAdmin(AuditedAdmin):
    """Table whose actions open a form first."""

    warn_unsaved_form = True

    def ask(self, request: HttpRequest, *, page: FormPage, obj: Model | None, perform: Callable[[dict[str, Any]], Outcome]) -> HttpResponse:
        """Show the form; once it is submitted, perform the action, audit it, and show its message or page."""
        form = page.form_class(request.POST if request.method == "POST" else None, initial=page.initial)
        if request.method == "POST" and form.is_valid():
            if obj is not None and not page.is_atomic:
                self.log_request(request, obj, str(form.cleaned_data.get("reason", "")))
            try:
                with transaction.atomic() if page.is_atomic else nullcontext():
                    outcome = self._perform(request, obj, perform, form.cleaned_data)
            except ApplicationError as error:
                form.add_error(None, error.message)
                self.log_failure(request, obj, error.message)
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
        """Row for an action, whose own permissions are checked already."""
        obj = self.get_object(request, object_id)
        if obj is None:
            raise Http404
        if not self.has_view_permission(request, obj):
            raise PermissionDenied
        return obj

    def _perform(
        self, request: HttpRequest, obj: Model | None, perform: Callable[[dict[str, Any]], Outcome], given: dict[str, Any]
    ) -> Outcome:
        """Perform the action and log it. Actions without a row, or with a page of their own as outcome, log themselves."""
        if obj is None:
            return perform(given)
        before, primary_key = snapshot(obj), obj.pk
        outcome = perform(given)
        if isinstance(outcome, str):
            obj.pk = primary_key  # a deletion empties it
            reason = str(given.get("reason", ""))
            message = outcome if not reason or reason in outcome else f"{outcome}: {reason}"
            self.log_outcome(request, obj, message, before=before, after=self._snapshot_now(primary_key))
        return outcome

    def _snapshot_now(self, primary_key: Any) -> dict[str, Any]:
        row = self.model._base_manager.filter(pk=primary_key).first()  # noqa: SLF001 - Django's documented API
        return {} if row is None else snapshot(row)

    def _report_success(self, request: HttpRequest, *, obj: Model | None, message: str) -> HttpResponse:
        self.message_user(request, message)
        is_there = obj is not None and self.model._base_manager.filter(pk=obj.pk).exists()  # noqa: SLF001
        return HttpResponseRedirect(self._page_of(obj if is_there else None))

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


class ReadOnlyInline(TabularInline):
    """Read-only rows below another row."""

    extra = 0
    max_num = 0
    can_delete = False
    show_change_link = True
    hide_title = True

    def get_formset(self, request: HttpRequest, obj: Model | None = None, **kwargs: Any) -> Any:
        """Rows with labels in English."""
        return super().get_formset(request, obj, **{"labels": FORM_LABELS, **kwargs})

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
