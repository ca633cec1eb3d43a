"""Rows of apps/compat/clonyvoice/generation_urls.py."""

from uuid import uuid4

from django.utils import timezone

from apps.accounts.models import Account
from apps.projects.models import Composition, Line
from tests.factories_jobs import caller, reread, submit, work_off
from tests.routes.table import Owned, row

SPEECH = {"text": "Hello.", "voice_id": "af_bella"}
HELLO = [{"text": "Hello.", "language": "en"}]


def a_project(account: Account) -> Owned:
    project = Composition.objects.create(account=account, is_project=True, name="A show")
    Line.objects.create(composition=project, position=0, text="Hello.", voice="af_bella")
    return Owned(path={"project_id": project.uuid.hex})


def a_listed_project(account: Account) -> Owned:
    a_project(account)
    return Owned(shown="A show")


def a_generation(account: Account) -> Owned:
    return Owned(path={"generation_id": submit(caller(account)).job.uuid.hex})


def a_running_generation(account: Account) -> Owned:
    return Owned(body={"generation_id": submit(caller(account)).job.uuid.hex})


def _chunk(account: Account) -> Line:
    job = submit(caller(account)).job
    work_off()
    composition = Composition.objects.create(uuid=uuid4(), account=account, is_project=False, expires_at=timezone.now())
    return Line.objects.create(
        composition=composition, position=0, text="Hello.", voice="af_bella", take_job=reread(job), take_output="audio"
    )


def a_chunk(account: Account) -> Owned:
    return Owned(body={"chunk_id": _chunk(account).uuid.hex})


def chunks(account: Account) -> Owned:
    return Owned(body={"chunk_ids": [_chunk(account).uuid.hex]})


ROWS = [
    row("/api/text/split/", "POST", scope="audio:process", owns=None, body={"text": "Hello. Bye."}),
    row("/api/generate/clone/", "POST", scope="tts:generate", owns=None, body={**SPEECH, "voice_id": "voice_0"}, status=404),
    row("/api/generate/preset/", "POST", scope="tts:generate", owns=None, body=SPEECH),
    row("/api/generate/design/", "POST", scope="tts:generate", owns=None, body={"text": "Hello."}, status=400),
    row("/api/generate/clone-chunked/", "POST", scope="tts:generate", owns=None, body=SPEECH),
    row(
        "/api/generate/clone-chunked-multivoice/",
        "POST",
        scope="tts:generate",
        owns=None,
        body={"voice_id": "af_bella", "chunks": HELLO},
    ),
    row("/api/generate/clone-chunked-multilang/", "POST", scope="tts:generate", owns=None, body={"voice_id": "af_bella", "chunks": HELLO}),
    row("/api/generate/regenerate-chunk/", "POST", scope="tts:generate", owns=a_chunk),
    row("/api/generate/merge-chunks/", "POST", scope="tts:generate", owns=chunks),
    row("/api/design/create/", "POST", scope="clone:create", owns=None, body={"name": "Ada", "description": " "}, status=400),
    row("/api/generation/cancel/", "POST", scope="tts:generate", owns=a_running_generation),
    row("/api/generation/<generation_id>/", "GET", scope="tts:generate", owns=a_generation),
    row("/api/projects/", "GET", scope="projects:read", owns=a_listed_project),
    row("/api/projects/", "POST", scope="projects:write", owns=None, body={"name": "A show"}),
    row("/api/projects/<project_id>/", "GET", scope="projects:read", owns=a_project),
    row("/api/projects/<project_id>/", "PUT", scope="projects:write", owns=a_project, body={"name": "Another show"}),
    row("/api/projects/<project_id>/", "DELETE", scope="projects:write", owns=a_project),
    row("/api/projects/<project_id>/render/", "POST", scope="tts:timeline", owns=a_project),
    row("/api/projects/<project_id>/timeline/", "GET", scope="tts:timeline", owns=a_project),
]
