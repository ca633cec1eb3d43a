"""POST /v1/audio/verify/: says whether a recording was marked or signed as synthetic."""

from rest_framework import serializers

from apps.audio_tools.declaration import AudioTool, ToolOrder, ToolPlan
from apps.audio_tools.forms import check_size
from apps.audio_tools.kinds import VERIFY
from apps.audio_tools.serializers import ToolDocumentSerializer, ToolRequestSerializer
from apps.jobs.plans import PartPlan
from apps.provenance.certificates import trust_anchors
from workers.contract.formats import DOCUMENT
from workers.contract.outputs import text_outputs
from workers.contract.provenance import VerifyWork
from workers.contract.references import StoredObject


class VerifyRequestSerializer(ToolRequestSerializer):
    """Form, or JSON with `file_url` or `upload_id`."""


class WatermarkSerializer(serializers.Serializer[object]):
    """Search for the watermark."""

    checked = serializers.BooleanField(help_text="False if the server lacks the watermark's networks.")
    detected = serializers.BooleanField(help_text="True from a confidence of 0.8.")
    confidence = serializers.FloatField(
        required=False, help_text="Of the most probably marked 3 seconds, 0 to 1. Unmarked speech: below 0.01."
    )
    marked_seconds = serializers.FloatField(required=False)
    reason = serializers.CharField(required=False)


class ActionSerializer(serializers.Serializer[object]):
    """One action of the content credentials."""

    action = serializers.CharField()
    source_type = serializers.CharField(help_text="trainedAlgorithmicMedia for synthesised audio.")
    software_agent = serializers.CharField()


class CredentialsSerializer(serializers.Serializer[object]):
    """Content credentials (C2PA) in the file. Remote manifests are not fetched."""

    found = serializers.BooleanField()
    valid = serializers.BooleanField(help_text="True if the file is unchanged since it was signed, and the signature is right.")
    trusted = serializers.BooleanField(help_text="True if the signer's certificate leads to a root that this server trusts.")
    signer = serializers.CharField(required=False)
    organization = serializers.CharField(required=False)
    algorithm = serializers.CharField(required=False)
    signed_at = serializers.CharField(required=False)
    claim_generator = serializers.CharField(required=False)
    title = serializers.CharField(required=False)
    actions = ActionSerializer(many=True, required=False)
    problems = serializers.ListField(child=serializers.CharField(), required=False, help_text="C2PA's status codes, or `unreadable`.")


class VerifySerializer(ToolDocumentSerializer):
    """Findings about the recording."""

    watermark = WatermarkSerializer()
    content_credentials = CredentialsSerializer()


def plan_verification(order: ToolOrder) -> ToolPlan:
    """One part searches the whole recording."""
    info = order.source.info
    check_size(info)
    work = VerifyWork(
        source=StoredObject(order.source.key), source_seconds=info.audio_seconds, container=info.container, trust_anchors=trust_anchors()
    )
    return ToolPlan(parts=(PartPlan("verify", work, text_outputs(is_kept=True), units=order.milliseconds),), output_format=DOCUMENT)


VERIFY_TOOL = AudioTool(
    kind=VERIFY,
    path="verify",
    summary="Find watermark and content credentials",
    description=(
        "Says whether a recording carries the watermark of speech synthesised here (Perth, which others use too), and whether the file holds "
        "content credentials (C2PA): by whom it was signed, and whether it was changed since. The absence of both proves nothing. Free."
    ),
    fields=VerifyRequestSerializer,
    plan=plan_verification,
    document=VerifySerializer,
)
