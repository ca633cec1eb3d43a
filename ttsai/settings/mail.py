"""Settings of email: files below TTSAI_HOME/mail by default, or a mail server by one URL or by single variables."""

from urllib.parse import parse_qs, unquote, urlsplit

from ttsai.settings import environment
from ttsai.settings.platform import TTSAI_PRODUCT_NAME

TTSAI_MAIL_FOLDER = environment.text("TTSAI_MAIL_FOLDER", str(environment.HOME / "mail"))
"""Folder of the mails of an installation without a mail server."""

_url = urlsplit(environment.text("TTSAI_EMAIL_URL"))
"""`smtp://user:password@mail.example.com:587/?tls=starttls` or `smtps://…:465`; single variables go before its parts."""
if _url.scheme not in {"", "smtp", "smtps"}:
    raise SystemExit(f"TTSAI_EMAIL_URL must begin with smtp:// or smtps://, not {_url.scheme!r}.")

EMAIL_HOST = environment.text("TTSAI_EMAIL_HOST", _url.hostname or "")
_security = environment.text("TTSAI_EMAIL_SECURITY", "tls" if _url.scheme == "smtps" else parse_qs(_url.query).get("tls", ["none"])[0])
"""none, starttls or tls."""
EMAIL_USE_SSL, EMAIL_USE_TLS = _security == "tls", _security == "starttls"
EMAIL_PORT = environment.number("TTSAI_EMAIL_PORT", _url.port or {"tls": 465, "starttls": 587}.get(_security, 25))
EMAIL_HOST_USER = environment.text("TTSAI_EMAIL_USER", unquote(_url.username or ""))
EMAIL_HOST_PASSWORD = environment.text("TTSAI_EMAIL_PASSWORD", unquote(_url.password or ""))
EMAIL_TIMEOUT = environment.number("TTSAI_EMAIL_SECONDS", 10)
"""Seconds for which the worker waits for a mail server that does not answer."""

EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend" if EMAIL_HOST else "apps.mail.folder.FolderBackend"
DEFAULT_FROM_EMAIL = environment.text("TTSAI_EMAIL_FROM", f"{TTSAI_PRODUCT_NAME} <no-reply@{EMAIL_HOST or 'localhost'}>")
"""Sender of all mails."""
SERVER_EMAIL = DEFAULT_FROM_EMAIL
