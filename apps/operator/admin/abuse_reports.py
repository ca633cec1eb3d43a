"""Abuse reports, worked by operators, and takedowns with their appeals."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminTextInputWidget, UnfoldBooleanSwitchWidget

from apps.abuse_reports.models import AbuseReport, ReportState
from apps.abuse_reports.services.reports import dismiss_report
from apps.abuse_reports.services.takedowns import lift_takedown, take_voice_down
from apps.operator.admin.forms import ReasonForm
from apps.operator.admin.pages import FormPage, ReadOnlyAdmin, UuidSearch, counted, job_link
from apps.voices.models import Takedown, Voice
from apps.voices.services.block_list import block_voice
from apps.voices.services.takedowns import cancel_jobs_with

STATE_COLOURS = {ReportState.OPEN: "warning", ReportState.TAKEN_DOWN: "danger", ReportState.DISMISSED: "info"}
TAKEDOWN_COLOURS = {"appeal possible": "warning", "lifted": "success", "deleted": "danger"}
CONSEQUENCES = (
    "The voice speaks no more from the next request on, its waiting and running jobs are cancelled, and cached speech is deleted. "
    "The owners read the reason by email and in the dashboard. After the appeal period the voice and its files are deleted."
)


class TakedownForm(forms.Form):
    """Reason of a takedown, and its reach."""

    reason = forms.CharField(max_length=300, widget=UnfoldAdminTextInputWidget, help_text="Shown to the owner of the voice.")
    is_speaker_blocked = forms.BooleanField(
        label="Block the speaker on the whole platform",
        required=False,
        widget=UnfoldBooleanSwitchWidget,
        help_text="No account can clone this speaker any more. Needs recordings that were examined.",
    )


def take_down(voice: Voice, *, given: dict[str, Any], operator: str) -> str:
    """Take the voice down as the form says; returns what happened."""
    takedown = take_voice_down(voice, reason=given["reason"], decided_by=operator)
    summary = f"Taken down: {takedown}; {counted(cancel_jobs_with(takedown), 'job')} cancelled"
    if not given["is_speaker_blocked"]:
        return summary
    if not (voice.enrolment.report or {}).get("embedding"):
        return f"{summary}. The speaker was not blocked: the recordings were not examined."
    block_voice(voice.enrolment, name=str(voice), reason=given["reason"])
    return f"{summary}. The speaker is blocked."


@admin.register(AbuseReport)
class AbuseReportAdmin(UuidSearch, ReadOnlyAdmin):
    """Reports of the public, open ones first."""

    list_display = ["created_at", "shown_state", "reason", "subject", "owner", "reporter_email", "resolved_by"]
    list_filter = ["state", "reason", "created_at"]
    list_select_related = ["voice__account", "job__account"]
    search_fields = ["subject", "=reporter_email", "=voice__voice_id"]
    search_help_text = "Voice id or uuid of the result, complete address of the reporter, or complete report id"
    ordering = ["-created_at"]
    show_full_result_count = False
    actions_detail = ["take_down", "dismiss"]
    fields = [
        ("created_at", "shown_state"),
        ("reason", "reporter_email"),
        "description",
        ("subject", "voice_page"),
        ("owner", "job_page"),
        ("resolution", "resolved_by"),
        ("resolved_at", "takedown"),
        "block",
    ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:  # noqa: ARG002 - Django's signature
        return [name for row in self.fields for name in ([row] if isinstance(row, str) else row)]

    @display(description="state", ordering="state", label=STATE_COLOURS)
    def shown_state(self, report: AbuseReport) -> str:
        return report.state

    @display(description="account")
    def owner(self, report: AbuseReport) -> str:
        """Account of the voice, or of the result."""
        holder = report.voice or report.job
        return "-" if holder is None or holder.account is None else str(holder.account)

    @display(description="voice")
    def voice_page(self, report: AbuseReport) -> str:
        if report.voice is None:
            return "no voice of an account"
        return format_html('<a href="{}">{}</a>', reverse("admin:voices_voice_change", args=[report.voice.pk]), report.voice)

    @display(description="result")
    def job_page(self, report: AbuseReport) -> str:
        return job_link(report.job_id)

    @action(description="Take the voice down…", icon="voice_over_off", permissions=["operator.take_down_voice"])
    def take_down(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Take down the voice that the report is about."""
        report: AbuseReport = self.get_or_404(request, object_id)
        voice = report.voice

        def perform(given: dict[str, Any]) -> str:
            if voice is None:
                return "There is no voice to take down"
            return take_down(voice, given=given, operator=str(request.user))

        page = FormPage(f"Take down {voice}", CONSEQUENCES, "Take down", TakedownForm, is_dangerous=True, is_atomic=False)
        return self.ask(request, page=page, obj=report, perform=perform)

    @action(description="Dismiss…", icon="task_alt", permissions=["abuse_reports.change_abusereport"])
    def dismiss(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Close the report without a consequence."""
        report: AbuseReport = self.get_or_404(request, object_id)

        def perform(given: dict[str, Any]) -> str:
            dismiss_report(report, reason=given["reason"], resolved_by=str(request.user))
            return "Dismissed"

        page = FormPage("Dismiss the report", "The voice and the result stay as they are. Nobody is notified.", "Dismiss", ReasonForm)
        return self.ask(request, page=page, obj=report, perform=perform)

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Offer decisions on open reports, and takedowns only of voices of accounts."""
        actions: list[Any] = super().get_actions_detail(request, object_id)
        report = self.get_object(request, str(object_id))
        if report is None or report.state != ReportState.OPEN:
            return []
        return [one for one in actions if report.voice_id is not None or one.action_name != "abuse_reports_abusereport_take_down"]


@admin.register(Takedown)
class TakedownAdmin(ReadOnlyAdmin):
    """Voices that were taken down, newest first."""

    list_display = ["voice_id", "voice_name", "account", "shown_state", "reason", "decided_by", "decided_at", "appeal_ends_at"]
    list_filter = ["decided_at"]
    list_select_related = ["account"]
    search_fields = ["=voice_id", "account__name"]
    search_help_text = "Complete voice id or account name"
    actions_detail = ["lift"]
    fields = [
        ("voice_id", "voice_name"),
        ("account", "shown_state"),
        "reason",
        ("decided_by", "decided_at"),
        ("appeal_ends_at", "lifted_at"),
        "deleted_at",
    ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:  # noqa: ARG002 - Django's signature
        return [name for row in self.fields for name in ([row] if isinstance(row, str) else row)]

    @display(description="state", label=TAKEDOWN_COLOURS)
    def shown_state(self, takedown: Takedown) -> str:
        if takedown.lifted_at is not None:
            return "lifted"
        return "deleted" if takedown.deleted_at is not None else "appeal possible"

    @action(description="Lift…", icon="undo", permissions=["operator.take_down_voice"])
    def lift(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Let the voice speak again, after an appeal."""
        takedown: Takedown = self.get_or_404(request, object_id)

        def perform(_given: dict[str, Any]) -> str:
            lift_takedown(takedown)
            return "Lifted"

        page = FormPage(f"Lift the takedown of {takedown}", "The voice speaks again at once. Its owners are notified.", "Lift", ReasonForm)
        return self.ask(request, page=page, obj=takedown, perform=perform)

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Offer to lift a takedown while its voice is there."""
        actions: list[Any] = super().get_actions_detail(request, object_id)
        takedown = self.get_object(request, str(object_id))
        return actions if takedown is not None and takedown.is_open else []
