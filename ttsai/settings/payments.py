"""Settings of payments by Stripe. Without a secret key nothing is sold, and everything else works."""

from ttsai.settings import environment

TTSAI_STRIPE_SECRET_KEY = environment.text("TTSAI_STRIPE_SECRET_KEY")
"""Secret or restricted key of the Stripe account (docs/payments.md lists the permissions of a restricted one); empty: no payments."""

TTSAI_STRIPE_WEBHOOK_SECRETS = environment.names("TTSAI_STRIPE_WEBHOOK_SECRETS")
"""Signing secrets of the webhook endpoint, comma-separated: two while one is rotated."""

TTSAI_STRIPE_API_BASE = environment.text("TTSAI_STRIPE_API_BASE", "https://api.stripe.com")
"""Base URL of Stripe's API; another one only for tests."""

TTSAI_STRIPE_TOLERANCE_SECONDS = environment.number("TTSAI_STRIPE_TOLERANCE_SECONDS", 300)
"""Largest age of a webhook's signature."""

TTSAI_STRIPE_AUTOMATIC_TAX = environment.text("TTSAI_STRIPE_AUTOMATIC_TAX").lower() in {"on", "1", "true", "yes"}
"""True (`on`): Stripe Tax computes the taxes of checkouts and subscriptions."""

TTSAI_STRIPE_TAX_IDS = environment.text("TTSAI_STRIPE_TAX_IDS", "on").lower() in {"on", "1", "true", "yes"}
"""True (`on`): customers may enter their tax id (VAT number) at checkout; it is on their invoices."""

TTSAI_STRIPE_PROMOTION_CODES = environment.text("TTSAI_STRIPE_PROMOTION_CODES").lower() in {"on", "1", "true", "yes"}
"""True (`on`): checkout has a field for promotion codes."""

TTSAI_PAYMENT_GRACE_DAYS = environment.number("TTSAI_PAYMENT_GRACE_DAYS", 7)
"""Days for which an account keeps its plan after a payment of its subscription failed; then it is on the plan of new accounts."""
