"""Members below accounts and people: rows that are changed by the services of teams, never by a form alone."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BaseInlineFormSet
from django.http import HttpRequest
from unfold.admin import TabularInline

from apps.accounts.models import Membership, Role
from apps.teams.services.operators import add_member, has_other_owner, remove_membership, set_role


class MembershipForm(forms.ModelForm):  # type: ignore[type-arg]  # Django has no __class_getitem__ here
    """Membership whose person and account stay: another person is another member."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.setdefault("aria-label", str(field.label or name))  # the head of the table's column is no label of the field
        if self.instance.pk is not None:
            for name in {"user", "account"} & set(self.fields):
                self.fields[name].disabled = True


class MembershipFormSet(BaseInlineFormSet):  # type: ignore[type-arg]  # Django has no __class_getitem__ here
    """Memberships that leave no account without an owner."""

    def clean(self) -> None:
        super().clean()
        filled = [form for form in self.forms if hasattr(form, "cleaned_data") and form.cleaned_data]
        removed = [form for form in filled if form.cleaned_data.get("DELETE")]
        kept = [form for form in filled if form not in removed]
        owned_now = {form.instance.account_id for form in kept if form.cleaned_data.get("role") == Role.OWNER}
        was_owner = [form.instance for form in filled if form.initial.get("role") == Role.OWNER and form.instance.pk]
        ending = [one.pk for one in was_owner if one.account_id not in owned_now]
        for membership in was_owner:
            if membership.pk in ending and not has_other_owner(membership.account_id, without=ending):
                raise ValidationError(f"{membership.account} needs an owner: make another member the owner first.")


class MembershipInline(TabularInline):
    """Base of the tables of members below an account and below a person."""

    model = Membership
    form = MembershipForm
    formset = MembershipFormSet
    extra = 0
    hide_title = True


def save_memberships(request: HttpRequest, formset: Any) -> int:
    """Save the formset by the services; returns the number of keys that were revoked by removals."""
    operator = str(request.user)
    formset.save(commit=False)  # finds what changed; Django's log of the change reads these lists
    revoked = sum(remove_membership(row, operator=operator) for row in formset.deleted_objects)
    for row, _fields in formset.changed_objects:
        set_role(row, role=row.role, operator=operator)
    for row in formset.new_objects:
        add_member(row, operator=operator)
    return revoked
