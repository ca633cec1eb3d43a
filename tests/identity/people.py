"""People of the tests of accounts: they sign up, read their mails, log in, and use authenticator apps."""

import re
import time
from typing import Any, Final

from allauth.account.models import EmailAddress
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from allauth.mfa.webauthn.internal.auth import WebAuthn
from cryptography.hazmat.primitives.asymmetric import ec
from django.test import Client
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

from apps.accounts.models import User
from apps.mail.models import OutgoingMail
from tests.factories import UserFactory

PASSWORD: Final = "a sentence that nobody guesses"
SIGN_UP: Final = "/account/signup/"
LOGIN: Final = "/account/login/"
VERIFY: Final = "/account/confirm-email/"


def person(email: str = "", *, password: str = PASSWORD, **fields: Any) -> User:
    """Person with a verified address."""
    user: User = UserFactory(**({"email": email} if email else {}), **fields)
    user.set_password(password)
    user.save()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def sign_up(client: Client, email: str, *, password: str = PASSWORD, **more: str) -> Any:
    return client.post(SIGN_UP, {"email": email, "password1": password, **more})


def log_in(client: Client, email: str, *, password: str = PASSWORD, **more: str) -> Any:
    return client.post(LOGIN, {"login": email, "password": password, **more})


def last_code(email: str) -> str:
    """Code of the newest mail to the address."""
    mail = OutgoingMail.objects.filter(to=email).first()
    assert mail is not None, f"no mail to {email}"
    found = re.search(r"^ {4}([A-Z]{4}-[A-Z]{4})$", mail.text, re.MULTILINE)
    assert found is not None, mail.text
    return found[1]


def verify(client: Client, email: str) -> Any:
    return client.post(VERIFY, {"code": last_code(email)})


def add_totp(user: User) -> str:
    """Give the person an authenticator app and recovery codes; returns the app's secret."""
    secret = "JBSWY3DPEHPK3PXP"
    TOTP.activate(user, secret)
    RecoveryCodes.activate(user)
    return secret


def add_passkey(user: User) -> None:
    """Give the person a passkey, as a browser would have registered it, and recovery codes."""
    public_key = ES256.from_cryptography_key(ec.generate_private_key(ec.SECP256R1()).public_key())
    made = AttestedCredentialData.create(bytes(16), b"credential-of-the-tests", public_key)
    flags = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.AT
    attestation = AttestationObject.create("none", AuthenticatorData.create(bytes(32), flags, 0, made), {})
    client_data = CollectedClientData.create("webauthn.create", b"challenge", "http://testserver")
    response = {"clientDataJSON": websafe_encode(client_data), "attestationObject": websafe_encode(attestation)}
    key_id = websafe_encode(made.credential_id)
    WebAuthn.add(user, "Passkey", {"id": key_id, "rawId": key_id, "type": "public-key", "response": response})
    RecoveryCodes.activate(user)


def code_of_app(secret: str, *, periods: int = 0) -> str:
    """Code that the app shows now, or so many periods of 30 seconds later."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + periods))
