"""API keys: created and rotated through forms that show the secret once."""

from typing import Any, cast

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from unfold.decorators import action, display

from apps.accounts.models import ApiKey, User
from apps.accounts.services import create_key, revoke_key, rotate_key
from apps.operator.admin.forms import ConfirmForm, KeyForm, NewKeyForm, RotationForm
from apps.operator.admin.pages import ConfirmationAdmin, FormPage
from workers.contract.time_units import HOUR_SECONDS

STATE_COLOURS = {"live": "success", "expires": "warning", "expired": "danger", "revoked": "danger"}


@admin.register(ApiKey)
class ApiKeyAdmin(ConfirmationAdmin):
    form = KeyForm
    list_display = [
        "prefix",
        "name",
        "account",
        "state",
        "shown_scopes",
        "requests_per_minute",
        "concurrent_jobs",
        "last_used_at",
        "created_at",
    ]
    list_filter = ["revoked_at", "account__plan", "is_limited_apart"]
    list_select_related = ["account"]
    search_fields = ["prefix", "name", "account__name"]
    search_help_text = "Prefix or name of the key, or account name"
    fields = [
        "account",
        "name",
        "prefix",
        "state",
        "scopes",
        ("requests_per_minute", "concurrent_jobs"),
        ("requests_per_minute_by_scope", "is_limited_apart"),
        ("created_by", "created_at"),
        "last_used_at",
        ("expires_at", "revoked_at"),
    ]
    readonly_fields = ["account", "prefix", "state", "created_by", "created_at", "last_used_at", "expires_at", "revoked_at"]
    actions_detail = ["rotate", "revoke"]

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002
        """Deletion is refused: revoke the key, so that its uses stay traceable."""
        return False

    @display(description="state", label=STATE_COLOURS)
    def state(self, key: ApiKey) -> str:
        """State of the key: whether it still works."""
        if key.revoked_at is not None:
            return "revoked"
        if key.expires_at is None:
            return "live"
        return "expires" if key.is_live else "expired"

    @display(description="scopes")
    def shown_scopes(self, key: ApiKey) -> str:
        return ", ".join(key.scopes) or "everything"

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:  # noqa: ARG002
        """Form for a new key, then the secret: in the response itself, so that it is stored in no session and no redirect."""
        if not self.has_add_permission(request):
            raise PermissionDenied

        def perform(given: dict[str, Any]) -> HttpResponse:
            account = given.pop("account")
            key, secret = create_key(account, created_by=cast("User", request.user), is_operator=True, **given)
            self.log_addition(request, key, [{"added": {}}])
            return self._secret_page(request, key=key, secret=secret)

        page = FormPage(
            "New API key",
            "Limits that you give here replace the plan's for this key.",
            "Make the key",
            NewKeyForm,
            initial={"account": request.GET.get("account")},
        )
        return self.ask(request, page=page, obj=None, perform=perform)

    @action(description="Rotate…", icon="autorenew", permissions=["accounts.change_apikey"])
    def rotate(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Create a successor; both keys are valid until the overlap ends."""
        key: ApiKey = self.get_or_404(request, object_id)

        def perform(given: dict[str, Any]) -> HttpResponse:
            successor, secret = rotate_key(key, overlap_seconds=given["overlap_hours"] * HOUR_SECONDS)
            self.log_change(request, key, f"Rotated: {successor} follows")
            return self._secret_page(request, key=successor, secret=secret)

        page = FormPage(f"Rotate {key}", "Creates a key with the same scopes and limits.", "Rotate", RotationForm)
        return self.ask(request, page=page, obj=key, perform=perform)

    @action(description="Revoke…", icon="block", permissions=["operator.revoke_key"])
    def revoke(self, request: HttpRequest, object_id: str) -> HttpResponse:
        key: ApiKey = self.get_or_404(request, object_id)

        def perform(_given: dict[str, Any]) -> str:
            revoke_key(key)
            return "Revoked"

        page = FormPage(f"Revoke {key}", "The key is refused from now on. This cannot be undone.", "Revoke", ConfirmForm, is_dangerous=True)
        return self.ask(request, page=page, obj=key, perform=perform)

    def _secret_page(self, request: HttpRequest, *, key: ApiKey, secret: str) -> HttpResponse:
        context = self.admin_site.each_context(request) | {"title": "The new key", "opts": self.opts, "key": key, "secret": secret}
        return render(request, "operator/secret.html", context | {"back": self._page_of(key)})  # no-store: as all of the admin
