"""Attempt of a delivery in the test's own thread."""

import asyncio

from apps.webhooks.models import Delivery
from apps.webhooks.services.sending import Outcome, post, prepare_attempt, record_outcome


def attempt_delivery(delivery: Delivery) -> Outcome:
    """Send a claimed delivery and record the outcome, as the sender does."""
    outcome = asyncio.run(post(prepare_attempt(delivery)))
    record_outcome(delivery, outcome)
    return outcome
