"""Renders every error in the dialect of its path, whether a service, the framework or a bug raised it."""

import logging
import math
import sys
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.core.exceptions import PermissionDenied as DjangoPermissionDenied
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseServerError, JsonResponse, UnreadablePostError
from django.http.response import HttpResponseBase
from django.template.loader import get_template
from django.views import defaults
from rest_framework import exceptions

from apps.core import retry_after
from apps.core.dialects import dialect_of
from apps.core.erased_people import as_erased_person
from apps.core.errors import (
    ApplicationError,
    AuthenticationFailedError,
    InvalidRequestError,
    NotFoundError,
    PermissionDeniedError,
    TooManyRequestsError,
    UnavailableError,
)
from apps.core.page_safety import site_policy
from apps.core.zones import PAGE, zone_of_request

logger = logging.getLogger(__name__)

View = Callable[..., HttpResponseBase]

SHOWN_PATH = 200
SHOWN_DETAIL = 300
"""Most characters of the framework's message, which repeats what the client sent (such as a content type of 60 kB)."""
OWN_CODES = frozenset({"batch_too_long", "invalid_url", "not_supported", "not_supported_yet", "text_too_long"})
"""Error codes that our serializers set; REST framework's own (max_length, invalid_choice, …) are not public."""


def handle_exception(error: Exception, context: dict[str, Any]) -> HttpResponse:
    """REST framework's exception handler."""
    request = context["request"]
    return refusal(request, as_application_error(error))


def error_response(error: ApplicationError, *, request_id: str, path: str) -> JsonResponse:
    """JSON response for an error, in the dialect of the path."""
    dialect = dialect_of(path)
    status, body = dialect.render_error(error, request_id)
    response = JsonResponse(body, status=status, headers=error.headers, safe=False)
    if status == 401:
        response.headers.setdefault("WWW-Authenticate", dialect.challenge)
    return response


def refusal(request: HttpRequest, error: ApplicationError) -> JsonResponse:
    """JSON response for an error of the request, in the dialect of its path."""
    return error_response(error, request_id=getattr(request, "request_id", ""), path=request.path)


def with_json_errors(view: View) -> View:
    """Decorate a plain Django view whose clients are programs, a page's script among them: its errors are JSON in every zone."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except ApplicationError as error:
            return refusal(request, error)

    return answered


def as_application_error(error: Exception) -> ApplicationError:
    """Convert an exception to an ApplicationError; a bug is logged and becomes a 500 without details."""
    if isinstance(error, ApplicationError):
        return error
    if (erased := as_erased_person(error)) is not None:
        return erased
    if isinstance(error, exceptions.ValidationError):
        return invalid_fields(error)
    if isinstance(error, exceptions.Throttled):
        seconds = math.ceil(getattr(error, "wait", None) or 1)
        return TooManyRequestsError(str(error.detail), headers={"Retry-After": str(seconds)})
    if isinstance(error, exceptions.APIException):
        return _from_framework(error)
    return _from_django(error)


def _from_django(error: Exception) -> ApplicationError:
    if isinstance(error, Http404):
        return NotFoundError(str(error) or "Not found.")
    if isinstance(error, DjangoPermissionDenied):
        return PermissionDeniedError("Permission denied.")
    if isinstance(error, SuspiciousOperation | BadRequest | UnreadablePostError):
        return InvalidRequestError("The request is malformed.")
    if isinstance(error, OperationalError | InterfaceError):
        logger.error("database: %s", error)
        return _database_unavailable()
    logger.error("a bug", exc_info=error)
    return _internal_error()


def _database_unavailable() -> ApplicationError:
    return UnavailableError("The database is not available right now. Try again.", headers={"Retry-After": retry_after.BUSY})


def _internal_error() -> ApplicationError:
    error = ApplicationError("Something went wrong on our side.", status=500, code="internal_error")
    error.type = "server_error"
    return error


FRAMEWORK_ERRORS: tuple[tuple[type[exceptions.APIException], type[ApplicationError], str], ...] = (
    (exceptions.ParseError, InvalidRequestError, "invalid_body"),
    (exceptions.UnsupportedMediaType, InvalidRequestError, "unsupported_media_type"),
    (exceptions.MethodNotAllowed, InvalidRequestError, "method_not_allowed"),
    (exceptions.NotAuthenticated, AuthenticationFailedError, "invalid_api_key"),
    (exceptions.AuthenticationFailed, AuthenticationFailedError, "invalid_api_key"),
    (exceptions.PermissionDenied, PermissionDeniedError, "permission_denied"),
    (exceptions.NotFound, NotFoundError, "not_found"),
    (exceptions.APIException, InvalidRequestError, "invalid_request"),
)


def _from_framework(error: exceptions.APIException) -> ApplicationError:
    ours, code = next((ours, code) for theirs, ours, code in FRAMEWORK_ERRORS if isinstance(error, theirs))
    return ours(str(error.detail)[:SHOWN_DETAIL], code=code, status=error.status_code if ours is InvalidRequestError else None)


def invalid_fields(error: exceptions.ValidationError) -> InvalidRequestError:
    """The first validation error of a body, with the name of its field: `format`, `lines[1].text`."""
    param = ""
    detail: Any = error.detail
    while isinstance(detail, dict | list) and detail:
        name, detail = _first_error(detail)
        param = _nested(param, name)
    message = str(detail) if detail else "Invalid."
    return InvalidRequestError(f"{param}: {message}" if param else message, param=param or None, code=_code_of(detail))


def _first_error(detail: dict[Any, Any] | list[Any]) -> tuple[str | int, Any]:
    """Name of the field or number of the item with the first error, empty for the whole, and that error. Items of a list of objects without an
    error are empty.
    """
    if isinstance(detail, dict):
        name, found = next(iter(detail.items()))
        return ("" if name == "non_field_errors" else name), found
    number = next((number for number, item in enumerate(detail) if isinstance(item, dict) and item), None)
    return ("", detail[0]) if number is None else (number, detail[number])


def _nested(param: str, name: str | int) -> str:
    if isinstance(name, int):
        return f"{param}[{name}]"
    return f"{param}.{name}" if param and name else param or name


def _code_of(detail: Any) -> str:
    code = str(getattr(detail, "code", ""))
    if code in {"required", "null", "blank"}:
        return "missing_field"
    return code if code in OWN_CODES else "invalid_request"


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Handler for 400 (Django's handler400)."""
    return _json_error_response(request, InvalidRequestError("The request is malformed.")) or defaults.bad_request(request, exception)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Handler for 403 (Django's handler403)."""
    return _json_error_response(request, PermissionDeniedError("Permission denied.")) or defaults.permission_denied(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Handler for 404 (Django's handler404)."""
    return _json_error_response(request, path_not_found(asked_path(request))) or _as_page(
        defaults.page_not_found(request, exception), request
    )


def asked_path(request: HttpRequest) -> str:
    """Path that the client sent, for messages: a shared path is routed elsewhere (apps/core/dialects.py)."""
    path: str = getattr(request, "asked_path", request.path)
    return path


def path_not_found(path: str) -> NotFoundError:
    """The 404 of a path without a route."""
    return NotFoundError(f"Unknown path {path[:SHOWN_PATH]}. GET /v1/schema/ lists all paths.")


def server_error(request: HttpRequest) -> HttpResponse:
    """Handler for 500 (Django's handler500), for errors outside API views. Django has logged them."""
    cause = sys.exc_info()[1]
    error = _database_unavailable() if isinstance(cause, OperationalError | InterfaceError) else _internal_error()
    return _json_error_response(request, error) or _server_error_page(request)


def _server_error_page(request: HttpRequest) -> HttpResponse:
    """Page of a 500, made without the context of pages, which may be what failed."""
    shown = {"product_name": settings.TTSAI_PRODUCT_NAME, "request_id": getattr(request, "request_id", "")}
    return HttpResponseServerError(get_template("500.html").render(shown))


def _json_error_response(request: HttpRequest, error: ApplicationError) -> JsonResponse | None:
    """JSON response for the error; None in a zone with HTML error pages, and for a browser at an address of no zone."""
    zone = zone_of_request(request)
    if zone.has_error_pages or (zone is PAGE and "text/html" in request.headers.get("Accept", "")):
        return None
    return refusal(request, error)


def _as_page(response: HttpResponse, request: HttpRequest) -> HttpResponse:
    """The response with the policy of pages, at an address of no zone too."""
    if zone_of_request(request) is PAGE:
        response.headers["Content-Security-Policy"] = site_policy(request)
    return response
