"""Forms of the admin's actions."""

from decimal import Decimal

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
from apps.accounts.scopes import SCOPES
from apps.accounts.services.keys import OVERLAP_SECONDS_LIMIT
from apps.billing.models import LedgerEntry

CREDITS_LIMIT = Decimal(1_000_000_000)


class ConfirmForm(forms.Form):
    pass


class ReasonForm(forms.Form):
    """Reason for an action."""

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
        help_text="Negative takes credits off. The balance never goes below zero.",
    )
    reason = forms.CharField(max_length=300, widget=UnfoldAdminTextInputWidget, help_text="Stays in the ledger, with your name.")

    def clean_amount(self) -> Decimal:
        """Refuse an amount of zero."""
        amount: Decimal = self.cleaned_data["amount"]
        if not amount:
            raise forms.ValidationError("The amount is zero.")
        return amount


class ThresholdForm(forms.Form):
    """Threshold of the low-balance notice."""

    credits = forms.IntegerField(
        required=False, min_value=0, max_value=1_000_000_000, widget=UnfoldAdminIntegerFieldWidget, help_text="Empty: TTSAI_LOW_CREDITS."
    )


class NewKeyForm(forms.Form):
    account = account_field(ApiKey)
    name = forms.CharField(max_length=100, widget=UnfoldAdminTextInputWidget, help_text="What it is for.")
    scopes = forms.MultipleChoiceField(
        choices=[(scope, f"{scope}: {meaning}") for scope, meaning in SCOPES.items()],
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text="None chosen: the key opens everything.",
    )
    requests_per_minute = forms.IntegerField(
        required=False, min_value=1, max_value=1_000_000, widget=UnfoldAdminIntegerFieldWidget, help_text="Empty: the plan's."
    )
    concurrent_jobs = forms.IntegerField(
        required=False, min_value=1, max_value=1_000_000, widget=UnfoldAdminIntegerFieldWidget, help_text="Empty: the plan's."
    )


class RotationForm(forms.Form):
    """Overlap in which both the old and the new key work."""

    overlap_hours = forms.IntegerField(
        min_value=0,
        max_value=OVERLAP_SECONDS_LIMIT // 3600,
        initial=24,
        widget=UnfoldAdminIntegerFieldWidget,
        help_text="The old key opens for so many hours more; 0 ends it at once.",
    )
