"""Texts beside the fields of the product's forms."""

from django import forms

from apps.website.forms import SiteForm, error_texts


class FormWithAllFields(SiteForm):
    """One field of each kind, and one with a text of its own."""

    name = forms.CharField()
    kind = forms.ChoiceField(choices=[("a", "A")])
    events = forms.MultipleChoiceField(choices=[("a", "A")], widget=forms.CheckboxSelectMultiple)
    file = forms.FileField()
    agrees = forms.BooleanField()
    reason = forms.CharField(error_messages={"required": "Say why."})
    email = forms.EmailField()


def test_an_empty_field_says_what_to_do_instead_of_being_required() -> None:
    form = FormWithAllFields({"email": "nobody"})
    assert {name: error_texts(form[name]) for name in form.fields} == {
        "name": ["Fill in this field."],
        "kind": ["Choose one."],
        "events": ["Choose at least one."],
        "file": ["Choose a file."],
        "agrees": ["Tick this box to continue."],
        "reason": ["Say why."],
        "email": ["Enter a valid email address."],
    }


def test_a_field_without_an_error_has_no_texts() -> None:
    assert error_texts(FormWithAllFields({"name": "Ada"})["name"]) == []
