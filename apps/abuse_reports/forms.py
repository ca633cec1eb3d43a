"""Public form of an abuse report."""

from typing import Any, Final

from django import forms

from apps.abuse_reports.models import Reason

CLASSES: Final = {"reason": "select", "description": "textarea"}
"""Classes of the design (docs/website.md)."""


class ReportForm(forms.Form):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs["class"] = CLASSES.get(name, "input")

    subject = forms.CharField(
        label="Voice or result",
        error_messages={"required": "Enter the id of the voice or the result."},
        max_length=100,
        help_text="The id of the voice (voice_…), or of the result: the part of its address or file name with 32 digits and letters.",
    )
    reason = forms.ChoiceField(label="What is wrong?", choices=Reason.choices)
    description = forms.CharField(
        label="Describe it",
        error_messages={"required": "Describe what is wrong in a sentence or two."},
        min_length=10,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="Where you heard it, and whose voice it is.",
    )
    email = forms.EmailField(
        label="Your email address",
        required=False,
        help_text="Only for questions of ours. You may leave it empty.",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
