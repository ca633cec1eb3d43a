"""Forms of the billing page."""

from decimal import Decimal
from typing import Any

from django import forms

from apps.payments.models import CreditPack, Interval
from apps.payments.money import minor_of
from apps.payments.selectors import list_packs
from apps.website.forms import SiteForm

FORM_ID = r"^[A-Za-z0-9_-]{16,64}$"


class BuyForm(forms.Form):
    """Pack to buy; the id of the form makes a second click the same checkout."""

    form_id = forms.RegexField(FORM_ID)
    pack = forms.SlugField()


class CardForm(forms.Form):
    """A card to save."""

    form_id = forms.RegexField(FORM_ID)


class PlanForm(forms.Form):
    """Plan to subscribe to, or to change to."""

    form_id = forms.RegexField(FORM_ID)
    plan = forms.SlugField()
    interval = forms.ChoiceField(choices=Interval.choices)


class TopUpForm(SiteForm):
    """Automatic top-ups."""

    threshold = forms.DecimalField(
        label="When fewer credits are left than", min_value=Decimal(1), max_value=Decimal(10**9), max_digits=12, decimal_places=3
    )
    pack = forms.ModelChoiceField(CreditPack.objects.none(), label="Buy", empty_label=None)
    monthly_cap = forms.DecimalField(
        label="Charge at most, per month", min_value=Decimal(1), max_value=Decimal(10**7), max_digits=10, decimal_places=2,
        help_text="In the currency of the pack. Further top-ups wait for the next month (UTC).",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        packs = self.fields["pack"]
        if isinstance(packs, forms.ModelChoiceField):
            packs.queryset = list_packs()

    @property
    def threshold_millicredits(self) -> int:
        return int(self.cleaned_data["threshold"] * 1000)

    @property
    def monthly_cap_minor(self) -> int:
        return minor_of(self.cleaned_data["monthly_cap"], self.cleaned_data["pack"].currency)
