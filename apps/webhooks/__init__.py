"""Signed webhooks: endpoints, outbox, deliveries."""
