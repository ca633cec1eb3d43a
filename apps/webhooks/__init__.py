"""Signed notices to customers' programs: endpoints, the outbox, deliveries."""
