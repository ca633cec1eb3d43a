"""Stateful stand-in for Stripe: a real HTTP server on this machine, for the real package `stripe`.

It checks parameters against the package's own declarations, honours idempotency keys, keeps customers, prices, checkouts, subscriptions,
invoices, payments, refunds and disputes, moves its clock on request, and signs events as Stripe does.
"""

from tests.stripe_fake.server import StripeFake

__all__ = ["StripeFake"]
