"""Audit of the admin: whatever Django's admin logs of an addition, a change or a deletion goes to the audit log with the values before and after."""

from collections.abc import Iterable
from typing import Any, Final

from django.db.models import Model
from django.forms import BaseModelForm, Media
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from apps.audit.models import Outcome
from apps.audit.services import Action, Values, differences, plain, record_action, snapshot
from apps.operator.admin.fields import credits_field
from apps.operator.wording import CREDIT_FIELDS, FORM_LABELS

SLUG_SCRIPTS: Final = ("xregexp.js", "xregexp.min.js", "urlify.js", "prepopulate.js")
_CHANGES = "_audited_changes"


class AuditedAdmin(ModelAdmin):
    """Base of every table of the admin."""

    @property
    def media(self) -> Media:
        """Scripts of a page, without those that fill a slug from other fields: no form of the admin has such a field."""
        scripts = [script for script in super().media._js if not str(script).endswith(SLUG_SCRIPTS)]  # noqa: SLF001 - there is no public list
        return Media(js=scripts, css=super().media._css)  # noqa: SLF001

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001, FBT002
        """Form with labels in English."""
        return super().get_form(request, obj, change=change, **{"labels": FORM_LABELS, **kwargs})

    def get_changelist_formset(self, request: HttpRequest, **kwargs: Any) -> Any:
        """Forms of a list's rows: each field is named for readers who do not see the head of its column."""
        formset: Any = super().get_changelist_formset(request, **kwargs)
        for name, field in formset.form.base_fields.items():
            field.widget.attrs["aria-label"] = str(field.label or name)
        return formset

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """Allow the filters that the list shows, and the rows of one account. Django would allow any column of the table, so that the address of
        a list could ask which rows have a word in a text, or a secret that begins with a letter.
        """
        names = [one[0] if isinstance(one, tuple) else one for one in self.get_list_filter(request)]
        shown = [str(getattr(name, "parameter_name", name)) for name in names] + ["account__id", "pk"]
        is_shown = any(lookup == name or lookup.startswith(f"{name}__") for name in shown)
        return is_shown and bool(super().lookup_allowed(lookup, value, request))

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Fields of thousandths of a credit are edited in credits."""
        if db_field.name in CREDIT_FIELDS:
            return credits_field(db_field)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> Any:  # noqa: FBT001, FBT002
        """Keep the changed values of the form for the entry that follows."""
        setattr(request, _CHANGES, _changes_of(form))
        return super().construct_change_message(request, form, formsets, add)

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        record_action(request, Action(name="add", obj=obj, message=_as_text(message), after=snapshot(obj)))
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        before, after = getattr(request, _CHANGES, ({}, {}))
        record_action(request, Action(name=self.name_of_action(request), obj=obj, message=_as_text(message), before=before, after=after))
        return super().log_change(request, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: Iterable[Model]) -> Any:
        for obj in queryset:
            record_action(request, Action(name="delete", obj=obj, message="Deleted", before=snapshot(obj)))
        return super().log_deletions(request, queryset)

    def name_of_action(self, request: HttpRequest) -> str:
        """The last part of the route's name: `suspend` of accounts_account_suspend; `change` of a list with editable rows."""
        name = (request.resolver_match.url_name or "") if request.resolver_match else ""
        action = name.removeprefix(f"{self.opts.app_label}_{self.opts.model_name}_")
        return "change" if action == "changelist" else action

    def log_outcome(self, request: HttpRequest, obj: Model, message: str, *, before: Values, after: Values) -> None:
        """Log an action of one of our own pages."""
        setattr(request, _CHANGES, differences(before, after))
        self.log_change(request, obj, message)

    def log_request(self, request: HttpRequest, obj: Model, reason: str) -> None:
        """Log an action before it begins, where its entry cannot be in the transaction of the action: a crash leaves this entry alone."""
        message = f"Requested: {reason}" if reason else "Requested"
        record_action(request, Action(name=self.name_of_action(request), obj=obj, message=message, outcome=Outcome.REQUESTED))

    def log_failure(self, request: HttpRequest, obj: Model | None, message: str) -> None:
        """Log an action that was refused with an explained error."""
        record_action(request, Action(name=self.name_of_action(request), obj=obj, message=message, outcome=Outcome.FAILED))


def _changes_of(form: Any) -> tuple[Values, Values]:
    if not isinstance(form, BaseModelForm):
        return {}, {}
    hidden = [name for name in form.changed_data if "password" in name]
    names = [name for name in form.changed_data if name not in hidden]
    before = {name: _shown(form.initial.get(name)) for name in names}
    return before, {name: _shown(form.cleaned_data.get(name)) for name in names}


def _shown(value: Any) -> Any:
    """Value of a form's field: rows as their keys."""
    if isinstance(value, Model):
        return value.pk
    if isinstance(value, Iterable) and not isinstance(value, str | dict):
        return [_shown(one) for one in value]
    return plain(value)


def _as_text(message: Any) -> str:
    """Django's message, which is a list for its own pages and a text for ours."""
    if isinstance(message, str):
        return message
    changes = []
    for entry in message:
        for kind, details in entry.items():
            name, fields = details.get("name", ""), ", ".join(map(str, details.get("fields", [])))
            changes.append(" ".join(filter(None, [kind, name, details.get("object", ""), fields])))
    return "; ".join(changes)
