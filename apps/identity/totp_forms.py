"""Form that switches an authenticator app on, and accepts a code once."""

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal.auth import TOTP


class ActivateAppForm(ActivateTOTPForm):
    """Code of the new app. django-allauth marks codes as used at logins alone, so that this one would open a session too while it is shown."""

    def clean_code(self) -> str:
        code: str = super().clean_code()
        app = TOTP(Authenticator(user=self.user, type=Authenticator.Type.TOTP))  # no row yet: used codes are kept by person
        if not app._mark_code_used(code):  # noqa: SLF001 - django-allauth's own record of used codes
            raise get_adapter().validation_error("incorrect_code")
        return code
