"""Forms of the admin's actions."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminTextInputWidget,
)

from apps.accounts.models import Account, ApiKey
from apps.accounts.scopes import SCOPES, check_scope_limits
from apps.accounts.services.keys import OVERLAP_SECONDS_LIMIT
from apps.billing.models import LedgerEntry
from apps.core.errors import ApplicationError
from workers.contract.time_units import HOUR_SECONDS

CREDITS_LIMIT = Decimal(1_000_000_000)


class ConfirmForm(forms.Form):
    pass


class ReasonForm(forms.Form):
    reason = forms.CharField(max_length=300, widget=UnfoldAdminTextInputWidget)


def account_field(model: type[ApiKey] | type[LedgerEntry]) -> "forms.ModelChoiceField[Account]":
    """Account field with search, since there may be many thousands."""
    relation = model._meta.get_field("account")  # noqa: SLF001 - Django's documented API in spite of its name
    return forms.ModelChoiceField(Account.objects.all(), widget=AutocompleteSelect(relation, admin.site))


class AdjustmentForm(forms.Form):
    """Credits to add or subtract, with a reason."""

    account = account_field(LedgerEntry)
    amount = forms.DecimalField(
        label="Credits",
        max_digits=15,
        decimal_places=3,
        min_value=-CREDITS_LIMIT,
        max_value=CREDITS_LIMIT,
        widget=UnfoldAdminDecimalFieldWidget,
        help_text="A negative amount subtracts credits. The balance never goes below zero.",
    )
    reason = forms.CharField(max_length=300, widget=UnfoldAdminTextInputWidget, help_text="Recorded in the ledger with your name.")

    def clean_amount(self) -> Decimal:
        """Refuse an amount of zero."""
        amount: Decimal = self.cleaned_data["amount"]
        if not amount:
            raise forms.ValidationError("The amount is zero.")
        return amount


class ThresholdForm(forms.Form):
    """Threshold of the low-balance notice."""

    credits = forms.IntegerField(
        required=False,
        min_value=0,
        max_value=1_000_000_000,
        widget=UnfoldAdminIntegerFieldWidget,
        help_text="Empty for the default, TTSAI_LOW_CREDITS.",
    )


class ScopesField(forms.MultipleChoiceField):
    """Scopes of a key, each with its meaning."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            choices=[(scope, f"{scope}: {meaning}") for scope, meaning in SCOPES.items()],
            required=False,
            widget=UnfoldAdminCheckboxSelectMultipleWidget,
            help_text="No scope selected: the key is unrestricted.",
            **options,
        )


class ScopeLimitsField(forms.CharField):
    """Requests a minute by scope, written as `tts:generate=10, stt:transcribe=5`."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            required=False,
            widget=UnfoldAdminTextInputWidget,
            help_text="By scope, separated by commas: tts:generate=10, stt:transcribe=5. Empty: no limits of single scopes.",
            **options,
        )

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(f"{scope}={limit}" for scope, limit in value.items()) if isinstance(value, dict) else value

    def to_python(self, value: Any) -> Any:
        limits: dict[str, int] = {}
        for entry in filter(None, (part.strip() for part in str(value or "").split(","))):
            scope, _, limit = (part.strip() for part in entry.rpartition("="))
            if not limit.isascii() or not limit.isdecimal() or len(limit) > 6:
                raise forms.ValidationError(f"{entry!r} is no limit: write scope=number, tts:generate=10 for instance.")
            limits[scope] = int(limit)
        return limits


def check_limits(form: forms.BaseForm) -> None:
    """Add an error to the form if its limits by scope do not fit its scopes."""
    data = form.cleaned_data
    if "scopes" not in data or "requests_per_minute_by_scope" not in data:
        return
    try:
        check_scope_limits(data["requests_per_minute_by_scope"], scopes=data["scopes"])
    except ApplicationError as error:
        form.add_error("requests_per_minute_by_scope", error.message)


class KeyForm(forms.ModelForm):  # type: ignore[type-arg]  # Django has no __class_getitem__ here
    """Fields of a key that an operator may change."""

    scopes = ScopesField()
    requests_per_minute_by_scope = ScopeLimitsField()

    class Meta:
        model = ApiKey
        fields = ["name", "scopes", "requests_per_minute", "requests_per_minute_by_scope", "concurrent_jobs", "is_limited_apart"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        check_limits(self)
        return data


class NewKeyForm(forms.Form):
    account = account_field(ApiKey)
    name = forms.CharField(max_length=100, widget=UnfoldAdminTextInputWidget, help_text="Name of the key.")
    scopes = ScopesField()
    requests_per_minute = forms.IntegerField(
        required=False, min_value=1, max_value=1_000_000, widget=UnfoldAdminIntegerFieldWidget, help_text="Empty for the plan's limit."
    )
    requests_per_minute_by_scope = ScopeLimitsField()
    concurrent_jobs = forms.IntegerField(
        required=False, min_value=1, max_value=1_000_000, widget=UnfoldAdminIntegerFieldWidget, help_text="Empty for the plan's limit."
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        check_limits(self)
        return data


class RotationForm(forms.Form):
    """Overlap in which both the old and the new key work."""

    overlap_hours = forms.IntegerField(
        min_value=0,
        max_value=OVERLAP_SECONDS_LIMIT // HOUR_SECONDS,
        initial=24,
        widget=UnfoldAdminIntegerFieldWidget,
        help_text="Hours for which the old key stays valid; 0 revokes it at once.",
    )
