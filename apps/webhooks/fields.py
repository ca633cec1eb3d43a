"""Field `webhook_url` of requests that start work."""

from typing import Any

from apps.accounts.callers import Caller
from apps.core.errors import PermissionDeniedError
from apps.core.fields import Text
from apps.core.outbound import AddressRefusedError
from apps.core.outbound.admission import check_given_url

HELP = (
    "Notified when the work has ended: a signed POST (see Webhooks). http:// or https://, on a public address. "
    "Signed with the account's default secret (`POST /v1/webhooks/secret/` shows it). Needs a key."
)


class WebhookUrl(Text):
    """URL to notify at the end of the work, checked at admission; "" if none was given."""

    default_error_messages = {"invalid_url": "{reason}."}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"required": False, "default": "", "allow_null": True, "allow_blank": True, "help_text": HELP, **kwargs})

    def validate_empty_values(self, data: Any) -> tuple[bool, Any]:
        """Treat null as empty."""
        return (True, "") if data is None else super().validate_empty_values(data)

    def to_internal_value(self, data: Any) -> str:
        """Return the URL as it was sent."""
        url = super().to_internal_value(data)
        try:
            if url:
                check_given_url(url)
        except AddressRefusedError as refused:
            reason = str(refused)
            self.fail("invalid_url", reason=reason[0].upper() + reason[1:])
        return url


def check_webhook_caller(caller: Caller, *, webhook_url: str) -> None:
    """Raise 403 webhook_needs_key if an anonymous caller passes a URL: there is no secret to sign with."""
    if webhook_url and caller.is_anonymous:
        raise PermissionDeniedError(
            "webhook_url needs an API key: webhooks are signed with the account's secret.", code="webhook_needs_key", param="webhook_url"
        )
