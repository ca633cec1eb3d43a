"""Webhook of this app in the OpenAPI schema."""

from apps.batches.serializers import BatchResultSerializer
from apps.webhooks.documented import documented

BATCH_COMPLETED = documented("batch.completed", data=BatchResultSerializer)
