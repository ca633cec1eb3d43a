"""GET /dashboard/pronunciations/: the dictionary, one entry, its CSV file; POST: add, change, delete, import."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse

from apps.core.errors import ApplicationError
from apps.dashboard.pages import add_service_error, dashboard_page, show
from apps.pronunciations.csv_files import LARGEST_FILE, read_csv, write_csv
from apps.pronunciations.selectors import get_pronunciation, list_pronunciations
from apps.pronunciations.services import change_pronunciation, delete_pronunciation, import_pronunciations, set_pronunciation
from apps.teams.access import AccountRequest
from apps.website.forms import SiteForm
from workers.text.pronunciations import LONGEST_REPLACEMENT, LONGEST_WORD, MOST_RULES

LARGEST_PK = 2**63 - 1


class EntryForm(SiteForm):
    """Entry of the dictionary."""

    word = forms.CharField(label="Word", max_length=LONGEST_WORD, help_text="One or more whole words, as texts write them.")
    replacement = forms.CharField(label="Spoken as", max_length=LONGEST_REPLACEMENT, help_text="Text that is spoken instead.")
    language = forms.CharField(label="Language", max_length=35, required=False, help_text="en, pt-br, …; empty for every language.")
    case_sensitive = forms.BooleanField(label="Only in exactly these capitals and small letters", required=False)


class ImportForm(SiteForm):
    """CSV file."""

    file = forms.FileField(label="CSV file", allow_empty_file=True, help_text="Columns: word, replacement, language, case_sensitive.")


@dashboard_page("GET", "POST")
def dictionary(request: AccountRequest) -> HttpResponseBase:
    """The entries; a POST adds one, or replaces the entry of the same word."""
    form = EntryForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            entry = set_pronunciation(request.account, entry=form.cleaned_data)
        except ApplicationError as error:
            add_service_error(form, error)
        else:
            messages.success(request, f"“{entry.word}” is saved. It applies to every new request.")
            return _to_dictionary()
    return _show_dictionary(request, form=form, import_form=ImportForm(auto_id="import-%s"))


@dashboard_page("GET", "POST")
def entry(request: AccountRequest, pk: int) -> HttpResponseBase:
    """One entry; a POST changes it."""
    found = get_pronunciation(request.account, pk=min(pk, LARGEST_PK))
    initial = {name: getattr(found, name) for name in EntryForm.base_fields}
    form = EntryForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_bound and form.is_valid():
        try:
            change_pronunciation(request.account, pk=found.pk, entry=form.cleaned_data)
        except ApplicationError as error:
            add_service_error(form, error)
        else:
            messages.success(request, f"“{form.cleaned_data['word']}” is saved.")
            return _to_dictionary()
    return show(request, "dashboard/pronunciation.html", {"entry": found, "form": form}, status=400 if form.is_bound else 200)


@dashboard_page("POST")
def delete(request: AccountRequest, pk: int) -> HttpResponseBase:
    deleted = delete_pronunciation(request.account, pk=min(pk, LARGEST_PK))
    messages.success(request, f"“{deleted.word}” is deleted.")
    return _to_dictionary()


@dashboard_page("GET")
def export(request: AccountRequest) -> HttpResponseBase:
    """The dictionary as a CSV file, which the import takes."""
    headers = {"Content-Disposition": 'attachment; filename="pronunciations.csv"'}
    return HttpResponse(write_csv(list_pronunciations(request.account)), content_type="text/csv; charset=utf-8", headers=headers)


@dashboard_page("POST")
def import_file(request: AccountRequest) -> HttpResponseBase:
    """Add or replace the entries of a CSV file: all, or none if one is invalid."""
    form = ImportForm(request.POST, request.FILES, auto_id="import-%s")
    if form.is_valid():
        try:
            count = import_pronunciations(request.account, entries=read_csv(form.cleaned_data["file"].read(LARGEST_FILE + 1)))
        except ApplicationError as error:
            form.add_error("file", error.message)
        else:
            messages.success(request, f"{count} entries are imported.")
            return _to_dictionary()
    return _show_dictionary(request, form=EntryForm(), import_form=form)


def _show_dictionary(request: AccountRequest, *, form: EntryForm, import_form: ImportForm) -> HttpResponse:
    entries = list(list_pronunciations(request.account))
    context = {"entries": entries, "form": form, "import_form": import_form, "limit": MOST_RULES}
    return show(request, "dashboard/pronunciations.html", context, status=400 if form.is_bound or import_form.is_bound else 200)


def _to_dictionary() -> HttpResponse:
    return HttpResponseRedirect(reverse("dashboard:pronunciations"))
