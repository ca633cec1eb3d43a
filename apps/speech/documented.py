"""The webhooks of this app, for the OpenAPI schema."""

from apps.speech.serializers import SpeechResultSerializer
from apps.webhooks.documented import documented

JOB_COMPLETED = documented("job.completed", data=SpeechResultSerializer)
JOB_FAILED = documented("job.failed", data=SpeechResultSerializer)
