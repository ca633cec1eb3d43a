"""Tools by the official client, over HTTP, with a worker whose documents the tests write."""

import asyncio
import base64
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import pytest
from django.db import connections, transaction
from django.db.models import Q
from mcp import Client, MCPError

from apps.jobs.models import Job
from apps.uploads.models import Upload
from tests.conversion.test_conversion import KOKORO_CONVERT, WORLD
from tests.factories_jobs import AUDIO, announce, engine_spec
from tests.flows.following import wait_until
from tests.mcp_server.conftest import McpMaker
from tests.speech.people import Person, person
from tests.transcription.conftest import WHISPER, making, song
from tests.translation.test_speech_translate import MADE, speaker, translator
from tests.web.shell import RunningShell
from workers.contract.engines import Directions
from workers.kokoro.accents import LANGUAGES, VOICES

__all__ = ["song"]

T = TypeVar("T")
TOOLS = ["speak", "transcribe", "translate_speech", "design_voice", "convert_voice", "convert_audio", "list_voices"]


@pytest.fixture(autouse=True)
def _workers(server: RunningShell) -> None:
    announce_all()


def announce_all() -> None:
    """Announce models for every tool."""
    whisper = engine_spec("whisper", **WHISPER)
    announce(speaker(), whisper, translator("apertium", Directions("en", ("es",))), WORLD, KOKORO_CONVERT)


def ask(mcp_of: McpMaker, somebody: Person, question: Callable[[Client], Awaitable[T]], **options: Any) -> T:
    """Answer of one question to a client, whose jobs a worker does."""

    async def answer() -> T:
        async with mcp_of(somebody, **options) as client:
            return await question(client)

    with making(MADE):
        return asyncio.run(answer())


def call(mcp_of: McpMaker, somebody: Person, tool: str, **arguments: Any) -> Any:
    return ask(mcp_of, somebody, lambda client: client.call_tool(tool, arguments))


def data_uri(content: bytes) -> str:
    return "data:audio/wav;base64," + base64.b64encode(content).decode()


def text_of(result: Any) -> str:
    return "\n".join(block.text for block in result.content if block.type == "text")


def refusal_of(mcp_of: McpMaker, somebody: Person, *, uri: str) -> str:
    """Message of the error that reading a resource ends with."""

    async def read(client: Client) -> str:
        with pytest.raises(MCPError) as refused:
            await client.read_resource(uri)
        return str(refused.value)

    return ask(mcp_of, somebody, read)


async def until(condition: Callable[[], bool]) -> None:
    """Wait for a condition on the database, in a thread that closes its connection."""

    def wait() -> None:
        try:
            wait_until(condition)
        finally:
            connections.close_all()

    await asyncio.to_thread(wait)


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_clients_of_both_eras_see_the_same_tools_and_resources(mcp_of: McpMaker, owner: Person, mode: str) -> None:
    async def look(client: Client) -> Any:
        return (await client.list_tools()).tools, (await client.list_resource_templates()).resource_templates

    tools, templates = ask(mcp_of, owner, look, mode=mode)
    assert [tool.name for tool in tools] == TOOLS
    assert all(tool.output_schema and tool.description for tool in tools)
    assert {"speech://results/{uuid}.mp3", "speech://results/{uuid}.json"} <= {template.uri_template for template in templates}
    speak = tools[0]
    assert speak.input_schema["required"] == ["text"]
    assert set(speak.input_schema["properties"]) == {"text", "voice", "model", "language", "format", "speed", "save_as"}


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_speak_returns_the_audio_a_link_and_its_price(mcp_of: McpMaker, owner: Person, mode: str) -> None:
    shares: list[float] = []

    async def note(progress: float, total: float | None, message: str | None) -> None:
        shares.append(progress)

    async def speak(client: Client) -> Any:
        spoken = {"text": "Hello.", "format": "wav", "voice": "ef_dora"}
        return await client.call_tool("speak", spoken, progress_callback=note)

    result = ask(mcp_of, owner, speak, mode=mode)
    job = Job.objects.get()
    sound, link, text = result.content
    assert (sound.type, sound.mime_type, base64.b64decode(sound.data)) == ("audio", "audio/wav", AUDIO)
    assert (link.type, link.uri, link.mime_type, link.size) == (
        "resource_link", f"speech://results/{job.uuid.hex}.wav", "audio/wav", len(AUDIO),
    )  # fmt: skip
    made = result.structured_content
    assert (made["uuid"], made["resource"], made["format"], made["credits_used"]) == (job.uuid.hex, link.uri, "wav", 0.012)
    assert (job.params["voice"], owner.millicredits) == ("ef_dora", 1_000_000 - 12)
    assert shares[0] == 0.0
    assert text.text.endswith(link.uri)


def test_transcribe_takes_a_data_uri_and_returns_the_segments(mcp_of: McpMaker, owner: Person, song: bytes) -> None:
    result = call(mcp_of, owner, "transcribe", recording=data_uri(song), timestamps=True, diarize=True)
    heard = result.structured_content
    assert (text_of(result), heard["text"], heard["language"]) == ("Hello there.", "Hello there.", "en")
    (segment,) = heard["segments"]
    assert (segment["speaker"], [word["word"] for word in segment["words"]]) == ("SPEAKER_00", ["Hello", "there."])


def test_translate_speech_returns_both_texts_and_the_audio(mcp_of: McpMaker, owner: Person, song: bytes) -> None:
    result = call(mcp_of, owner, "translate_speech", recording=data_uri(song), target_language="es", format="wav")
    made = result.structured_content
    assert (made["original_text"], made["translated_text"], made["credits_used"]) == ("Hello there.", "Hola.", 0.167)
    assert base64.b64decode(result.content[0].data) == AUDIO


def test_convert_voice_returns_the_audio(mcp_of: McpMaker, owner: Person, song: bytes) -> None:
    result = call(mcp_of, owner, "convert_voice", recording=data_uri(song), voice="af_bella", emotion="sad")
    assert base64.b64decode(result.content[0].data) == AUDIO
    assert Job.objects.get().params["emotion"] == "sad"


def test_convert_audio_returns_the_recording_in_the_asked_format(mcp_of: McpMaker, owner: Person, song: bytes) -> None:
    result = call(mcp_of, owner, "convert_audio", recording=data_uri(song), format="flac", channels="mono")
    assert base64.b64decode(result.content[0].data) == AUDIO
    assert Job.objects.get().params["format"] == "flac"


def test_design_voice_explains_a_mix_that_speak_takes(mcp_of: McpMaker, owner: Person) -> None:
    announce(engine_spec(voices=VOICES, languages=LANGUAGES, has_mixing=True))

    async def design_then_speak(client: Client) -> Any:
        designed = (await client.call_tool("design_voice", {"description": "a warm, slow old British woman, sparkly"})).structured_content
        spoken = {"text": "Hello.", "voice": designed["voice"], "speed": designed["speed"], "language": designed["language"]}
        return designed, await client.call_tool("speak", spoken)

    designed, spoken = ask(mcp_of, owner, design_then_speak)
    assert {"gender", "age", "accent", "pace", "warmth"} <= {one["attribute"] for one in designed["understood"]}
    assert (designed["gender"], designed["language"], designed["voice_id"]) == ("female", "en-gb", None)
    assert "sparkly" in " ".join(designed["not_understood"])
    assert not spoken.is_error, text_of(spoken)
    assert Job.objects.get().params["voice"] == designed["voice"]


def test_a_result_is_the_recording_of_the_next_tool(mcp_of: McpMaker, owner: Person) -> None:
    async def speak_then_convert(client: Client) -> Any:
        spoken = await client.call_tool("speak", {"text": "Hello.", "format": "wav"})
        resource = spoken.structured_content["resource"]
        return await client.call_tool("convert_voice", {"recording": resource, "voice": "af_bella"})

    result = ask(mcp_of, owner, speak_then_convert)
    assert not result.is_error, text_of(result)
    assert Job.objects.count() == 2


def test_list_voices_filters_by_language_and_is_cut_at_the_limit(mcp_of: McpMaker, owner: Person) -> None:
    listed = call(mcp_of, owner, "list_voices", language="es", limit=1).structured_content
    assert (listed["total"], [(voice["id"], voice["language"], voice["own"]) for voice in listed["voices"]]) == (
        2,
        [("ef_dora", "es", False)],
    )


def test_a_result_is_a_resource_that_only_its_account_reads(mcp_of: McpMaker, owner: Person) -> None:
    stranger = person(credits=10)
    spoken = call(mcp_of, owner, "speak", text="Hello.", format="wav").structured_content
    sound = ask(mcp_of, owner, lambda client: client.read_resource(spoken["resource"])).contents[0]
    assert (sound.mime_type, base64.b64decode(sound.blob)) == ("audio/wav", AUDIO)
    reported = ask(mcp_of, owner, lambda client: client.read_resource(spoken["resource"].replace(".wav", ".json"))).contents[0]
    assert spoken["uuid"] in reported.text
    for ending in (".wav", ".json"):
        assert "no job with this uuid" in refusal_of(mcp_of, stranger, uri=spoken["resource"].replace(".wav", ending))
    theirs = call(mcp_of, stranger, "convert_voice", recording=spoken["resource"], voice="af_bella")
    assert theirs.is_error
    assert "no job with this uuid" in text_of(theirs)


REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("speak", {"text": "Hello.", "voice": "nobody"}, "Unknown voice 'nobody'"),
    ("speak", {"text": "   "}, "nothing to speak"),
    ("speak", {"text": "Hello.", "speed": 9}, "speed"),
    ("speak", {"text": "Hello.", "format": "midi"}, "format"),
    ("speak", {"text": "Hello.", "save_as": "hello.mp3"}, "cannot write files"),
    ("speak", {}, "text"),
    ("transcribe", {"recording": "/etc/passwd"}, "cannot read files of your machine"),
    ("transcribe", {"recording": "data:audio/wav;base64,%%%"}, "not valid base64"),
    ("transcribe", {"recording": "data:audio/wav,hello"}, "data URI is not valid"),
    ("transcribe", {"recording": data_uri(b"no audio at all")}, "(unsupported_format)"),
    ("transcribe", {"recording": "http://127.0.0.1:6379/a.wav"}, "file_url"),
    ("transcribe", {"recording": "speech://results/../../admin"}, "is not a result"),
    ("transcribe", {"recording": f"speech://results/{'0' * 32}.wav"}, "no job with this uuid"),
    ("convert_voice", {"recording": "https://example.com/a.wav", "voice": ""}, "voice: This field is required"),
]  # fmt: skip


def test_a_refused_call_is_an_error_that_the_model_can_read(mcp_of: McpMaker, owner: Person) -> None:
    async def try_all(client: Client) -> list[Any]:
        return [await client.call_tool(tool, arguments) for tool, arguments, _ in REFUSED]

    for (tool, arguments, reported), result in zip(REFUSED, ask(mcp_of, owner, try_all), strict=True):
        assert (result.is_error, reported in text_of(result)) == (True, True), (tool, arguments, text_of(result))
    assert (Job.objects.count(), Upload.objects.count(), owner.millicredits) == (0, 0, 1_000_000)


def test_speak_without_credits_is_refused_and_charges_nothing(mcp_of: McpMaker, owner: Person) -> None:
    poor = person(credits=0)
    result = call(mcp_of, poor, "speak", text="Hello.")
    assert (result.is_error, poor.millicredits, Job.objects.count()) == (True, 0, 0)
    assert "insufficient_credits" in text_of(result)


def test_an_unknown_resource_is_an_error_of_the_protocol(mcp_of: McpMaker, owner: Person) -> None:
    for uri in (f"speech://results/{'0' * 32}.mp3", "speech://results/%2e%2e%2fadmin.mp3", "speech://other/1"):
        assert refusal_of(mcp_of, owner, uri=uri)


def is_cancelled() -> bool:
    return Job.objects.filter(Q(state="cancelled") | Q(cancel_requested_at__isnull=False)).exists()


async def give_up(mcp_of: McpMaker, owner: Person, *, condition: Callable[[], bool]) -> None:
    """Begin to speak, and cancel the call once the condition holds."""
    async with mcp_of(owner) as client:
        speaking = asyncio.create_task(client.call_tool("speak", {"text": "Hello."}))
        await until(condition)
        speaking.cancel()
        await asyncio.wait((speaking,))


def test_a_cancelled_call_cancels_its_job(mcp_of: McpMaker, owner: Person) -> None:
    asyncio.run(give_up(mcp_of, owner, condition=Job.objects.exists))
    wait_until(is_cancelled)
    assert owner.millicredits == 1_000_000


def test_call_cancelled_before_its_job_exists_cancels_the_job_that_is_made(mcp_of: McpMaker, owner: Person, server: RunningShell) -> None:
    """The server has seen that its client left when Postgres still holds back the row of the job."""

    def is_held_back() -> bool:
        with connections["default"].cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
            return cursor.fetchone() is not None

    with transaction.atomic(), connections["default"].cursor() as cursor:
        cursor.execute("LOCK TABLE jobs_job IN EXCLUSIVE MODE")
        asyncio.run(give_up(mcp_of, owner, condition=is_held_back))
        wait_until(lambda: not server.server.server_state.connections)
    wait_until(is_cancelled)
    assert (Job.objects.count(), owner.millicredits) == (1, 1_000_000)
