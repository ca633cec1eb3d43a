"""Forms of keys, webhooks and settings."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django import forms

from apps.account_pages.scope_groups import SCOPE_GROUPS
from apps.webhooks.events import EVENTS
from apps.website.forms import SiteForm
from workers.contract.time_units import DAY_SECONDS, HOUR_SECONDS

OVERLAPS: Final = ((0, "At once"), (HOUR_SECONDS, "After an hour"), (DAY_SECONDS, "After a day"), (7 * DAY_SECONDS, "After a week"))
LIMIT_PREFIX: Final = "limit:"


class CapForm(SiteForm):
    """Name and spending cap of a key."""

    name = forms.CharField(max_length=100, label="Name", help_text="What the key is for, such as “Website” or “Ada's laptop”.")
    monthly_cap_credits = forms.DecimalField(
        max_digits=12, decimal_places=3, min_value=Decimal("0.001"), required=False, label="Spending cap, in credits a month",
        help_text="Past it, requests with this key are refused until the month ends (UTC). Empty: no cap.",
    )  # fmt: skip

    @property
    def cap_millicredits(self) -> int | None:
        """The cap in thousandths of a credit; None for none."""
        cap = self.cleaned_data["monthly_cap_credits"]
        return None if cap is None else int(cap * 1000)


@dataclass(frozen=True, slots=True)
class ScopeRow:
    """One scope in the form, as it was filled in."""

    scope: str
    words: str
    is_chosen: bool
    limit: str


class AccessForm(SiteForm):
    """Rights of a key: scopes, each with its limit, and limits of the whole key. `initial` may have those of a key that exists."""

    access = forms.ChoiceField(choices=[("all", "Everything"), ("some", "Only what is chosen")], initial="all")
    requests_per_minute = forms.IntegerField(min_value=1, required=False, label="Requests a minute", help_text="Empty: the plan's limit.")
    concurrent_jobs = forms.IntegerField(min_value=1, required=False, label="Jobs at once", help_text="Empty: the plan's limit.")

    @property
    def _chosen(self) -> set[str]:
        data: Any = self.data  # a QueryDict of a request, {} of a form that was not sent
        return set(data.getlist("scopes") if self.is_bound else self.initial.get("scopes", ()))

    def clean(self) -> dict[str, Any]:
        """Read the chosen scopes and their limits."""
        cleaned = super().clean() or {}
        known = {scope for group in SCOPE_GROUPS for scope in group.scopes}
        chosen = sorted(self._chosen & known) if self.data.get("access") == "some" else []
        if self.data.get("access") == "some" and not chosen:
            self.add_error("access", "Choose at least one, or give the key access to everything.")
        limits = {}
        for scope in sorted(known):
            given = self.data.get(f"{LIMIT_PREFIX}{scope}", "").strip()
            if not given or (chosen and scope not in chosen):
                continue
            if not given.isascii() or not given.isdigit() or int(given[:9]) < 1:
                self.add_error("access", f"The limit of {scope} is {given[:20]!r}: it is a number of requests a minute, or empty.")
            else:
                limits[scope] = int(given[:9])
        return {**cleaned, "scopes": chosen, "requests_per_minute_by_scope": limits}

    def scope_groups(self) -> Iterator[tuple[str, list[ScopeRow]]]:
        """Groups for the page, as they were filled in."""
        chosen = self._chosen
        for group in SCOPE_GROUPS:
            yield group.title, [ScopeRow(scope, words, scope in chosen, self._limit_of(scope)) for scope, words in group.scopes.items()]

    def _limit_of(self, scope: str) -> str:
        stored = self.initial.get("requests_per_minute_by_scope", {})
        return str(self.data.get(f"{LIMIT_PREFIX}{scope}", "") if self.is_bound else stored.get(scope, ""))


class KeyForm(AccessForm, CapForm):
    """A new key: name, cap and rights."""


class OverlapForm(SiteForm):
    """End of the old key or secret after a rotation."""

    overlap_seconds = forms.TypedChoiceField(choices=OVERLAPS, coerce=int, initial=DAY_SECONDS, label="The old one ends")


class EndpointForm(SiteForm):
    """Address, events and description of a webhook endpoint."""

    url = forms.CharField(max_length=2048, label="Address", widget=forms.URLInput(attrs={"placeholder": "https://example.com/webhooks"}))
    description = forms.CharField(max_length=200, required=False, label="Description")
    events = forms.MultipleChoiceField(
        choices=[(name, f"{text.partition(';')[0]}.") for name, text in EVENTS.items() if name != "test"], required=False, label="Events",
        widget=forms.CheckboxSelectMultiple, help_text="All of them if none is chosen, those of later versions too.",
    )  # fmt: skip


class SettingsForm(SiteForm):
    """Name of the account and its threshold for the warning of low credits."""

    name = forms.CharField(max_length=200, label="Name of the account")
    low_credits = forms.DecimalField(
        max_digits=12, decimal_places=3, min_value=0, required=False, label="Warn below this many credits",
        help_text="Webhooks get the event credits.low, once each time the balance falls below. Empty: the platform's own value.",
    )  # fmt: skip

    @property
    def low_millicredits(self) -> int | None:
        """The threshold in thousandths of a credit; None for the platform's own."""
        given = self.cleaned_data["low_credits"]
        return None if given is None else int(given * 1000)


class DeletionForm(SiteForm):
    """Typed confirmation of a deletion."""

    confirmation = forms.CharField(label="Name of the account", widget=forms.TextInput(attrs={"autocomplete": "off"}))

    def __init__(self, *args: Any, account_name: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._account_name = account_name

    def clean_confirmation(self) -> str:
        """Refuse any other name."""
        typed = str(self.cleaned_data["confirmation"])
        if typed.strip() != self._account_name.strip():
            raise forms.ValidationError(f"This is not the name of the account. Type {self._account_name} to delete it.")
        return typed
