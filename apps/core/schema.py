"""The OpenAPI schema: one of the two prefixes, the keys, and the parts common to all responses."""

import re
from collections.abc import Iterable
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.renderers import OpenApiYamlRenderer
from drf_spectacular.settings import spectacular_settings

from apps.core.dialects import PLATFORM, Dialect, dialect_of

Endpoint = tuple[str, str, str, Any]

HEADERS = {
    "X-Request-Id": ("string", "The request's id; your own X-Request-Id where you sent one."),
    "X-RateLimit-Limit": ("integer", "Requests a minute."),
    "X-RateLimit-Remaining": ("integer", "Requests left in the last 60 seconds' window."),
    "X-RateLimit-Reset": ("integer", "Unix seconds when requests become free again."),
}

ERROR = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["message", "type", "code", "param", "request_id"],
            "properties": {
                "message": {"type": "string"},
                "type": {
                    "type": "string",
                    "enum": [
                        "invalid_request_error",
                        "authentication_error",
                        "insufficient_credits",
                        "rate_limit_error",
                        "not_found",
                        "server_error",
                    ],
                },
                "code": {"type": "string", "description": "Never changes its meaning; choose by it and not by the message."},
                "param": {"type": ["string", "null"], "description": "The field at fault."},
                "request_id": {"type": "string"},
            },
        },
        "credits_remaining": {"type": "number", "description": "With 402."},
        "credits_needed": {"type": "number", "description": "With 402."},
    },
}

ERRORS = {
    "400": "The request is malformed, or names what is not there (an unknown model, too).",
    "401": "The key is missing, wrong, expired or revoked.",
    "402": "Not enough credits, or the key's spending cap of the month is reached (`key_cap_reached`); `credits_remaining` and `credits_needed` stand beside `error`.",
    "403": "The key or the plan does not open this, or the account is suspended.",
    "404": "There is no such thing, or it is not yours.",
    "409": "The Idempotency-Key was used with another body, or the state does not allow this.",
    "410": "It was there; its retention has passed.",
    "412": "The client speaks another version of the protocol than this server.",
    "413": "The body is larger than the endpoint takes.",
    "415": "The body's content type is not taken here.",
    "422": "A field is missing, or its value is invalid.",
    "429": "Over a limit; `Retry-After` tells how long to wait.",
    "460": "The piece's checksum is not that of the header; nothing was stored, send it again.",
    "503": "A server that the platform needs is away, or a job could not be done for want of one; try again.",
    "504": "Not ready in time. `timeout`: the job continues, poll the `uuid` beside `error`. `timed_out`: the job failed and costs nothing.",
}
ALWAYS = ("400", "401", "403", "429", "503")
WITH_BODY = ("413", "415")
UNEXPECTED = {
    "402": "This operation charges nothing, so it does not answer this today. It is listed so that one handler of errors fits every operation.",
    "504": "This operation waits for no job. A proxy in front of the platform may answer this, with a body of its own, if the platform does not answer in time.",
}
"""Errors that every operation lists, for one that does not answer them itself."""
NAMING = re.compile(r"(?:\b|_)(?:uu)?id$")
"""Query parameters that name an object."""


class KeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """The OpenAPI security schemes for sending a key."""

    target_class = "apps.accounts.authentication.KeyAuthentication"
    match_subclasses = True
    name = ["bearer", "header"]

    def get_security_requirement(self, auto_schema: AutoSchema) -> list[dict[str, list[str]]]:  # noqa: ARG002
        """One of the two headers."""
        return [{name: []} for name in self.name]

    def get_security_definition(self, auto_schema: AutoSchema) -> list[dict[str, str]]:  # noqa: ARG002
        """The two headers that carry a key."""
        return [
            {"type": "http", "scheme": "bearer", "description": "`Authorization: Bearer sk-tts-…`"},
            {"type": "apiKey", "in": "header", "name": "X-API-Key"},
        ]


class PlatformSchema(AutoSchema):
    """Schema of a view, aware of the permissions that admit callers without a key."""

    def get_auth(self) -> list[dict[str, list[str]]]:
        """Security requirements; empty if no key is needed."""
        requirements: list[dict[str, list[str]]] = super().get_auth()
        if any(getattr(permission, "welcomes_anonymous", False) for permission in self.view.get_permissions()):
            requirements.append({})
        return requirements

    def _get_response_bodies(self, direction: str = "response") -> dict[str, Any]:
        """Document every success as 200; the library would use 201 and 204 for some methods. Views with `waits_for_job` have 504, those with
        `charges_credits` 402: where the parameters do not tell it.
        """
        declared = self.get_response_serializers()
        if isinstance(declared, dict):
            bodies: dict[str, Any] = super()._get_response_bodies(direction)
        else:
            bodies = {"200": self._get_response_for_code(declared, "200", direction=direction)}  # type: ignore[no-untyped-call]
        marks = (("504", "waits_for_job"), ("402", "charges_credits"))
        return bodies | {status: {} for status, mark in marks if getattr(self.view, mark, False) and status not in bodies}


def only_first_prefix(endpoints: Iterable[Endpoint]) -> list[Endpoint]:
    """Drop `/api/v1/` and `/web/v1/`, which equal `/v1/`, and `/api/v2/`."""
    return [endpoint for endpoint in endpoints if not endpoint[0].startswith(("/api/v1/", "/web/v1/", "/api/v2/"))]


def add_bodies_of_webhooks(result: dict[str, Any], *, generator: SchemaGenerator, **_: Any) -> dict[str, Any]:
    """Add the components of webhooks: drf-spectacular 0.30 collects components before the webhooks, which then refer to nothing."""
    return result | {"components": generator.registry.build(spectacular_settings.APPEND_COMPONENTS)}


def leave_out_labels(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Remove the titles of properties: they repeat the labels of the operator's pages, and are no part of the API."""
    for schema in result.get("components", {}).get("schemas", {}).values():
        for part in schema.get("properties", {}).values():
            part.pop("title", None)
    return result


def add_common_responses(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Add errors, headers and keys common to all operations, in the dialect of each path."""
    components = result.setdefault("components", {})
    components.setdefault("schemas", {})["Error"] = ERROR
    components["headers"] = {name: {"schema": {"type": kind}, "description": text} for name, (kind, text) in HEADERS.items()}
    for name, path in result["paths"].items():
        dialect = dialect_of(name)
        headers = {dialect.header_name(header): {"$ref": f"#/components/headers/{header}"} for header in HEADERS}
        error = _error_component(dialect, components)
        for operation in path.values():
            _set_security(dialect, operation, components)
            responses = operation["responses"]
            named = {*_expected(name, operation), *dialect.error_statuses, *(status for status in responses if status in ERRORS)}
            for status in sorted({*named, *UNEXPECTED}):
                general = ERRORS[status] if status in named else UNEXPECTED[status]
                responses[status] = _error(responses.get(status, {}).get("description") or general, component=error)
            operation["responses"] = dict(sorted(responses.items()))
            for response in operation["responses"].values():
                response["headers"] = {**response.get("headers", {}), **headers}
    return result


def _expected(path: str, operation: dict[str, Any]) -> tuple[str, ...]:
    """Errors that follow from the parameters of the operation."""
    parameters = {(parameter["in"], parameter["name"]) for parameter in operation.get("parameters", ())}
    is_naming = "{" in path or any(place == "query" and NAMING.search(name) for place, name in parameters)
    is_starting_work = ("header", "Idempotency-Key") in parameters
    is_waiting = ("query", "async") in parameters  # 504 also where the longest wait ends with 202: a job that computes too long has failed
    return (
        *ALWAYS,
        *(WITH_BODY if "requestBody" in operation else ()),
        *(("404", "409", "410") if is_naming else ()),
        *(("402", "409") if is_starting_work else ()),
        *(("504",) if is_waiting else ()),
    )


def schema() -> dict[str, Any]:
    made: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return made


def schema_yaml() -> bytes:
    """The schema as in openapi.yaml."""
    rendered: bytes = OpenApiYamlRenderer().render(schema(), renderer_context={})  # type: ignore[no-untyped-call]
    return rendered


def _error(description: str, *, component: str) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{component}"}}}}


def _error_component(dialect: Dialect, components: dict[str, Any]) -> str:
    """Name of the dialect's error schema, which is added to the components."""
    if dialect.error_schema is None:
        return "Error"
    name = f"{dialect.name.title().replace('-', '')}Error"
    components["schemas"][name] = dialect.error_schema
    return name


def _set_security(dialect: Dialect, operation: dict[str, Any], components: dict[str, Any]) -> None:
    """Replace the operation's security by the key headers of the dialect; an operation without a key stays so."""
    if dialect.key_headers == PLATFORM.key_headers or "security" not in operation:
        return
    schemes = {f"{dialect.name}-{header.name}": header for header in dialect.key_headers}
    for name, header in schemes.items():
        description = f"`{header.example}`"
        components.setdefault("securitySchemes", {})[name] = {
            "type": "apiKey",
            "in": "header",
            "name": header.name,
            "description": description,
        }
    operation["security"] = [{name: []} for name in schemes] + [{} for requirement in operation["security"] if not requirement]
