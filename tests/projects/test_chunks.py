"""Texts that are spoken chunk by chunk: chunks are kept, redone and joined."""

from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from apps.compat.clonyvoice import chunk_views
from apps.jobs.models import Job, Part
from apps.projects import limits
from apps.projects.models import Composition, Line
from apps.projects.services import planning
from apps.projects.services.retention import expire_generations
from apps.speech.services import PART_FORMAT
from tests.factories_jobs import announce, engine_spec, reread
from tests.projects.making import generate, generated, generation, refusal, spoken_texts, work
from tests.speech.people import Person, person

TEXT = "The sun rises. The birds wake up! Who sings first?"
SENTENCES = ["The sun rises.", "The birds wake up!", "Who sings first?"]


@pytest.fixture
def spoken(owner: Person) -> dict[str, Any]:
    """Three sentences, spoken."""
    return generated(owner, "clone-chunked", voice_id="af_bella", text=TEXT)


def test_each_sentence_is_a_chunk_with_audio_of_its_own(owner: Person, spoken: dict[str, Any]) -> None:
    job = Job.objects.get()
    assert [(chunk["index"], chunk["text"], chunk["status"], chunk["duration"]) for chunk in spoken["chunks"]] == [
        (number, text, "ready", 1.5) for number, text in enumerate(SENTENCES)
    ]
    assert [chunk["audio_url"] for chunk in spoken["chunks"]] == [
        f"http://testserver/static/downloads/{job.uuid.hex}/chunk_{number}.flac" for number in range(3)
    ]
    assert owner.get(spoken["chunks"][1]["audio_url"].removeprefix("http://testserver")).status_code == 200
    assert (spoken["status"], spoken["credits_used"], owner.millicredits) == ("completed", 0.096, 1_000_000 - 96)
    assert spoken_texts(job) == SENTENCES


def test_chunks_are_joined_by_a_worker_with_pauses_between_them(owner: Person) -> None:
    generated(owner, "clone-chunked", voice_id="af_bella", text=TEXT, pause_ms=400, format="wav")
    join = Part.objects.get(kind="join")
    assert [item["pause_before"] for item in join.work["inputs"]] == [0.0, 0.4, 0.4]
    assert [item["start_character"] for item in join.work["inputs"]] == [0, 14, 32]
    assert (join.queue, join.work["format"], join.work["overlap_seconds"]) == ("codec", "wav", 0.0)


def test_chunks_in_several_voices_and_languages_are_spoken_as_they_name_them(owner: Person, own_voice: str) -> None:
    chunks = [
        {"text": "Good morning.", "voice_id": "am_adam"},
        {"text": "Hello.", "pause_ms": 900},
        {"text": "Bye.", "voice_id": "bf_emma"},
    ]
    shape = generated(owner, "clone-chunked-multivoice", voice_id=own_voice, chunks=chunks)
    assert [chunk["voice_id"] for chunk in shape["chunks"]] == ["am_adam", own_voice, "bf_emma"]
    spoken_by = Part.objects.filter(kind="speak").order_by("index").values_list("work__voice__id", flat=True)
    assert list(spoken_by) == ["am_adam", own_voice, "bf_emma"]
    assert [item["pause_before"] for item in Part.objects.get(kind="join").work["inputs"]] == [0.0, 0.2, 0.9]


def test_chunks_of_more_than_twenty_voices_are_refused_also_when_one_is_redone(owner: Person) -> None:
    announce(engine_spec(has_mixing=True))
    chunks = [{"text": f"Number {number}.", "voice_id": f"af_bella({number})+am_adam(1)"} for number in range(1, 22)]
    path = "/api/generate/clone-chunked-multivoice"
    assert refusal(owner.post(path, {"chunks": chunks})) == (400, "too_many_voices", "chunks")
    assert (Job.objects.count(), owner.millicredits) == (0, 1_000_000)
    shape = generated(owner, "clone-chunked-multivoice", chunks=[*chunks[:20], chunks[0]])
    chosen = {"generation_id": shape["generation_id"], "index": 0, "voice_id": "bf_emma"}
    assert refusal(owner.post("/api/generate/regenerate-chunk", chosen)) == (400, "too_many_voices", "voice_id")
    assert Job.objects.count() == 1


def test_chunks_of_other_languages_are_refused_with_their_number(owner: Person) -> None:
    chunks = [{"text": "Good morning.", "language": "en"}, {"text": "Guten Morgen.", "language": "de"}]
    answer = owner.post("/api/generate/clone-chunked-multilang", {"voice_id": "af_bella", "chunks": chunks})
    assert refusal(answer) == (400, "unsupported_language", "chunks[1].language")
    missing = owner.post("/api/generate/clone-chunked-multilang", {"voice_id": "af_bella", "chunks": [{"text": "Hi."}]})
    assert missing.status_code == 400
    assert (Job.objects.count(), Composition.objects.count(), owner.millicredits) == (0, 0, 1_000_000)


def test_a_long_chunk_of_several_parts_is_one_file(owner: Person) -> None:
    long_text = "This sentence is repeated until the text is long. " * 30
    chunks = [{"text": "Short."}, {"text": long_text}]
    shape = generated(owner, "clone-chunked-multivoice", voice_id="af_bella", chunks=chunks)
    parts = list(Part.objects.order_by("index").values_list("kind", "stage"))
    assert parts == [*[("speak", 0)] * (len(parts) - 2), ("join", 1), ("join", 2)]
    assert [chunk["status"] for chunk in shape["chunks"]] == ["ready", "ready"]
    first, second = Part.objects.filter(kind="join").order_by("index")
    assert {output["name"]: output["result_name"] for output in first.outputs} == {"audio": "chunk_1", "timings": "chunk_1_timings"}
    assert [output.name for output in Job.objects.get().outputs] == ["audio", "chunk_0", "chunk_1"]
    assert second.work["inputs"][1]["audio"]["key"].endswith("/audio.flac")


def test_a_redone_chunk_replaces_the_old_one_and_is_merged_without_charge(owner: Person, spoken: dict[str, Any]) -> None:
    chunk = spoken["chunks"][1]
    redone = generate(owner, "regenerate-chunk", chunk_id=chunk["id"], text="The owls go to sleep!", voice_id="am_adam", seed=7)
    assert "seed:" in redone["warnings"][0]
    assert generation(owner, spoken["generation_id"])["chunks"][1]["text"] == SENTENCES[1]  # until the new audio is there
    work()
    now = generation(owner, spoken["generation_id"])["chunks"]
    assert [(one["text"], one["voice_id"]) for one in now] == [
        (SENTENCES[0], "af_bella"),
        ("The owls go to sleep!", "am_adam"),
        (SENTENCES[2], "af_bella"),
    ]
    assert now[1]["audio_url"].endswith(f"/{redone['generation_id']}/chunk_0.{PART_FORMAT}")
    before = owner.millicredits
    merged = generated(owner, "merge-chunks", generation_id=spoken["generation_id"], pause_ms=0, crossfade_ms=100, format="wav")
    assert (merged["status"], merged["credits_used"], owner.millicredits) == ("completed", 0, before)
    job = Job.objects.get(uuid=merged["generation_id"])
    join = Part.objects.get(job=job)
    assert (join.kind, join.work["overlap_seconds"]) == ("join", 0.1)
    assert [item["audio"]["key"].split("/")[1] for item in join.work["inputs"]] == [
        spoken["generation_id"],
        redone["generation_id"],
        spoken["generation_id"],
    ]


def test_a_failed_redo_leaves_the_chunk_as_it_was(owner: Person, spoken: dict[str, Any]) -> None:
    redone = generate(owner, "regenerate-chunk", generation_id=spoken["generation_id"], index=0, text="Something else.")
    assert owner.post("/api/generation/cancel", {"generation_id": spoken["generation_id"]}).json()["cancelled"] == [redone["generation_id"]]
    assert generation(owner, spoken["generation_id"])["chunks"][0] == spoken["chunks"][0]


def test_chunks_are_merged_in_the_order_of_their_ids(owner: Person, spoken: dict[str, Any]) -> None:
    ids = [chunk["id"] for chunk in spoken["chunks"]]
    generated(owner, "merge-chunks", chunk_ids=[ids[2], ids[0]])
    join = Part.objects.filter(kind="join").latest("id")
    assert [item["audio"]["key"].rpartition("/")[0].rpartition("/")[2].split("-")[0] for item in join.work["inputs"]] == ["2", "0"]


def test_chunks_that_are_missing_foreign_or_expired_are_not_merged(owner: Person, spoken: dict[str, Any]) -> None:
    chunk = spoken["chunks"][0]["id"]
    merge, redo = "/api/generate/merge-chunks", "/api/generate/regenerate-chunk"
    stranger = person()
    assert refusal(stranger.post(merge, {"chunk_ids": [chunk]})) == (404, "chunk_not_found", "chunk_ids[0]")
    assert refusal(stranger.post(merge, {"generation_id": spoken["generation_id"]}))[:2] == (404, "generation_not_found")
    assert refusal(stranger.post(redo, {"chunk_id": chunk})) == (404, "chunk_not_found", "chunk_id")
    assert refusal(owner.post(redo, {"generation_id": spoken["generation_id"], "index": 3})) == (404, "chunk_not_found", "index")
    assert refusal(owner.post(merge, {"chunk_ids": [chunk], "generation_id": spoken["generation_id"]}))[0] == 400
    waiting = generate(owner, "clone-chunked", voice_id="af_bella", text="Not spoken yet.")
    assert refusal(owner.post(merge, {"generation_id": waiting["generation_id"]}))[:2] == (409, "chunk_not_ready")
    Job.objects.filter(uuid=spoken["generation_id"]).update(expires_at=timezone.now())
    assert refusal(owner.post(merge, {"chunk_ids": [chunk]}))[:2] == (410, "expired")


def test_markup_and_texts_without_words_are_not_chunked(owner: Person) -> None:
    path = "/api/generate/clone-chunked"
    assert refusal(owner.post(path, {"voice_id": "af_bella", "text": "<p>One.</p>"})) == (400, "not_supported", "text")
    assert refusal(owner.post(path, {"voice_id": "af_bella", "text": "***"})) == (400, "blank", "text")
    many = "Yes. " * 501
    assert refusal(owner.post(path, {"voice_id": "af_bella", "text": many})) == (400, "too_many_lines", "text")


def test_errors_of_a_text_without_chunks_name_the_fields_that_were_sent(owner: Person, spoken: dict[str, Any]) -> None:
    chunked, redo = "/api/generate/clone-chunked", "/api/generate/regenerate-chunk"
    chunk = {"chunk_id": spoken["chunks"][2]["id"]}
    assert refusal(owner.post(chunked, {"voice_id": "af_bella", "text": TEXT, "language": "de"})) == (
        400,
        "unsupported_language",
        "language",
    )
    assert refusal(owner.post(redo, chunk | {"language": "de"})) == (400, "unsupported_language", "language")
    assert refusal(owner.post(redo, chunk | {"text": "***"})) == (400, "blank", "text")
    assert Job.objects.count() == 1


def test_a_repeated_request_with_its_key_gets_the_same_generation(owner: Person) -> None:
    body = {"voice_id": "af_bella", "text": TEXT}
    answers = [owner.post("/api/generate/clone-chunked?async=true", body, Idempotency_Key="once").json() for _ in range(2)]
    assert answers[0]["generation_id"] == answers[1]["generation_id"]
    assert (Job.objects.count(), Line.objects.count(), owner.millicredits) == (1, 3, 1_000_000 - 96)


def test_an_expired_generation_is_deleted_with_its_chunks(owner: Person, spoken: dict[str, Any]) -> None:
    assert expire_generations() == 0
    Composition.objects.update(expires_at=timezone.now())
    assert (expire_generations(), Line.objects.count()) == (1, 0)
    assert "chunks" not in generation(owner, spoken["generation_id"])
    assert reread(Job.objects.get()).state == "completed"


def test_chunk_that_is_named_twice_is_not_merged(owner: Person, spoken: dict[str, Any]) -> None:
    first, second, _ = (chunk["id"] for chunk in spoken["chunks"])
    answer = owner.post("/api/generate/merge-chunks", {"chunk_ids": [first, second, str(UUID(first))]})
    assert refusal(answer) == (400, "duplicate_chunk", "chunk_ids[2]")
    assert Job.objects.count() == 1


def test_merge_beyond_the_size_of_a_composition_or_of_a_file_is_refused(
    owner: Person, spoken: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    path, body = "/api/generate/merge-chunks", {"generation_id": spoken["generation_id"], "bitrate": 128}
    monkeypatch.setattr(planning, "LARGEST_FILE_BYTES", 80_000)  # three chunks and their pauses last 5.1 s: 81,600 bytes
    assert refusal(owner.post(path, body)) == (400, "file_too_large", "format")
    assert owner.post(f"{path}?async=true", body | {"bitrate": 96}).status_code == 202
    monkeypatch.setattr(limits, "TEXTS", 0)
    assert refusal(owner.post(path, body | {"bitrate": 96})) == (400, "text_too_long", "chunks")


def test_redone_chunk_that_was_deleted_meanwhile_is_not_found(
    owner: Person, spoken: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def redo_and_delete(*args: Any, **kwargs: Any) -> Any:
        submission = redo_chunk(*args, **kwargs)
        Composition.objects.all().delete()
        return submission

    redo_chunk = chunk_views.redo_chunk
    monkeypatch.setattr(chunk_views, "redo_chunk", redo_and_delete)
    answer = owner.post("/api/generate/regenerate-chunk?async=true", {"chunk_id": spoken["chunks"][0]["id"], "text": "Something else."})
    assert refusal(answer)[:2] == (404, "chunk_not_found")
    assert generation(owner, answer.json()["generation_id"])["status"] == "queued"
