"""Middleware of every request: its id, its optional slash, the headers of every response; sessions in the zones that have them."""

import re
import time
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.http.request import split_domain_port
from django.http.response import HttpResponseBase
from django.middleware.clickjacking import XFrameOptionsMiddleware
from django.middleware.csrf import CsrfViewMiddleware
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.utils.module_loading import import_string
from structlog.contextvars import bind_contextvars, clear_contextvars, get_contextvars

from apps.core.cross_origin import allow_origin, is_preflight, preflight
from apps.core.deferred import Deferred
from apps.core.dialects import REQUEST_ID, dialect_of, routed_path
from apps.core.erased_people import as_erased_person
from apps.core.errors import ApplicationError, InvalidRequestError
from apps.core.exception_handler import asked_path, error_response, path_not_found
from apps.core.limits import LimitState
from apps.core.page_safety import add_security_headers
from apps.core.read_only_sessions import refuse_change
from apps.core.zones import PAGE, SITE, Zone, with_slash, zone_of, zone_of_request

SESSION_KEY: Final = re.compile("[A-Za-z0-9]{8,64}")

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class PlatformRequest(HttpRequest):
    """Django's request with the attributes that this platform sets on it."""

    request_id: str
    asked_path: str
    """Path that the client sent, which a shared path is routed away from."""
    zone: Zone
    limit_state: LimitState
    """Set by the throttle that counted this request."""
    page_refusal: ApplicationError
    """Set for a refused address of a page, which is answered with a page."""
    refusal: ApplicationError
    """Set by the shell if it refuses the body; rendered as a usual response with the usual headers."""


class RequestMiddleware:
    """Outermost middleware: refusals, OPTIONS, and the headers of every response: id, limits, CORS, browser security."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: PlatformRequest) -> HttpResponseBase:
        clear_contextvars()
        began_at = time.monotonic()
        try:
            response = self._respond(request)
            if isinstance(response, Deferred):  # the shell completes it
                response.log_ids, response.began_at = get_contextvars(), began_at
            else:
                dialect_of(request.path).apply_to(response, seconds=time.monotonic() - began_at)
            return response
        finally:
            clear_contextvars()

    def _respond(self, request: PlatformRequest) -> HttpResponseBase:
        request.asked_path = with_slash(asked_path(request))
        request.path_info = request.path = with_slash(routed_path(request.path_info, request.META))
        request.zone = zone_of(request.path_info)
        request.request_id = dialect_of(request.path).request_id_of(request.META)
        bind_contextvars(request=request.request_id)
        refusal = getattr(request, "refusal", None) or _refusal_of(request)
        if refusal is None and _has_nul_in_address(request):
            refusal = _nul_refusal(request)
        if refusal is not None:
            response: HttpResponseBase = error_response(refusal, request_id=request.request_id, path=request.path)
        elif is_preflight(request):
            response = preflight(request)
        elif request.method == "OPTIONS" and request.zone.has_optional_slash:
            response = _options(request)
        else:
            response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed) and not request.zone.has_error_pages:
            response = _not_allowed(request, response)  # Django's own, of a page: it has no body
        if request.zone.shows_limits:
            write_limit(response, limit_state_of(request))
        add_common_headers(response, request, request_id=request.request_id)
        return response


def add_common_headers(response: HttpResponseBase, request: HttpRequest, *, request_id: str) -> None:
    """Headers of every response beside the limits, those of the shell's own included."""
    response.headers[REQUEST_ID] = request_id
    allow_origin(response, request)
    add_security_headers(response, request)


def write_limit(response: HttpResponseBase, state: LimitState) -> None:
    """Set the X-RateLimit-* headers."""
    response.headers["X-RateLimit-Limit"] = str(state.limit)
    response.headers["X-RateLimit-Remaining"] = str(state.remaining)
    response.headers["X-RateLimit-Reset"] = str(state.reset_at)


def limit_state_of(request: HttpRequest) -> LimitState:
    """State set by the throttle; without one it is read without counting a request."""
    state: LimitState | None = getattr(request, "limit_state", None)
    return state or _peek()(request)


@cache
def _peek() -> Callable[[HttpRequest], LimitState]:
    # Named in the settings because plans and keys live in an app above this one.
    function: Callable[[HttpRequest], LimitState] = import_string(settings.TTSAI_LIMIT_STATE)
    return function


def _refusal_of(request: HttpRequest) -> ApplicationError | None:
    if not split_domain_port(request.META.get("HTTP_HOST", "none"))[0]:  # most views never ask for it
        return InvalidRequestError("The Host header is not a valid host name.")
    return None


def _has_nul_in_address(request: HttpRequest) -> bool:
    return "\x00" in request.path or "%00" in request.META.get("QUERY_STRING", "")


def _nul_refusal(request: PlatformRequest) -> ApplicationError | None:
    """Refusal of an address with a NUL character; None for people, to whom SessionZoneMiddleware shows it as a page."""
    refusal = InvalidRequestError("The URL contains a NUL character.")
    if not (request.zone.has_error_pages or _is_unknown_page(request)):
        return refusal
    request.page_refusal = refusal
    request.zone = request.zone if request.zone.has_error_pages else SITE
    return None


def _is_unknown_page(request: HttpRequest) -> bool:
    """True for a browser at an address that no zone claims, which is a 404."""
    return zone_of_request(request) is PAGE and "text/html" in request.headers.get("Accept", "")


def _not_allowed(request: PlatformRequest, response: HttpResponseNotAllowed) -> HttpResponseBase:
    message = f'Method "{request.method}" not allowed.'
    error = InvalidRequestError(message, status=405, code="method_not_allowed", headers={"Allow": response.headers["Allow"]})
    return error_response(error, request_id=request.request_id, path=request.path)


def _options(request: PlatformRequest) -> HttpResponseBase:
    try:
        view: Any = resolve(request.path_info).func
    except Resolver404:
        return error_response(path_not_found(asked_path(request)), request_id=request.request_id, path=request.path)
    view_class = getattr(view, "cls", None) or getattr(view, "view_class", None)
    methods = [name for name in ("get", "post", "put", "patch", "delete") if hasattr(view_class, name)]
    has_head = "get" in methods or hasattr(view_class, "head")
    allowed = [name.upper() for name in methods] + (["HEAD"] if has_head else []) + ["OPTIONS"]
    of_view: Mapping[str, str] = getattr(view_class, "options_headers", {})
    return HttpResponse(headers={"Allow": ", ".join(allowed), "Content-Length": "0", **of_view})


class CheckedSessionMiddleware(SessionMiddleware):
    """Django's sessions; a cookie that no session can have is as good as none, and never reaches the database."""

    def process_request(self, request: HttpRequest) -> None:
        if SESSION_KEY.fullmatch(request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")) is None:
            request.COOKIES.pop(settings.SESSION_COOKIE_NAME, None)
        super().process_request(request)


def load_session(request: HttpRequest) -> None:
    """Give a request its session and its user outside of the middleware, for checks of the shell before the body is read."""
    CheckedSessionMiddleware(_no_response).process_request(request)
    AuthenticationMiddleware(_no_response).process_request(request)


def _no_response(_request: HttpRequest) -> HttpResponse:
    return HttpResponse()


class PageCompressionMiddleware(GZipMiddleware):
    """Compresses pages and their fragments, with Django's random padding against BREACH. Streams and JSON stay as they are."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if response.streaming or not response.headers.get("Content-Type", "").startswith("text/html"):
            return response
        return super().process_response(request, response)


def _log_out(request: HttpRequest) -> HttpResponse:
    """End the session of a person who was erased during the request, and show the login page."""
    request.session.flush()
    request.user = AnonymousUser()
    messages.info(request, "This login was deleted.")
    if "HX-Request" in request.headers:
        return HttpResponse(headers={"HX-Redirect": settings.LOGIN_URL})
    return HttpResponseRedirect(settings.LOGIN_URL)


class SessionZoneMiddleware:
    """Django's middleware for sessions, users, CSRF and messages, in zones with sessions: API requests do not pay for it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        inner = XFrameOptionsMiddleware(MessageMiddleware(PageCompressionMiddleware(self._respond)))
        self.csrf = CsrfViewMiddleware(AuthenticationMiddleware(inner))
        self.with_session = CheckedSessionMiddleware(self.csrf)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if settings.SESSION_COOKIE_NAME in request.COOKIES and _is_unknown_page(request):
            request.zone = SITE  # type: ignore[attr-defined]  # the page of the 404 shows who is signed in
        if zone_of_request(request).has_sessions:
            response: HttpResponseBase = self.with_session(request)  # type: ignore[assignment]
            return response
        return self.get_response(request)

    def _respond(self, request: HttpRequest) -> HttpResponseBase:
        refusal: ApplicationError | None = getattr(request, "page_refusal", None)
        if refusal is not None:
            return render(request, "refused.html", {"message": refusal.message}, status=refusal.status)
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponseBase | None:
        """Page that says what a service refused, where a view of the product's pages has not said it itself."""
        if zone_of_request(request) is not SITE:
            return None
        if as_erased_person(error) is not None:
            return _log_out(request)
        if not isinstance(error, ApplicationError):
            return None
        response = render(request, "refused.html", {"message": error.message}, status=error.status)
        for name, value in error.headers.items():
            response.headers[name] = value
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:
        """Check CSRF, as Django does once the view is known, and keep read-only sessions from changing anything."""
        if not zone_of_request(request).has_sessions:
            return None
        return self.csrf.process_view(request, view, args, kwargs) or refuse_change(request) or _refuse_nul(request)


def _refuse_nul(request: HttpRequest) -> HttpResponseBase | None:
    """400 for a form of a page with a NUL character, which no text column takes. CSRF protection has read the form already."""
    if zone_of_request(request) is not SITE or request.method != "POST":
        return None
    if any("\x00" in value for values in request.POST.lists() for value in (values[0], *values[1])):
        return render(request, "refused.html", {"message": "The form contains a NUL character."}, status=400)
    return None
