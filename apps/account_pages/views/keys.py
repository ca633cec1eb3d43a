"""Pages of keys: list, create, change, rotate, revoke."""

from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse

from apps.account_pages.forms import AccessForm, CapForm, KeyForm, OverlapForm
from apps.account_pages.pages import add_service_error, member_page, show
from apps.accounts.models import ApiKey
from apps.accounts.selectors import add_spending, get_key, list_keys
from apps.accounts.services import change_key_for, change_key_rights, create_key_for, revoke_key, rotate_key_for
from apps.core.errors import ApplicationError
from apps.jobs.usage import read_period, read_usage
from apps.teams.access import AccountRequest
from apps.teams.selectors import list_orphaned_keys

RIGHTS: Final = ("scopes", "requests_per_minute", "requests_per_minute_by_scope", "concurrent_jobs")


@member_page("GET")
def key_list(request: AccountRequest) -> HttpResponseBase:
    """Keys with their use, live ones first."""
    keys = add_spending(list_keys(request.account).select_related("created_by"))
    used = _use_by_key(request)
    rows = [(key, used.get(key.pk)) for key in sorted(keys, key=lambda key: not key.is_live)]
    orphaned = set(list_orphaned_keys(request.account).values_list("pk", flat=True))
    return show(request, "keys", {"rows": rows, "orphaned": orphaned, "live_count": sum(key.is_live for key in keys)})


@member_page("GET", "POST")
def new_key(request: AccountRequest) -> HttpResponseBase:
    """Form of a new key; the page after it shows the secret, once."""
    form = KeyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        asked = {name: form.cleaned_data[name] for name in ("name", *RIGHTS)}
        try:
            key, secret = create_key_for(request.caller, **asked, monthly_cap_millicredits=form.cap_millicredits)
        except ApplicationError as error:
            add_service_error(form, error)
        else:
            return show(request, "key_secret", {"key": key, "secret": secret})
    plan = request.caller.plan
    return show(request, "key_new", {"form": form, "plan": plan}, status=200 if not form.errors else 422)


@member_page("GET", "POST")
def one_key(request: AccountRequest, key_id: int) -> HttpResponseBase:
    """A key with its use; POST changes name and cap."""
    key = get_key(request.account, key_id=key_id)
    initial = {
        "name": key.name,
        "monthly_cap_credits": None if key.monthly_cap_millicredits is None else key.monthly_cap_millicredits / 1000,
    }
    form = CapForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            change_key_for(request.caller, key=key, name=form.cleaned_data["name"], monthly_cap_millicredits=form.cap_millicredits)
        except ApplicationError as error:
            add_service_error(form, error)
        else:
            messages.success(request, "Saved.")
            return HttpResponseRedirect(reverse("account_pages:key", args=[key.pk]))
    (key,) = add_spending([key])
    context = {"key": key, "form": form, "rotation": OverlapForm(), "used": _use_by_key(request).get(key.pk)}
    return show(request, "key", context, status=200 if not form.errors else 422)


@member_page("GET", "POST")
def access(request: AccountRequest, key_id: int) -> HttpResponseBase:
    """Form of a live key's scopes and limits, which apply from the next request on."""
    key = get_key(request.account, key_id=key_id)
    if not key.is_live:
        return HttpResponseRedirect(reverse("account_pages:key", args=[key.pk]))
    initial = {"access": "some" if key.scopes else "all", **{name: getattr(key, name) for name in RIGHTS}}
    form = AccessForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            change_key_rights(key, **{name: form.cleaned_data[name] for name in RIGHTS})
        except ApplicationError as error:
            add_service_error(form, error)
        else:
            messages.success(request, "Saved.")
            return HttpResponseRedirect(reverse("account_pages:key", args=[key.pk]))
    context = {"key": key, "form": form, "plan": request.caller.plan}
    return show(request, "key_access", context, status=200 if not form.errors else 422)


@member_page("POST")
def rotate(request: AccountRequest, key_id: int) -> HttpResponseBase:
    """Replace a key; the page shows the secret of the new one, once."""
    key = get_key(request.account, key_id=key_id)
    form = OverlapForm(request.POST)
    overlap = form.cleaned_data["overlap_seconds"] if form.is_valid() else OverlapForm.base_fields["overlap_seconds"].initial
    successor, secret = rotate_key_for(request.caller, key=key, overlap_seconds=overlap)
    return show(request, "key_secret", {"key": successor, "secret": secret, "replaced": get_key(request.account, key_id=key_id)})


@member_page("POST")
def revoke(request: AccountRequest, key_id: int) -> HttpResponseBase:
    """End a key at once."""
    key: ApiKey = get_key(request.account, key_id=key_id)
    revoke_key(key)
    messages.success(request, f"{key.name} is revoked.")
    return HttpResponseRedirect(reverse("account_pages:keys"))


def _use_by_key(request: AccountRequest) -> dict[int, dict[str, Any]]:
    """Jobs and credits of the last 30 days, by the key's number."""
    used = read_usage(request.account.pk, period=read_period("", last=""), group_by="key")
    return {row["key"]["id"]: row for row in used["usage"] if row.get("key")}
