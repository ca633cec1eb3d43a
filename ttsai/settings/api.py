"""Settings of Django REST Framework, the OpenAPI schema, and browser security."""

from typing import Any

from ttsai.settings import environment

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "apps.accounts.session_authentication.SessionAuthentication",  # does nothing outside of zones with sessions
        "apps.accounts.authentication.KeyAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["apps.accounts.permissions.HasAccount"],
    "DEFAULT_THROTTLE_CLASSES": ["apps.accounts.throttles.RequestsPerMinute"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["apps.core.parsing.JSONBodyParser"],
    "DEFAULT_SCHEMA_CLASS": "apps.core.schema.PlatformSchema",
    "EXCEPTION_HANDLER": "apps.core.exception_handler.handle_exception",
    "UNAUTHENTICATED_USER": None,
    "UNAUTHENTICATED_TOKEN": None,
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "apps.core.negotiation.JSONOnlyNegotiation",
}

TTSAI_DIALECTS = [
    f"apps.compat.{found.parent.name}.dialect.DIALECT" for found in sorted((environment.ROOT / "apps" / "compat").glob("*/dialect.py"))
]
"""Other vendors' APIs: every folder of apps/compat/ that declares a dialect."""

TTSAI_LIMIT_STATE = "apps.accounts.throttles.limit_state_of"
"""(request) -> LimitState: state for X-RateLimit-* if no throttle ran."""

SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Speech Platform",
    "DESCRIPTION": "Text to speech, speech to text, voices and audio tools. Every path also exists below `/api/v1/`; the trailing slash is optional.",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "SCHEMA_PATH_PREFIX": "/v1",
    "AUTHENTICATION_WHITELIST": ["apps.accounts.authentication.KeyAuthentication"],
    "PREPROCESSING_HOOKS": ["apps.core.schema.only_first_prefix"],
    "WEBHOOKS": [
        "apps.speech.documented.JOB_COMPLETED",
        "apps.speech.documented.JOB_FAILED",
        "apps.batches.documented.BATCH_COMPLETED",
        "apps.voices.documented.VOICE_READY",
        "apps.voices.documented.VOICE_FAILED",
        *(f"apps.webhooks.documented.{name}" for name in ("CREDITS_LOW", "KEY_REVOKED", "ENDPOINT_DISABLED", "TRIAL")),
    ],
    "POSTPROCESSING_HOOKS": [  # without the library's own, which names enums by collision
        "apps.core.schema.add_bodies_of_webhooks",
        "apps.core.schema.leave_out_labels",
        "apps.core.schema.add_common_responses",
        "apps.documentation.reference.examples.add_examples",
    ],
}

TTSAI_CORS_ORIGINS = environment.names("TTSAI_CORS_ORIGINS")
"""Pages that may call the API from a browser: `https://app.example.com`, `https://*.example.com`, or `*` for any. Never with cookies."""

TTSAI_FORM_ORIGINS: list[str] = ["https://checkout.stripe.com", "https://billing.stripe.com"]
"""Other origins that a form of the product's pages may be redirected to."""

TTSAI_HSTS_SECONDS = environment.number("TTSAI_HSTS_SECONDS", 0)
"""max-age of Strict-Transport-Security in seconds; 0 sends no header."""

if environment.text("TTSAI_PUBLIC_URL").startswith("https://"):
    # Behind a proxy that ends TLS requests look like plain ones: the admin's forms come from here, and its cookies stay with https.
    CSRF_TRUSTED_ORIGINS = ["/".join(environment.text("TTSAI_PUBLIC_URL").split("/")[:3])]
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
