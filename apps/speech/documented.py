"""Webhooks of this app in the OpenAPI schema."""

from rest_framework import serializers

from apps.speech.serializers import SpeechResultSerializer
from apps.webhooks.documented import documented


class EndedJobSerializer(SpeechResultSerializer):
    """`data` of job.completed and job.failed."""

    omitted = serializers.ListField(
        child=serializers.CharField(),
        required=False,
        help_text="Fields that GET /v1/speech/results/ shows beyond these: `words`, `result`.",
    )


JOB_COMPLETED = documented("job.completed", data=EndedJobSerializer)
JOB_FAILED = documented("job.failed", data=EndedJobSerializer)
