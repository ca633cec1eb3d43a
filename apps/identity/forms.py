"""Forms of sign-up, login and change of the address: limits of sign-ups, and the same work whether an address has an account or not."""

from typing import Any, Final

from allauth.account import forms
from allauth.core import context as allauth_context
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest

from apps.identity.adapters import check_sign_up

ADDRESS_LABEL: Final = "Email address"


class SignUpForm(forms.SignupForm):
    """Sign-up by address and password, or by address and passkey."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = ADDRESS_LABEL
        self.fields["email"].widget.attrs.pop("placeholder", None)
        if "password1" in self.fields:
            self.fields["password1"].help_text = "At least 10 characters. A sentence is easy to remember and hard to guess."
            self.fields["password1"].widget.attrs.pop("placeholder", None)

    def clean(self) -> dict[str, Any]:
        """Count the sign-up once everything else is right, for an address that has an account too."""
        cleaned: dict[str, Any] = super().clean()
        if not self.errors:
            check_sign_up(allauth_context.request, cleaned["email"])
        return cleaned

    def try_save(self, request: HttpRequest) -> Any:
        """Hash the password in any case, so that the time of the answer tells nothing."""
        if self.account_already_exists and self.cleaned_data.get("password1"):
            make_password(self.cleaned_data["password1"])
        return super().try_save(request)


class LoginForm(forms.LoginForm):
    """Login by address and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = ADDRESS_LABEL
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)
        self.fields["password"].help_text = ""


class AddEmailForm(forms.AddEmailForm):
    """Change of the address."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = "New email address"

    def clean_email(self) -> str:
        """Count the change like a sign-up: each address could have had the bonus of a new account."""
        value: str = super().clean_email()
        check_sign_up(allauth_context.request, value)
        return value


class ResetPasswordForm(forms.ResetPasswordForm):
    """Request of a code for a new password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = ADDRESS_LABEL
