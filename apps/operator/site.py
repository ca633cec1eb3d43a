"""The admin's site: refused actions are audited, and ids of jobs masked."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from django.contrib.admin.exceptions import DisallowedModelAdminLookup, DisallowedModelAdminToField
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.core.handlers.exception import get_exception_response
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, URLResolver, get_resolver, get_urlconf, path
from unfold.sites import UnfoldAdminSite

from apps.audit.models import Outcome
from apps.audit.services import Action, record_action
from apps.operator import impersonation, live, masked_ids, second_factor

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})

View = Callable[..., HttpResponseBase]


class OperatorSite(UnfoldAdminSite):
    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Addresses without Django's shortcut to a row's page on the site: no row has one, and the models of statistics have no table to look in."""
        return [found for found in super().get_urls() if getattr(found, "name", "") != "view_on_site"]

    def extra_urls(self) -> list[URLPattern]:
        """Pages beside the tables."""
        return [
            path("live/", self.admin_view(live.live_view), name="live"),
            path("impersonation/end/", self.admin_view(impersonation.end_impersonation), name="end_impersonation"),
        ]

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponseBase:
        """Leave the login to the site where second factors are asked for; somebody who is logged in already reads what they lack."""
        if second_factor.is_required() and not request.user.is_authenticated:
            return second_factor.lead_to_login(request)
        page: HttpResponseBase = super().login(request, extra_context)
        return page

    def admin_view(self, view: View, cacheable: bool = False) -> View:  # noqa: FBT001, FBT002 - Django's signature
        """Django's view after the second factor, with an entry of the audit log for each action that a staff user lacks the permission for. Ids of jobs that
        open results are masked for operators who may not see these.
        """
        guarded: View = super().admin_view(view, cacheable)

        @wraps(guarded)
        def audited(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if (proof := second_factor.lead_to_proof(request)) is not None:
                return proof
            masked_ids.read_masks(request, kwargs)
            try:
                response = guarded(request, *args, **kwargs)
            except PermissionDenied:
                _record_refusal(request)
                raise
            except (DisallowedModelAdminLookup, DisallowedModelAdminToField) as error:
                return _refuse_filter(request, error)
            if response.status_code == 403:
                _record_refusal(request)
            return masked_ids.mask_response(request, response)

        return audited


def _refuse_filter(request: HttpRequest, error: SuspiciousOperation) -> HttpResponse:
    """Page 400 for an address with a filter that the list does not show. Django would log an error with a traceback."""
    record_action(request, Action(name="filter", message=f"{error}: {request.path}"[:500], outcome=Outcome.DENIED))
    name = type(error).__name__
    logging.getLogger(f"django.security.{name}").warning("%s: %s", ascii(str(error)[:200]), request.path)
    response: HttpResponse = get_exception_response(request, get_resolver(get_urlconf()), 400, error)
    return response


def _record_refusal(request: HttpRequest) -> None:
    if request.method in SAFE_METHODS or not request.user.is_authenticated:
        return
    match = request.resolver_match
    name = "" if match is None else match.url_name or ""
    record_action(request, Action(name=name or "post", message=f"No permission: {request.path}"[:500], outcome=Outcome.DENIED))
