"""Form that adds a passkey, in the product's words."""

from typing import Any

from allauth.mfa.webauthn.forms import AddWebAuthnForm


class AddPasskeyForm(AddWebAuthnForm):
    """Name of the passkey, and the choice to sign in with it alone."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["passwordless"]
        field.label = "Sign in with this passkey alone, without a password"
        field.help_text = (
            "The device then asks for your fingerprint, your face or its PIN each time. Otherwise the passkey is a second factor."
        )
