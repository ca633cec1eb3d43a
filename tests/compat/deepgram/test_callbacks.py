"""Callbacks of POST /v1/listen, and recordings whose channels are transcribed on their own, by Deepgram's official client."""

import json
from dataclasses import replace
from typing import Any

import httpx
import pytest
from deepgram import DeepgramClient

from apps.billing.prices import duration_price_millicredits, service_price
from apps.core.fair_share import FairShare
from apps.jobs.models import Job, Part, PartState
from apps.jobs.services.finish import finish_part
from apps.jobs.services.retention import expire_now
from apps.transcription.part_plans import plan_channels
from apps.webhooks.models import Delivery
from apps.webhooks.services import signing_secret
from apps.webhooks.services.sending import claim_due
from tests.compat.deepgram.test_recordings import TALK, token, words
from tests.factories_jobs import outcome_of, started, store_output
from tests.speech.people import Person
from tests.transcription.conftest import hearing
from tests.web.shell import RunningShell
from tests.webhooks.conftest import receiver
from tests.webhooks.receivers import Receiver
from tests.webhooks.sending import attempt_delivery
from tests.workers.audio.probe.recordings import record
from workers.contract.references import PartOutput, StoredObject
from workers.contract.transcription import ListenWork, PrepareWork, TranscriptDocument, TranscriptWork

__all__ = ["receiver"]

pytestmark = pytest.mark.filterwarnings("ignore:websockets:DeprecationWarning")  # the package's own use of websockets


@pytest.fixture(scope="module")
def stereo(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return record(tmp_path_factory.mktemp("stereo") / "stereo", "flac", seconds=2.0, channels=2).read_bytes()


def finish_recording(document: TranscriptDocument | None) -> None:
    """Do the admitted part: with a transcript, or in vain."""
    part = Part.objects.get(state=PartState.ADMITTED)
    if document is None:
        finish_part(outcome_of(started(part), status="failed", error_code="bad_audio", error_message="The file has no sound."))
    else:
        finish_part(outcome_of(part, manifest=store_output(started(part), audio=json.dumps(document.to_dict()).encode())))


def send_due() -> None:
    for delivery in claim_due(FairShare(usual=32, most=64), most=8):
        attempt_delivery(delivery)


def ask(server: RunningShell, owner: Person, query: dict[str, str], song: bytes) -> httpx.Response:
    return httpx.post(f"{server.url}/v1/listen", params=query, content=song, headers=token(owner))


def test_callback_gets_the_response_that_the_request_would_have_had(
    client: DeepgramClient, server: RunningShell, owner: Person, receiver: Receiver, stereo: bytes
) -> None:
    options: dict[str, Any] = {"punctuate": True, "utterances": True, "diarize": True}
    accepted = client.listen.v1.media.transcribe_file(request=stereo, callback=receiver.url, callback_method="PUT", tag="mine", **options)
    job = Job.objects.get()
    assert accepted.model_dump(exclude_none=True) == {"request_id": str(job.uuid)}
    finish_recording(TALK)
    send_due()
    (message,) = receiver.verified(signing_secret(owner.account.pk).secret)
    assert receiver.methods == ["PUT"]
    assert message["metadata"]["request_id"] == str(job.uuid)
    assert message["metadata"]["tags"] == ["mine"]
    assert message["results"]["channels"][0]["alternatives"][0]["transcript"] == "Hello there. How are you? Fine, thanks."
    assert [one["speaker"] for one in message["results"]["utterances"]] == [0, 1]
    with hearing(TALK):
        waited = client.listen.v1.media.transcribe_file(request=stereo, **options)
    assert waited.results.model_dump(exclude_none=True, mode="json") == message["results"] | {
        "utterances": [one | {"id": ours.id} for one, ours in zip(message["results"]["utterances"], waited.results.utterances, strict=True)]
    }
    (delivery,) = Delivery.objects.all()
    assert (delivery.event, delivery.state, json.loads(delivery.body)) == ("deepgram.callback", "delivered", {"job_id": str(job.uuid)})


def test_callback_of_a_recording_that_cannot_be_read_gets_the_error(
    server: RunningShell, owner: Person, receiver: Receiver, stereo: bytes
) -> None:
    accepted = ask(server, owner, {"callback": receiver.url}, stereo).json()
    finish_recording(None)
    send_due()
    (message,) = receiver.verified(signing_secret(owner.account.pk).secret)
    assert (receiver.methods, message["request_id"]) == (["POST"], accepted["request_id"])
    assert (message["err_code"], message["code"], message["err_msg"]) == ("Bad Request", "bad_audio", "The file has no sound.")


def test_callback_whose_result_was_deleted_meanwhile_says_so(
    server: RunningShell, owner: Person, receiver: Receiver, stereo: bytes
) -> None:
    ask(server, owner, {"callback": receiver.url}, stereo)
    finish_recording(TALK)
    expire_now(Job.objects.all())
    send_due()
    (message,) = receiver.verified(signing_secret(owner.account.pk).secret)
    assert message["err_msg"] == "The result was deleted."


def test_callbacks_to_private_addresses_and_with_other_methods_are_refused(server: RunningShell, owner: Person, stereo: bytes) -> None:
    queries = [
        {"callback": "http://127.0.0.1/hook"},
        {"callback": "ftp://example.com/hook"},
        {"callback": "https://example.com/hook", "callback_method": "delete"},
    ]
    answers = [ask(server, owner, query, stereo) for query in queries]
    assert [(answer.status_code, answer.json()["param"]) for answer in answers] == [
        (400, "callback"),
        (400, "callback"),
        (400, "callback_method"),
    ]
    assert (Job.objects.count(), owner.millicredits) == (0, 1_000_000)


def test_channels_of_a_recording_have_transcripts_of_their_own(client: DeepgramClient, owner: Person, stereo: bytes) -> None:
    segments = (
        words("Hello there.", start=0.5),
        replace(words("Good morning.", start=1.0), channel=1),
        words("How are you?", start=3.0),
    )
    both = TranscriptDocument("Hello there. Good morning. How are you?", "en", 2.0, segments)
    with hearing(both):
        heard = client.listen.v1.media.transcribe_file(request=stereo, multichannel=True, punctuate=True, utterances=True)
    assert [channel.alternatives[0].transcript for channel in heard.results.channels] == ["Hello there. How are you?", "Good morning."]
    assert [(one.channel, one.transcript) for one in heard.results.utterances] == [
        (0, "Hello there."),
        (1, "Good morning."),
        (0, "How are you?"),
    ]
    assert (heard.metadata.channels, heard.metadata.duration) == (2, 2.0)
    job = Job.objects.get()
    parts = job.parts.order_by("index")
    assert [(part.kind, part.stage, part.work.get("channel")) for part in parts] == [
        ("listen", 0, 0),
        ("listen", 0, 1),
        ("transcript", 1, None),
    ]
    assert (job.units, job.charged_millicredits) == (
        4000,
        duration_price_millicredits(4000, millicredits_per_minute=service_price(job.kind)),
    )


def test_each_channel_of_a_long_recording_is_cut_and_joined_by_itself(settings: Any) -> None:
    settings.TTSAI_PIECE_SECONDS = 60
    parts = plan_channels(ListenWork("whisper", StoredObject("a"), has_words=True), milliseconds=100_000, channels=2)
    assert [(part.kind, part.stage, part.units) for part in parts] == [
        *[("prepare", 0, 0), ("listen", 1, 50_000), ("listen", 1, 50_000), ("transcript", 2, 0)] * 2,
        ("transcript", 3, 0),
    ]
    assert [part.work.channel for part in parts if isinstance(part.work, PrepareWork)] == [0, 1]
    assert [part.work.audio for part in parts if isinstance(part.work, ListenWork)] == [PartOutput(at, "audio") for at in (0, 0, 4, 4)]
    joins = [part.work for part in parts if isinstance(part.work, TranscriptWork)]
    assert [[piece.index for piece in join.pieces if isinstance(piece, PartOutput)] for join in joins] == [[1, 2], [5, 6], [3, 7]]
    assert [(join.analysis, join.is_by_channel) for join in joins] == [
        (PartOutput(0, "survey"), False),
        (PartOutput(4, "survey"), False),
        (None, True),
    ]
