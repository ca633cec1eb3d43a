"""Django REST Framework and the OpenAPI schema."""

from typing import Any

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["apps.accounts.authentication.KeyAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["apps.accounts.permissions.HasAccount"],
    "DEFAULT_THROTTLE_CLASSES": ["apps.accounts.throttles.RequestsPerMinute"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["apps.core.parsing.JSONBodyParser"],
    "DEFAULT_SCHEMA_CLASS": "apps.core.schema.PlatformSchema",
    "EXCEPTION_HANDLER": "apps.core.exception_handler.handle_exception",
    "UNAUTHENTICATED_USER": None,
    "UNAUTHENTICATED_TOKEN": None,
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "apps.core.negotiation.JSONAlways",
}

TTSAI_LIMIT_STATE = "apps.accounts.throttles.limit_state_of"
"""(request) -> LimitState: what X-RateLimit-* shows where no throttle ran."""

SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "TTS platform",
    "DESCRIPTION": "Text to speech, speech to text, voices and audio tools. Every path also exists below `/api/v1/`; the trailing slash is optional.",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "SCHEMA_PATH_PREFIX": "/v1",
    "PREPROCESSING_HOOKS": ["apps.core.schema.only_first_prefix"],
    "POSTPROCESSING_HOOKS": ["apps.core.schema.add_what_every_answer_has"],  # without the library's, which names enums by collision
}
