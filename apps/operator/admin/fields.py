"""Form fields of the admin."""

from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.db import models
from unfold.widgets import UnfoldAdminDecimalFieldWidget

from apps.operator.wording import CREDIT_FIELDS

MILLICREDITS_LIMIT = 10**15


class CreditsField(forms.IntegerField):
    """Thousandths of a credit, shown and written as credits: `2.5` is 2500."""

    widget = UnfoldAdminDecimalFieldWidget

    def prepare_value(self, value: Any) -> Any:
        """Whole credits without decimals; what a person wrote as it is."""
        return f"{value / 1000:.3f}".rstrip("0").rstrip(".") if isinstance(value, int) else value

    def to_python(self, value: Any) -> int | None:
        if value in self.empty_values:
            return None
        try:
            thousandths = Decimal(str(value).strip()) * 1000
        except InvalidOperation:
            thousandths = Decimal("NaN")
        if not thousandths.is_finite() or thousandths != thousandths.to_integral_value():
            raise forms.ValidationError(f"{value!r} is no number of credits: write a number with at most three decimals, 2.5 for instance.")
        if not 0 <= thousandths <= MILLICREDITS_LIMIT:
            raise forms.ValidationError(f"{value} is not between 0 and {MILLICREDITS_LIMIT // 1000:,} credits.")
        return int(thousandths)

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(initial != self.to_python(data))
        except forms.ValidationError:
            return True

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:  # noqa: ARG002 - Django's signature
        return {"step": "0.001", "min": "0"}


def credits_field(db_field: "models.Field[Any, Any]") -> CreditsField:
    """Form field of a column of thousandths."""
    label, help_text = CREDIT_FIELDS[db_field.name]
    initial = db_field.get_default() if db_field.has_default() else None
    return CreditsField(label=label, help_text=help_text, required=not db_field.blank, initial=initial)
