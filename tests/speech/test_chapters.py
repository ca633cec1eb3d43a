"""Chapters, audiobooks and texts as files: what is planned for the workers, and what the result shows."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from apps.core.storage import get_storage
from apps.jobs.models import Job, Part
from apps.jobs.services.renditions import request_rendition
from apps.uploads.models import Upload
from apps.uploads.services.ingestion import RefusedFileError
from apps.uploads.services.sources import order_of_sent_file, use_source
from tests.factories_jobs import work_off
from tests.speech.people import Person, person
from tests.web.shell import RunningShell
from tests.workers.documents.books import make_epub, page
from workers.contract.messages import ConvertWork
from workers.contract.references import StoredObject

BOOK = "# One\n\nThe first chapter is short.\n\n# Two\n\n" + "The second chapter is longer. " * 40
SRT = "1\n00:00:01,000 --> 00:00:02,500\nHello there.\n\n2\n00:00:05,000 --> 00:00:06,000\nGoodbye <i>now</i>.\n"


def error_of(answer: Any) -> dict[str, Any]:
    error: dict[str, Any] = answer.json()["error"]
    return error


def job_of(answer: Any) -> Job:
    assert answer.status_code == 200, answer.content
    return Job.objects.get(uuid=answer.json()["uuid"])


def parts_of(job: Job) -> list[Part]:
    return list(Part.objects.filter(job=job).order_by("index"))


def test_a_longer_text_with_headings_is_planned_with_its_chapters(owner: Person) -> None:
    *spoken, join = parts_of(job_of(owner.say(BOOK)))
    assert [(part.kind, part.work["marks"]) for part in spoken] == [("speak", [0, BOOK.index("# Two")]), ("speak", [])]
    assert [output["name"] for output in spoken[0].outputs] == ["audio", "timings", "marks"]
    assert [output["name"] for output in join.outputs] == ["audio", "timings", "chapters"]
    assert [(one["title"], one["start_character"]) for one in join.work["chapters"]] == [("One", 0), ("Two", BOOK.index("# Two"))]
    assert join.time_limit_seconds == 600


@pytest.mark.parametrize(("body", "kinds"), [
    ({"text": "# One\n\nShort."}, ["speak"]),
    ({"text": "# One\n\nShort.", "chapters": True}, ["speak", "join"]),
    ({"text": "# One\n\nShort.", "format": "m4b"}, ["speak", "join"]),
    ({"text": "No headings.", "format": "m4b"}, ["speak"]),
    ({"text": "# One\n\nShort.", "format": "m4b", "chapters": False}, ["speak"]),
])  # fmt: skip
def test_a_short_text_has_chapters_where_they_are_wanted(owner: Person, body: dict[str, Any], kinds: list[str]) -> None:
    assert [part.kind for part in parts_of(job_of(owner.post("/v1/tts/", body)))] == kinds


def test_warnings_tell_of_chapters_that_a_file_or_a_text_lacks(owner: Person) -> None:
    assert owner.post("/v1/tts/", {"text": BOOK, "format": "wav", "chapters": True}).json()["warnings"] == [
        "chapters: a file in wav holds none; the result lists them."
    ]
    assert owner.post("/v1/tts/", {"text": "Plain.", "chapters": True}).json()["warnings"] == [
        "chapters: the text has no headings and no marked paragraphs."
    ]


def test_a_lossless_result_beyond_five_gigabytes_is_refused_with_advice() -> None:
    owner = person(max_characters=1_000_000, credits=100_000)
    answer = owner.post("/v1/tts/", {"text": "Some words here. " * 58_000, "format": "wav", "sample_rate": 48_000})
    assert (answer.status_code, error_of(answer)["code"], error_of(answer)["param"]) == (400, "file_too_large", "format")
    assert "9.5 GB" in error_of(answer)["message"]


@pytest.fixture
def web(server: RunningShell, owner: Person) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url, headers={"Authorization": f"Bearer {owner.key}"}, timeout=60) as client:
        yield client


def send(web: httpx.Client, name: str, content: bytes, **fields: str) -> httpx.Response:
    return web.post("/v1/tts/", files={"file": (name, content)}, data=fields)


def test_a_text_file_in_the_form_is_spoken_like_a_text(web: httpx.Client) -> None:
    job = job_of(send(web, "a.txt", "Grüße aus <break time='1s'/> Köln.".encode("cp1252"), speed="1.5", format="wav", voice=""))
    assert (job.units, job.output_format, job.params["speed"]) == (len("Grüße aus  Köln."), "wav", 1.5)
    assert "Windows-1252" in job.warnings[0]


def test_a_book_in_the_form_becomes_an_audiobook_with_its_chapters(web: httpx.Client) -> None:
    book = make_epub(
        {"one.xhtml": page("<h1>First &lt;speak&gt;</h1><p>Some words.</p>"), "two.xhtml": page("<h1>Second</h1><p>More.</p>")}
    )
    *_, join = parts_of(job_of(send(web, "book.epub", book, format="m4b")))
    assert [one["title"] for one in join.work["chapters"]] == ["First", "Second"]
    assert (join.work["title"], join.work["format"]) == ("A Book", "m4b")


def test_subtitles_become_parts_with_their_times(web: httpx.Client) -> None:
    spoken, join = parts_of(job_of(send(web, "film.srt", SRT.encode(), format="wav")))
    assert (spoken.kind, spoken.work["text"]) == ("dub", "Hello there.\nGoodbye now .")
    assert spoken.work["cues"] == [
        {"start": 1.0, "end": 2.5, "start_character": 0, "end_character": 12},
        {"start": 5.0, "end": 6.0, "start_character": 13, "end_character": 26},
    ]
    assert (join.work["inputs"][0]["starts_at"], join.work["least_seconds"]) == (1.0, 6.0)


@pytest.mark.parametrize(("cues", "wanted", "warnings"), [
    (50, {}, []),
    (2, {"format": "m4b"}, []),
    (2, {"chapters": "true"}, ["chapters: subtitles have none."]),
])  # fmt: skip
def test_subtitles_of_songs_are_no_chapters(web: httpx.Client, cues: int, wanted: dict[str, str], warnings: list[str]) -> None:
    song = "".join(f"{n}\n00:{n:02}:00,000 --> 00:{n:02}:04,000\n# Happy birthday to you #\n\n" for n in range(cues))
    job = job_of(send(web, "song.srt", song.encode(), **wanted))
    *spoken, join = parts_of(job)
    assert {part.kind for part in spoken} == {"dub"}
    assert [part.work["marks"] for part in spoken] == [[]] * len(spoken)
    assert (join.work["chapters"], job.warnings) == ([], warnings)


def test_form_with_deeply_nested_json_is_a_client_error(web: httpx.Client) -> None:
    answer = web.post("/v1/tts/", files={"file": ("a.txt", b"Hello.")}, data={"pronunciations": "[" * 100_000})
    assert (answer.status_code, error_of(answer)["param"]) == (400, "pronunciations")


@pytest.mark.parametrize(("name", "content", "status", "code"), [
    ("a.pdf", b"%PDF", 400, "unsupported_format"),
    ("a.txt", b"", 400, "empty_file"),
    ("a.txt", b"   \n", 400, "blank"),
    ("a.txt", b"<speak>never closed", 400, "invalid_markup"),
    ("a.txt", b"\x00\x01\x02", 400, "invalid_text_file"),
    ("a.epub", b"PK\x03\x04", 400, "invalid_epub"),
    ("a.srt", b"00:00:02,000 --> 00:00:01,000\nx", 400, "invalid_srt"),
])  # fmt: skip
def test_files_that_cannot_be_spoken_are_refused_and_create_no_job(
    web: httpx.Client, name: str, content: bytes, status: int, code: str
) -> None:
    answer = send(web, name, content)
    assert (answer.status_code, error_of(answer)["code"], error_of(answer)["param"]) == (status, code, "file")
    assert not Job.objects.exists()


def test_an_upload_of_a_text_is_spoken_and_refused_as_a_recording(web: httpx.Client) -> None:
    announced = web.post("/v1/uploads/", json={"file_name": "book.md", "bytes": len(BOOK)}).json()
    sent = web.put(announced["url"], content=BOOK.encode(), headers=announced["headers"]).json()
    assert (sent["status"], sent["audio"]) == ("ready", None)
    assert sent["text"] == {"format": "md", "characters": len(BOOK), "title": "", "chapters": 0, "cues": 0, "warnings": []}
    first = web.post("/v1/tts/", json={"upload_id": announced["upload_id"]})
    assert job_of(first).params["text"] == BOOK
    again = web.post("/v1/tts/", json={"upload_id": announced["upload_id"]})
    assert again.json()["uuid"] == first.json()["uuid"]  # an identical request joins the one in flight
    with pytest.raises(RefusedFileError, match="is a text"):
        use_source(order_of_sent_file(Upload.objects.get(uuid=announced["upload_id"])))


@pytest.mark.parametrize("body", [{"text": "a", "upload_id": "0" * 32}, {"upload_id": "0" * 32}, {}])
def test_requests_without_exactly_one_text_are_refused(web: httpx.Client, body: dict[str, str]) -> None:
    assert web.post("/v1/tts/", json=body).status_code == 400


def test_an_upload_that_is_a_bad_text_shows_its_refusal(web: httpx.Client) -> None:
    announced = web.post("/v1/uploads/", json={"file_name": "film.srt", "bytes": 5}).json()
    assert web.put(announced["url"], content=b"words", headers=announced["headers"]).json()["error"]["code"] == "invalid_srt"
    shown = web.get(f"/v1/uploads/{announced['upload_id']}/").json()
    assert (shown["status"], shown["refusal"]["code"]) == ("refused", "invalid_srt")
    spoken = web.post("/v1/tts/", json={"upload_id": announced["upload_id"]})
    assert (spoken.status_code, error_of(spoken)["code"]) == (400, "invalid_srt")


def test_a_result_lists_its_chapters_and_its_overrunning_subtitles(owner: Person) -> None:
    job = job_of(owner.say(BOOK))
    work_off()
    work_off("codec")
    job.refresh_from_db()
    chapters = job.find_output("chapters")
    assert chapters is not None
    stored = [{"title": "One", "start": 0.0, "end": 4.5}, {"title": "Two", "start": 4.5, "end": 90.0}]
    get_storage().put_bytes(chapters.key, json.dumps(stored).encode(), content_type="application/json")
    assert owner.result(job.uuid.hex).json()["chapters"] == stored


def test_a_rendition_of_an_audiobook_is_planned_with_the_chapters_of_its_source(owner: Person) -> None:
    job = job_of(owner.say(BOOK))
    work_off()
    work_off("codec")
    job.refresh_from_db()
    chapters, audio = job.find_output("chapters"), job.main_output
    assert chapters is not None
    assert audio is not None
    [part] = Part.objects.filter(job=request_rendition(job, format="m4b"))
    assert ConvertWork.from_dict(part.work) == ConvertWork(StoredObject(audio.key), format="m4b", chapters=StoredObject(chapters.key))
