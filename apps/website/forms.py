"""Django forms in the product's design."""

from typing import Any

from django import forms

CLASSES: dict[type[forms.Widget], str] = {
    forms.Select: "select",
    forms.Textarea: "textarea",
    forms.CheckboxInput: "",
    forms.HiddenInput: "",
}


MISSING: list[tuple[tuple[type[forms.Widget], ...], str]] = [
    ((forms.CheckboxInput,), "Tick this box to continue."),
    ((forms.CheckboxSelectMultiple, forms.SelectMultiple), "Choose at least one."),
    ((forms.Select, forms.RadioSelect), "Choose one."),
    ((forms.FileInput,), "Choose a file."),
]
"""Texts of empty fields by widget; the first one holds."""
FILL_IN = "Fill in this field."


def error_texts(field: forms.BoundField) -> list[str]:
    """Errors of a field. Where its form has no text of its own for an empty field, it says what to do instead of Django's "This field is required."."""
    has_own_text = field.field.error_messages.get("required") != forms.Field.default_error_messages["required"]
    texts: list[str] = []
    for error in field.form.errors.as_data().get(field.name, []):
        is_missing = error.code == "required" and not has_own_text
        texts += [_missing_text(field.field.widget)] if is_missing else [str(message) for message in error.messages]
    return texts


def _missing_text(widget: forms.Widget) -> str:
    return next((text for kinds, text in MISSING if isinstance(widget, kinds)), FILL_IN)


def style_widgets(form: forms.BaseForm) -> None:
    """Give each widget of the form the class of the design: input, select or textarea."""
    for field in form.fields.values():
        widget = field.widget
        name = next((name for kind, name in CLASSES.items() if isinstance(widget, kind)), "input")
        if isinstance(widget, forms.CheckboxSelectMultiple | forms.RadioSelect):
            name = ""
        if name:
            widget.attrs["class"] = f"{widget.attrs.get('class', '')} {name}".strip()


class SiteForm(forms.Form):
    """Form whose fields are shown by `website/components/field.html`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        style_widgets(self)
