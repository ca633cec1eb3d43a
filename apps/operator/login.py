"""Login of the admin with a limit of attempts."""

from typing import Any

from django.core.exceptions import ValidationError
from unfold.forms import AuthenticationForm

from apps.core.addresses import address_block, client_address
from apps.core.limits import count_request

ATTEMPTS_PER_MINUTE = 10


class LoginForm(AuthenticationForm):
    def clean(self) -> dict[str, Any]:
        """Count the attempt by address, before the password is checked."""
        bucket = f"logins:{address_block(client_address(self.request))}"
        if not count_request(bucket, limit=ATTEMPTS_PER_MINUTE).is_allowed:
            raise ValidationError("Too many attempts from this address. Try again in a minute.", code="too_many_attempts")
        return dict(super().clean())
