"""Login of the admin: a limit of attempts, and no way around the second factor of a person who has one."""

from typing import Any, Final

from allauth.account.adapter import get_adapter
from allauth.mfa.utils import is_mfa_enabled
from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.utils.html import format_html
from unfold.forms import AuthenticationForm

from apps.core.addresses import address_block, client_address
from apps.core.limits import count_request

ATTEMPTS_PER_MINUTE: Final = 10
LOGIN_WITH_SECOND_FACTOR: Final = "/account/login/?next=/admin/"


class LoginForm(AuthenticationForm):
    def clean(self) -> dict[str, Any]:
        """Count the attempt by address and by account, as the site's own login does, before the password is checked."""
        bucket = f"logins:{address_block(client_address(self.request))}"
        if not count_request(bucket, limit=ATTEMPTS_PER_MINUTE).is_allowed:
            raise ValidationError("Too many attempts from this address. Try again in a minute.", code="too_many_attempts")
        adapter = get_adapter()
        adapter.count_attempt(self.request, login=self.cleaned_data.get("username", ""))
        cleaned = dict(super().clean())
        adapter.forgive_attempt()
        return cleaned

    def confirm_login_allowed(self, user: AbstractBaseUser) -> None:
        """Refuse a person with a second factor: the site's own login asks for it, and leads back to the admin."""
        super().confirm_login_allowed(user)
        if is_mfa_enabled(user):
            text = 'This login needs your second factor. <a href="{}">Sign in with it</a>, and you come back here.'
            raise ValidationError(format_html(text, LOGIN_WITH_SECOND_FACTOR), code="second_factor")
