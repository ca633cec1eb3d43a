"""Forms of an own voice: its name and words about it, a consent, a category."""

from typing import Any, Final

from django import forms

from apps.playground.tools.voice_recording import CONSENT
from apps.voices.serializers import LONGEST_NAME, LONGEST_STATEMENT, MOST_CATEGORIES
from apps.website.forms import SiteForm

LONGEST_CATEGORY: Final = 50
LONGEST_DESCRIPTION: Final = 2000
MOST_LABELS: Final = 20
LONGEST_LABEL: Final = 100


def check_line(text: str) -> str:
    """The text if it is one line of printable characters."""
    if not text.isprintable():
        raise forms.ValidationError("Use one line of printable characters.")
    return text


class VoiceForm(SiteForm):
    """Name, description, labels and categories."""

    name = forms.CharField(label="Name", max_length=LONGEST_NAME)
    description = forms.CharField(
        label="Description", max_length=LONGEST_DESCRIPTION, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    labels = forms.CharField(
        label="Labels",
        max_length=5000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "placeholder": "accent: British\nage: young"}),
        help_text="One on each line, a name and a value: accent: British.",
    )
    categories = forms.CharField(
        label="Categories", max_length=1200, required=False, help_text="Separated by commas. Lists of voices can be filtered by them."
    )

    def clean_name(self) -> str:
        return check_line(self.cleaned_data["name"])

    def clean_labels(self) -> dict[str, str]:
        """Labels by name."""
        labels: dict[str, str] = {}
        for line in filter(str.strip, self.cleaned_data["labels"].splitlines()):
            name, colon, value = (part.strip() for part in line.partition(":"))
            if not (name and colon and value):
                raise forms.ValidationError(f"“{line[:40]}” has no name and value with a colon between them, such as accent: British.")
            if max(len(name), len(value)) > LONGEST_LABEL:
                raise forms.ValidationError(f"A label's name and value have at most {LONGEST_LABEL} characters.")
            labels[check_line(name)] = check_line(value)
        if len(labels) > MOST_LABELS:
            raise forms.ValidationError(f"A voice has at most {MOST_LABELS} labels.")
        return labels

    def clean_categories(self) -> list[str]:
        """Categories in order."""
        names = [name.strip() for name in self.cleaned_data["categories"].split(",") if name.strip()]
        if len(names) > MOST_CATEGORIES:
            raise forms.ValidationError(f"A voice is in at most {MOST_CATEGORIES} categories.")
        if any(len(check_line(name)) > LONGEST_CATEGORY for name in names):
            raise forms.ValidationError(f"A category has at most {LONGEST_CATEGORY} characters.")
        return names


class ConsentForm(SiteForm):
    """Statement of consent."""

    statement = forms.CharField(label="Statement", max_length=LONGEST_STATEMENT, initial=CONSENT, widget=forms.Textarea(attrs={"rows": 5}))
    given_by = forms.CharField(label="Given by", max_length=200, help_text="Name of the speaker, or of who states the consent.")


class CategoryForm(SiteForm):
    """New category."""

    name = forms.CharField(label="New category", max_length=LONGEST_CATEGORY)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="category-%s", **kwargs)

    def clean_name(self) -> str:
        return check_line(self.cleaned_data["name"])
