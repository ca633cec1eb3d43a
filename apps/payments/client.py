"""Client of Stripe's API, and its errors as errors of ours. The package is imported at the first call, which takes half a second."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings

from apps.core.errors import ApplicationError, ConflictError, UnavailableError

if TYPE_CHECKING:
    from stripe import StripeClient

logger = logging.getLogger(__name__)

TIMEOUT_SECONDS: Final = 20
RETRIES: Final = 2
"""Further attempts of the package at a call, with the same idempotency key."""


class PaymentsOffError(ConflictError):
    """Error of an installation that sells nothing."""

    code = "payments_off"

    def __init__(self) -> None:
        super().__init__("Payments are not set up on this server: the operator has given no Stripe key.")


class CardDeclinedError(ApplicationError):
    """The bank refused the card, or asks for its holder."""

    status = 402
    code = "card_declined"


def has_payments() -> bool:
    """True if the operator has given a key."""
    return bool(settings.TTSAI_STRIPE_SECRET_KEY)


def get_client() -> "StripeClient":
    """The client for the settings. 409 payments_off without a key."""
    if not has_payments():
        raise PaymentsOffError
    return _client(settings.TTSAI_STRIPE_SECRET_KEY, settings.TTSAI_STRIPE_API_BASE)


@lru_cache(maxsize=4)
def _client(secret_key: str, api_base: str) -> "StripeClient":
    import stripe

    logging.getLogger("stripe").setLevel(logging.WARNING)  # below it, every request and its parameters
    return stripe.StripeClient(
        secret_key,
        base_addresses={"api": api_base},
        http_client=stripe.RequestsClient(timeout=TIMEOUT_SECONDS),
        max_network_retries=RETRIES,
    )


@contextmanager
def stripe_call() -> Iterator["StripeClient"]:
    """The client, whose errors are translated: 402 card_declined, 409 payment_refused for what Stripe does not accept, 503 otherwise."""
    client = get_client()
    import stripe

    try:
        yield client
    except stripe.CardError as error:
        raise CardDeclinedError(error.user_message or "The card was declined.") from None
    except (stripe.InvalidRequestError, stripe.IdempotencyError) as error:
        logger.warning("Stripe refused a request: %s (%s, param %s)", error.code, error.http_status, getattr(error, "param", None))
        code = "payment_object_missing" if error.code == "resource_missing" else "payment_refused"
        raise ConflictError(f"Stripe does not accept this: {error.user_message or error.code or 'invalid request'}", code=code) from None
    except (stripe.AuthenticationError, stripe.PermissionError) as error:
        logger.error("Stripe's key is not accepted, or lacks a permission: %s", error.code or error.http_status)  # noqa: TRY400 - no trace with a key
        raise UnavailableError(
            "Payments do not work at the moment. The operator has to check the Stripe key.", code="payments_misconfigured"
        ) from None
    except stripe.StripeError as error:
        logger.warning("Stripe does not answer: %s", type(error).__name__)
        raise UnavailableError("Stripe does not answer at the moment. Try again in a minute.", code="stripe_unavailable") from None


def as_dict(found: Any) -> dict[str, Any]:
    """An object of Stripe as plain values."""
    values: dict[str, Any] = found.to_dict(for_json=True)
    return values


def id_of(value: Any) -> str:
    """Id of an object that may be expanded; empty for none."""
    if value is None:
        return ""
    return str(value["id"]) if isinstance(value, dict) else str(value)
