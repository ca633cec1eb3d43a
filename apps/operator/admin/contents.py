"""Tables whose rows hold contents of customers: shown with a permission only, and each view of them is audited."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Model
from django.http import HttpRequest, HttpResponse

from apps.audit.services import Action, record_action
from apps.jobs.models import Job
from apps.operator.admin.pages import ReadOnlyAdmin
from apps.operator.contents import may_see_contents


class ContentsAdmin(ReadOnlyAdmin):
    """Base of the tables with contents of customers (apps/operator/contents.py)."""

    content_fields: Mapping[str, str] = {}
    """Fields with contents, each with the field that other operators see in its place; empty for none."""

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Fields of the page, without contents for operators who may not see them."""
        fieldsets = super().get_fieldsets(request, obj)
        if may_see_contents(request, self.job_of(obj)):
            return fieldsets
        return [(title, {**options, "fields": self._without_contents(options["fields"])}) for title, options in fieldsets]

    def get_list_display(self, request: HttpRequest) -> list[str]:
        """Columns of the list, each with contents replaced as on the page."""
        shown = super().get_list_display(request)
        return [*shown] if may_see_contents(request) else self._without_contents(shown)

    def change_view(self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Audit the view of a page that shows contents."""
        page: HttpResponse = super().change_view(request, object_id, form_url, extra_context)
        obj = self.get_object(request, object_id) if page.status_code == 200 else None
        if obj is not None and may_see_contents(request, self.job_of(obj)):
            record_action(request, Action(name="view_texts", obj=obj, message="Contents of the customer shown"))
        return page

    def job_of(self, obj: Model | None) -> Job | None:  # noqa: ARG002 - for tables of jobs
        """Job whose contents the row has; None for a row without a job."""
        return None

    def _without_contents(self, rows: Any) -> list[Any]:
        shown = []
        for row in rows:
            names = [self.content_fields.get(name, name) for name in ([row] if isinstance(row, str) else row)]
            if kept := tuple(filter(None, names)):
                shown.append(kept if len(kept) > 1 else kept[0])
        return shown
