"""Payments by Stripe: packs and subscriptions, their credits, refunds and disputes, webhooks, reconciliation."""
