"""Django forms in the product's design."""

from typing import Any

from django import forms

CLASSES: dict[type[forms.Widget], str] = {
    forms.Select: "select",
    forms.Textarea: "textarea",
    forms.CheckboxInput: "",
    forms.HiddenInput: "",
}


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
