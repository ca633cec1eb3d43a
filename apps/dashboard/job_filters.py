"""The filter form of the list of jobs."""

from collections.abc import Iterable
from datetime import date
from typing import Any, Final
from urllib.parse import urlencode

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

from apps.accounts.models import ApiKey
from apps.catalog.selectors import list_models
from apps.dashboard.periods import today
from apps.jobs.kinds import job_kinds
from apps.jobs.selectors import PUBLIC_STATES, JobFilter
from apps.jobs.usage import Period
from apps.website.forms import SiteForm
from apps.website.service_titles import service_title
from apps.website.words import state_label

FIRST_DAY: Final = date(2000, 1, 1)
LAST_DAY: Final = date(2999, 12, 31)


def kind_choices() -> list[tuple[str, str]]:
    """Names and titles of the kinds that accounts have jobs of, by title."""
    public = (kind.name for kind in job_kinds().values() if not kind.is_internal)
    return sorted(((name, service_title(name).title) for name in public), key=lambda choice: choice[1])


class DayField(forms.DateField):
    """Day in UTC, optional."""

    def __init__(self, label: str) -> None:
        message = "Choose a day between 2000 and 2999."
        super().__init__(
            label=label,
            required=False,
            input_formats=["%Y-%m-%d"],
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            validators=[MinValueValidator(FIRST_DAY, message), MaxValueValidator(LAST_DAY, message)],
            error_messages={"invalid": "Enter a day such as 2026-01-31."},
        )


class SearchInput(forms.TextInput):
    input_type = "search"


class JobFilterForm(SiteForm):
    """Conditions of the list, all optional."""

    q = forms.CharField(
        label="Search", required=False, max_length=200, widget=SearchInput(attrs={"placeholder": "Text, job or request id"})
    )
    kind = forms.ChoiceField(label="Kind", required=False)
    status = forms.ChoiceField(label="Status", required=False)
    model = forms.ChoiceField(label="Model", required=False)
    key = forms.ChoiceField(label="Key", required=False)
    first = DayField("From")
    last = DayField("To")

    def __init__(self, data: Any, *, keys: Iterable[ApiKey]) -> None:
        super().__init__(data, auto_id="filter-%s")
        models = sorted({engine.id for engine in list_models()})
        choices: dict[str, list[tuple[str, str]]] = {
            "kind": kind_choices(),
            "status": [(name, state_label(name)) for name in PUBLIC_STATES.values()],
            "model": [(name, name) for name in models],
            "key": [(str(key.pk), f"{key.name} ({key.prefix}…)") for key in keys],
        }
        for name, listed in choices.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101 - as declared above
            field.choices = [("", "All"), *listed, *self._unlisted(name, listed=listed)]

    @property
    def is_filtered(self) -> bool:
        """True if any condition is given."""
        return any(self.data.get(name) for name in self.fields)

    @property
    def is_open_to_new_jobs(self) -> bool:
        """True if a job that is accepted now may belong to the list. A search reads the texts of thousands of jobs, and states change."""
        return self.is_valid() and not self.cleaned_data["q"] and not self.cleaned_data["status"]

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if values.get("first") and values.get("last") and values["first"] > values["last"]:
            self.add_error("first", "This day is after the last one.")
        return values

    def wanted(self) -> JobFilter | None:
        """The conditions; None if one is invalid."""
        if not self.is_valid():
            return None
        values = self.cleaned_data
        return JobFilter(
            status=values["status"],
            kind=values["kind"],
            model=values["model"],
            key_id=int(values["key"]) if values["key"] else None,
            period=_period(values["first"], last=values["last"]),
            text=values["q"],
        )

    def first_error(self) -> str:
        """The first error as a sentence; empty without one."""
        for name, errors in self.errors.items():
            label = self.fields[name].label if name in self.fields else ""
            return f"{label}: {errors[0]}" if label else str(errors[0])
        return ""

    def query(self, **more: str | None) -> str:
        """The given conditions as a query string."""
        given = {name: self.data.get(name) for name in self.fields}
        return urlencode({name: value for name, value in {**given, **more}.items() if value})

    def _unlisted(self, name: str, *, listed: list[tuple[str, str]]) -> list[tuple[str, str]]:
        """A model that is no longer installed can still be filtered by."""
        given = self.data.get(name, "")
        return [(given, given)] if name == "model" and given and len(given) <= 100 and given not in dict(listed) else []


def _period(first: date | None, *, last: date | None) -> Period | None:
    return Period(first or FIRST_DAY, last or max(today(), first or FIRST_DAY)) if first or last else None
