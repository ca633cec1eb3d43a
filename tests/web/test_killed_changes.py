"""A web process that is killed in the middle of a change: the rows are as before, and the same request changes them afterwards."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.db import connection, transaction
from django.db.models import QuerySet

from apps.projects.models import Line
from apps.voice_profiles.models import VoiceProfile
from apps.voice_profiles.services import change_profile
from apps.webhooks.models import Delivery, Endpoint
from tests.factories_jobs import announce, engine_spec
from tests.flows.following import wait_until
from tests.fresh_state import fresh_state
from tests.routes.voices import make_voice
from tests.servers import free_port
from tests.speech.people import Person, person
from tests.web.test_process import process, wait_for

pytestmark = pytest.mark.prove  # starts a web process for each case

BLOCKED = "SELECT pid FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"


@dataclass(frozen=True)
class Change:
    """A request that changes several rows."""

    method: str
    path: str
    body: dict[str, Any]
    read: Callable[[], Any]
    """State of all rows."""
    last: "QuerySet[Any]"
    """Row that the request changes last: while another transaction holds it, the rows before it are changed and the request waits."""
    is_form: bool = False

    def send(self, url: str, by: Person) -> httpx.Response:
        key = {"xi-api-key": by.key} if self.is_form else by.headers
        body: dict[str, Any] = (
            {"files": {name: (None, value) for name, value in self.body.items()}} if self.is_form else {"json": self.body}
        )
        return httpx.request(self.method, f"{url}{self.path}", headers=key, timeout=60, **body)


@pytest.fixture(autouse=True)
def _platform(transactional_db: None, settings: Any, tmp_path: Path) -> Iterator[None]:
    with fresh_state(settings, tmp_path):
        announce(engine_spec())
        yield


def of_a_voice(owner: Person) -> Change:
    assert owner.account is not None
    voice = make_voice(owner.account)
    change_profile(owner.account, voice_id=voice.voice_id, description="Old words", labels={"age": "old"})
    profile = VoiceProfile.objects.filter(voice_id=voice.voice_id)

    def read() -> Any:
        voice.refresh_from_db()
        return voice.name, *profile.values_list("description", "labels").get()

    body = {"name": "New", "description": "New words", "labels": '{"age": "young"}'}
    return Change("POST", f"/elevenlabs/v1/voices/{voice.voice_id}/edit", body, read, profile, is_form=True)


def of_a_webhook(owner: Person) -> Change:
    endpoint = Endpoint.objects.create(account=owner.account, url="https://example.com/old", description="Old")
    waiting = Delivery.objects.create(account=owner.account, endpoint=endpoint, url=endpoint.url, event="job.completed", body="{}")
    delivery = Delivery.objects.filter(pk=waiting.pk)

    def read() -> Any:
        endpoint.refresh_from_db()
        return endpoint.url, endpoint.description, endpoint.is_enabled, delivery.values_list("state", flat=True).get()

    body = {"url": "https://example.com/new", "description": "New", "is_enabled": False}
    return Change("PATCH", f"/v1/webhooks/{endpoint.uuid}/", body, read, delivery)


def of_a_project(owner: Person) -> Change:
    made = owner.post("/api/projects", {"name": "Old", "lines": [{"text": "One."}, {"text": "Two."}]}).json()
    lines = Line.objects.filter(composition_id=made["id"])

    def read() -> Any:
        project = owner.get(f"/api/projects/{made['id']}").json()
        return project["name"], project["version"], [line["text"] for line in project["lines"]]

    body = {"name": "New", "lines": [{"text": "Three."}]}
    return Change("PUT", f"/api/projects/{made['id']}", body, read, lines)


@pytest.mark.parametrize("changing", [of_a_voice, of_a_webhook, of_a_project])
@pytest.mark.timeout(120)
def test_a_change_that_is_killed_half_way_leaves_no_trace_and_is_made_by_a_repeat(changing: Callable[[Person], Change]) -> None:
    owner = person()
    change = changing(owner)
    before, port = change.read(), free_port()
    with process(port) as web, ThreadPoolExecutor(1) as sender:
        wait_for(port)
        with transaction.atomic():
            assert list(change.last.select_for_update())
            sent = sender.submit(change.send, f"http://127.0.0.1:{port}", owner)
            wait_until(lambda: bool(pids_blocked_here()))
            pids = pids_blocked_here()
            web.kill()
            web.wait()
        with pytest.raises(httpx.TransportError):
            sent.result()
        wait_until(lambda: not are_connected(pids))
    assert change.read() == before
    port = free_port()
    with process(port):
        wait_for(port)
        assert change.send(f"http://127.0.0.1:{port}", owner).status_code == 200
    assert all(new != old for new, old in zip(change.read(), before, strict=True))


def pids_blocked_here() -> list[int]:
    """Server processes that wait for a row which this test holds."""
    with connection.cursor() as cursor:
        cursor.execute(BLOCKED)
        return [pid for (pid,) in cursor.fetchall()]


def are_connected(pids: list[int]) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS(SELECT FROM pg_stat_activity WHERE pid = ANY(%s))", [pids])
        return bool(cursor.fetchone()[0])
