"""Answers of generations, chunks and projects have no keys beyond those of their serializers."""

from typing import Any

from rest_framework import serializers

from apps.catalog.selectors import clear_catalogue_cache
from apps.compat.clonyvoice.generation_serializers import DesignedSpeechSerializer, GenerationSerializer
from apps.compat.clonyvoice.project_serializers import ProjectResultSerializer, TimelineSerializer
from apps.jobs.models import Job
from tests.factories_jobs import announce, engine_spec
from tests.projects.making import generate, generated, generation, work
from tests.speech.people import Person


def undocumented(answer: Any, shape: serializers.BaseSerializer[Any] | serializers.Field[Any, Any, Any, Any], at: str = "") -> list[str]:
    """Keys of an answer that its serializer lacks, as paths."""
    if isinstance(shape, serializers.ListSerializer):
        return [found for one in answer for found in undocumented(one, shape.child, f"{at}[]")]
    if not isinstance(shape, serializers.Serializer) or answer is None:
        return []
    missing = [f"{at}.{name}" for name in answer if name not in shape.fields]
    known = [(name, value) for name, value in answer.items() if name in shape.fields]
    return missing + [found for name, value in known for found in undocumented(value, shape.fields[name], f"{at}.{name}")]


def test_answers_that_speak_have_no_keys_beyond_the_schema(owner: Person, own_voice: str) -> None:
    speech = {"text": "Hello there.", "format": "wav"}
    queued = generate(owner, "preset", voice_id="af_bella", **speech)
    assert set(queued) == {"generation_id", "status", "progress", "credits_used", "voice_id"}
    done = generated(owner, "clone", voice_id=own_voice, **speech)
    Job.objects.filter(uuid=done["generation_id"]).update(part_count=0)  # as one whose result was stored already
    repeated = generation(owner, done["generation_id"])
    assert repeated["cached"] is True
    chunked = generated(owner, "clone-chunked", voice_id="af_bella", text="One. Two.")
    redone = generated(owner, "regenerate-chunk", chunk_id=chunked["chunks"][0]["id"], text="Three.", seed=5)
    cancelled = generate(owner, "preset", voice_id="am_adam", **speech)["generation_id"]
    owner.post("/api/generation/cancel", {"generation_id": cancelled})
    answers = [queued, done, repeated, chunked, redone, generation(owner, cancelled)]
    assert [undocumented(one, GenerationSerializer()) for one in answers] == [[]] * 6
    announce(engine_spec(has_mixing=True))
    clear_catalogue_cache()
    designed = owner.post("/api/generate/design?async=true", {"description": "a calm man", **speech})
    assert (designed.status_code, undocumented(designed.json(), DesignedSpeechSerializer())) == (202, [])


def test_answers_of_projects_have_no_keys_beyond_the_schema(owner: Person) -> None:
    lines = [{"text": "One.", "voice_id": "af_bella", "pause_ms": 100}, {"text": "Two.", "voice_id": "am_adam"}]
    settings = {"format": "mp3", "bitrate": 64, "sample_rate": 24000}
    project = owner.post("/api/projects", {"name": "A show", "lines": lines, "settings": settings}).json()
    path = f"/api/projects/{project['id']}"
    assert owner.post(f"{path}/render?async=true", {}).status_code == 202
    work()
    assert undocumented(owner.get(path).json(), ProjectResultSerializer()) == []
    assert undocumented(owner.get(f"{path}/timeline").json(), TimelineSerializer()) == []
