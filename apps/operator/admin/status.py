"""Incidents and maintenance of the status page."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import TabularInline
from unfold.decorators import display
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from apps.operator.admin.auditing import AuditedAdmin
from apps.status.components import COMPONENTS
from apps.status.models import Impact, Incident, IncidentUpdate
from apps.status.services.incidents import apply_updates
from apps.status.services.kept_status import forget_shown

IMPACT_COLOURS = {Impact.NOTICE: "info", Impact.DEGRADED: "warning", Impact.OUTAGE: "danger"}


class IncidentForm(forms.ModelForm):  # type: ignore[type-arg]  # Django's own takes none at run time
    """Incident with its components as boxes."""

    components = forms.MultipleChoiceField(
        choices=[(component.id, component.title) for component in COMPONENTS],
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )

    class Meta:
        model = Incident
        fields = ["title", "impact", "components", "is_maintenance", "starts_at", "ends_at"]


class UpdatesInline(TabularInline):
    """News of the incident; the phase `resolved` ends it."""

    model = IncidentUpdate
    extra = 1
    fields = ["phase", "text", "at"]


@admin.register(Incident)
class IncidentAdmin(AuditedAdmin):
    """Incidents and maintenance, newest first."""

    form = IncidentForm
    warn_unsaved_form = True
    list_display = ["title", "shown_impact", "shown_state", "starts_at", "ends_at"]
    list_filter = ["impact", "is_maintenance", "starts_at"]
    search_fields = ["title"]
    inlines = [UpdatesInline]
    fieldsets = [
        (None, {"fields": ["title", ("impact", "is_maintenance"), "components"]}),
        ("Time in UTC", {"fields": ["starts_at", "ends_at"]}),
    ]

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: FBT001 - Django's signature
        """End the incident by its updates, and show the change at once."""
        super().save_related(request, form, formsets, change)
        apply_updates(form.instance)

    def delete_model(self, request: HttpRequest, obj: Incident) -> None:
        super().delete_model(request, obj)
        forget_shown()

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Incident]) -> None:
        super().delete_queryset(request, queryset)
        forget_shown()

    @display(description="impact", ordering="impact", label=IMPACT_COLOURS)
    def shown_impact(self, incident: Incident) -> str:
        return incident.impact

    @display(description="state", label={"open": "danger", "over": "success", "maintenance": "info"})
    def shown_state(self, incident: Incident) -> str:
        """Open or over; maintenance, planned or past."""
        if incident.is_maintenance:
            return "maintenance"
        return "open" if incident.ends_at is None else "over"
