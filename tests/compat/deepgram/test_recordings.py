"""POST /v1/listen by Deepgram's official client."""

from dataclasses import replace

import httpx
import pytest
from deepgram import DeepgramClient
from deepgram.core.api_error import ApiError

from apps.jobs.models import Job
from tests.compat.deepgram.conftest import environment_of
from tests.speech.people import Person, person
from tests.transcription.conftest import HEARD, hearing
from tests.web.shell import RunningShell
from tests.workers.audio.probe.recordings import record
from workers.contract.transcription import TranscriptDocument, TranscriptSegment, TranscriptWord

pytestmark = pytest.mark.filterwarnings("ignore:websockets:DeprecationWarning")  # the package's own use of websockets


def words(text: str, *, start: float, speaker: str = "") -> TranscriptSegment:
    """Segment with a word each half second."""
    timed = tuple(TranscriptWord(f" {word}", start + 0.5 * n, start + 0.5 * n + 0.4, 0.9) for n, word in enumerate(text.split()))
    return TranscriptSegment(start, timed[-1].end, f" {text}", speaker=speaker, words=timed)


TALK = TranscriptDocument(
    "Hello there. How are you? Fine, thanks.",
    "en",
    8.0,
    (words("Hello there. How are you?", start=0.5, speaker="SPEAKER_00"), words("Fine, thanks.", start=5.0, speaker="SPEAKER_01")),
)


@pytest.fixture(scope="module")
def song(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return record(tmp_path_factory.mktemp("song") / "song", "mp3", seconds=2.0).read_bytes()


def test_sdk_transcribes_a_file_into_words_with_confidences(client: DeepgramClient, owner: Person, song: bytes) -> None:
    with hearing():
        response = client.listen.v1.media.transcribe_file(request=song, model="nova-3", smart_format=True, keyterm=["Deepgram"])
    alternative = response.results.channels[0].alternatives[0]
    assert (alternative.transcript, alternative.confidence) == ("Hello there.", 0.85)
    assert [(word.word, word.start, word.end, word.confidence, word.punctuated_word) for word in alternative.words] == [
        ("hello", 0.1, 0.4, 0.9, "Hello"),
        ("there", 0.5, 0.9, 0.8, "there."),
    ]
    assert alternative.paragraphs.transcript == "\nHello there."
    job = Job.objects.get()
    metadata = response.metadata
    assert (metadata.request_id, metadata.duration, metadata.channels) == (str(job.uuid), 2.0, 1)
    assert metadata.model_info[metadata.models[0]]["name"] == "nova-3"
    assert len(metadata.sha256) == 64
    work = job.parts.get().work
    assert (work["engine"], work["language"], work["hotwords"]) == ("whisper", "en", "Deepgram")


def test_sdk_reads_utterances_paragraphs_speakers_and_hits(client: DeepgramClient, owner: Person, song: bytes) -> None:
    with hearing(TALK):
        response = client.listen.v1.media.transcribe_file(
            request=song,
            model="nova-2-meeting",
            punctuate=True,
            diarize=True,
            utterances=True,
            paragraphs=True,
            detect_language=True,
            search=["are you", "nothing"],
            replace=["there:everybody"],
        )
    (channel,) = response.results.channels
    assert channel.detected_language == "en"
    assert channel.alternatives[0].transcript == "Hello everybody. How are you? Fine, thanks."
    assert [(hit.start, hit.snippet) for hit in channel.search[0].hits] == [(2.0, "are you")]
    assert channel.search[1].hits == []
    assert [(one.speaker, one.transcript, one.start) for one in response.results.utterances] == [
        (0, "Hello everybody. How are you?", 0.5),
        (1, "Fine, thanks.", 5.0),
    ]
    paragraphs = channel.alternatives[0].paragraphs
    assert paragraphs.transcript == "\nSpeaker 0: Hello everybody. How are you?\n\nSpeaker 1: Fine, thanks."
    assert [[sentence.text for sentence in one.sentences] for one in paragraphs.paragraphs] == [
        ["Hello everybody.", "How are you?"],
        ["Fine, thanks."],
    ]
    work = Job.objects.get().parts.get().work
    assert (work["language"], work["is_diarized"]) == ("", True)


def test_transcript_without_punctuate_is_in_small_letters_without_marks(client: DeepgramClient, owner: Person, song: bytes) -> None:
    with hearing():
        response = client.listen.v1.media.transcribe_file(request=song)
    alternative = response.results.channels[0].alternatives[0]
    assert (alternative.transcript, alternative.paragraphs) == ("hello there", None)
    assert "punctuated_word" not in alternative.words[0].model_dump(exclude_none=True)


def test_words_of_a_model_without_timings_share_their_segment(client: DeepgramClient, owner: Person, song: bytes) -> None:
    plain = replace(HEARD, segments=(replace(HEARD.segments[0], start=0.0, end=1.0, words=()),))
    with hearing(plain):
        response = client.listen.v1.media.transcribe_file(request=song)
    assert [(word.start, word.end) for word in response.results.channels[0].alternatives[0].words] == [(0.0, 0.5), (0.5, 1.0)]


def test_raw_samples_are_decoded_by_the_encoding_in_the_query(client: DeepgramClient, owner: Person) -> None:
    with hearing():
        for encoding, rate, size in (("linear16", 16_000, 2), ("mulaw", 8000, 1), ("alaw", 8000, 1)):
            samples = bytes(range(200)) * (rate * size // 200) + b"\x01" * (size - 1)  # and half a sample
            query = {"additional_query_parameters": {"sample_rate": rate}}
            client.listen.v1.media.transcribe_file(request=samples, encoding=encoding, request_options=query)
    assert [job.params["seconds"] for job in Job.objects.all()] == [1.0, 1.0, 1.0]


def test_features_that_are_missing_are_named_in_the_metadata(server: RunningShell, owner: Person, song: bytes) -> None:
    with hearing():
        answer = httpx.post(f"{server.url}/v1/listen?summarize=v2&topics=true&sentiment=false", content=song, headers=token(owner))
    assert [warning["parameter"] for warning in answer.json()["metadata"]["warnings"]] == ["summarize", "topics"]
    assert answer.headers["dg-request-id"]
    assert "topics is not supported" in answer.headers["X-Warning"]


def token(person: Person) -> dict[str, str]:
    return {"Authorization": f"Token {person.key}"}


INVALID = {
    "punctuate=perhaps": "punctuate",
    "redact=pci": "redact",
    "multichannel=2": "multichannel",
    "callback=http://127.0.0.1/": "callback",
    "utt_split=nan": "utt_split",
    "encoding=linear16": "sample_rate",
    "encoding=linear16&sample_rate=x": "sample_rate",
    "model=unheard-of": "model",
    "language=klingon": "language",
    f"keyterm={'x' * 501}": "keyterm",
    "&".join(f"keyterm={'x' * 400}{n}" for n in range(6)): "keyterm",
}


def test_invalid_parameters_are_refused_in_deepgrams_shape(server: RunningShell, owner: Person) -> None:
    with httpx.Client(headers=token(owner)) as http:
        answers = {query: http.post(f"{server.url}/v1/listen?{query}", content=b"RIFF") for query in INVALID}
    assert {query: (answer.status_code, answer.json()["param"]) for query, answer in answers.items()} == {
        query: (400, param) for query, param in INVALID.items()
    }
    assert {tuple(answer.json()) for answer in answers.values()} == {("err_code", "err_msg", "request_id", "code", "param")}
    assert (Job.objects.count(), owner.millicredits) == (0, 1_000_000)


UNFIT = [
    (b"", "audio/wav", "missing_field"),
    (b"no audio at all", "audio/wav", "unsupported_format"),
    (b"", "application/json", "missing_field"),
    (b"{}", "application/json", "missing_field"),
    (b'{"url": "http://127.0.0.1/a.wav"}', "application/json", "invalid_url"),
    (b"{", "application/json", "invalid_body"),
    (b"[1]", "application/json", "invalid_body"),
]


def test_bodies_without_a_recording_are_refused(server: RunningShell, owner: Person) -> None:
    with httpx.Client(headers=token(owner)) as http:
        answers = [http.post(f"{server.url}/v1/listen", content=body, headers={"Content-Type": kind}) for body, kind, _ in UNFIT]
    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(400, code) for _, _, code in UNFIT]
    assert Job.objects.count() == 0


def test_sdk_raises_an_api_error_with_a_wrong_key(server: RunningShell, song: bytes) -> None:
    with httpx.Client() as http:
        stranger = DeepgramClient(api_key="no key", environment=environment_of(server), httpx_client=http)
        with pytest.raises(ApiError) as refused:
            stranger.listen.v1.media.transcribe_file(request=song)
    assert (refused.value.status_code, refused.value.body["err_code"]) == (401, "INVALID_AUTH")


def test_key_is_taken_behind_either_scheme(server: RunningShell, owner: Person, song: bytes) -> None:
    with hearing(), httpx.Client() as http:
        answers = [
            http.post(f"{server.url}/v1/listen", content=song, headers={"Authorization": f"{scheme} {owner.key}"})
            for scheme in ("Token", "token", "Bearer")
        ]
    assert [answer.status_code for answer in answers] == [200, 200, 200]


def test_poor_account_is_asked_to_pay(server: RunningShell, owner: Person, song: bytes) -> None:
    poor = person(credits=0)
    answer = httpx.post(f"{server.url}/v1/listen", content=song, headers=token(poor))
    assert (answer.status_code, answer.json()["err_code"]) == (402, "ASR_PAYMENT_REQUIRED")
