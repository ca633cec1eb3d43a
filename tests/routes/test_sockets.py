"""Walker of the WebSocket routes: keys, scopes, and clients that break the rules, say nothing, never end, or ask for foreign voices.

Every route runs with a short bound on silence, so that each connection ends by itself; a test reads to the end and counts the cost.
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from apps.accounts.models import Account
from apps.accounts.scopes import SCOPES
from apps.billing.models import Balance
from apps.jobs.models import ACTIVE_STATES, Job
from tests.compat.realtime.talking import CHAT
from tests.factories import bearer, make_key
from tests.factories_jobs import announce, engine_spec
from tests.flows.following import wait_until
from tests.fresh_state import fresh_state
from tests.routes.shown_errors import read_error
from tests.routes.sockets import CASES, Message, Opening, all_routes
from tests.routes.voices import make_voice
from tests.transcription.conftest import WHISPER
from tests.web.shell import RunningShell, running_shell
from ttsai.web.sockets.protocol import MESSAGE_BYTES

PATIENCE = 30.0
WRONG_KEY = "sk-tts-" + "0" * 43


@pytest.fixture
def server(transactional_db: None, settings: Any, tmp_path: Path) -> Iterator[RunningShell]:
    settings.TTSAI_WEB_THREADS = 4
    settings.TTSAI_SOCKET_ROUTES = ["tests.routes.sockets.SHORT_ROUTES"]
    with fresh_state(settings, tmp_path):
        announce(engine_spec(), engine_spec("whisper", **WHISPER), engine_spec("offline", **CHAT))
        with running_shell() as shell:
            yield shell


@pytest.fixture
def key(server: RunningShell, owner: Account) -> str:
    """Key of the owner, whose limits no test reaches."""
    return make_key(owner, requests_per_minute=1000, requests_per_minute_by_scope=dict.fromkeys(SCOPES, 1000), concurrent_jobs=20)[1]


def refusal(server: RunningShell, address: str, *, secret: str = "") -> tuple[int, str]:
    """Status and error code of a refused handshake, in the shape of its dialect."""
    with pytest.raises(InvalidStatus) as refused:
        talk(server, address, (), secret=secret)
    response = refused.value.response
    error = read_error(f"{address.partition('?')[0]}/", response.headers, json.loads(response.body or b""))
    assert error.message
    return response.status_code, error.code


def talk(server: RunningShell, address: str, messages: Sequence[Message | str], *, secret: str = "") -> tuple[int, list[Any]]:
    """Send messages and read until the server closes: its code, and what it sent. Raises InvalidStatus for a refused handshake."""
    received: list[Any] = []
    url = f"{server.url.replace('http', 'ws')}{address}"
    headers = bearer(secret) if secret else {}
    with connect(url, additional_headers=headers, open_timeout=PATIENCE, proxy=None, max_size=None) as connection:
        try:
            for message in messages:
                connection.send(json.dumps(message) if isinstance(message, dict) else message)
            while True:
                received.append(connection.recv(timeout=PATIENCE))
        except ConnectionClosed as closed:
            frame = closed.rcvd
    assert frame is not None, (address, received)
    return frame.code, received


def attempt(server: RunningShell, opening: Opening, *, secret: str) -> tuple[int, list[Any]]:
    """Talk as `talk` does; the status of a refused handshake, without messages."""
    try:
        return talk(server, opening.address, opening.messages, secret=secret)
    except InvalidStatus as refused:
        return refused.response.status_code, []


def check_nothing_was_charged(owner: Account) -> None:
    """Assert that no work is left, and that the account has all its credits."""
    wait_until(lambda: not Job.objects.filter(state__in=ACTIVE_STATES).exists())
    assert not Job.objects.exclude(charged_millicredits=0).exists()
    assert Balance.objects.get(account=owner).available_millicredits == 1_000_000


def test_every_websocket_route_has_its_case_and_every_case_its_route() -> None:
    there = {route.path.removeprefix("/api") for route in all_routes()}
    assert there == {case.path for case in CASES}
    assert len(CASES) == len(there)


def test_routes_below_both_prefixes_of_the_api_are_the_same() -> None:
    first, second = ({route.path: route.handler for route in all_routes() if route.path.startswith(prefix)} for prefix in ("/v1/", "/api/"))
    assert {f"/api{path}": handler for path, handler in first.items()} == second


def test_connection_without_a_valid_key_and_scope_is_refused(server: RunningShell, owner: Account) -> None:
    for case in CASES:
        _, narrow = make_key(owner, scopes=[scope for scope in SCOPES if scope != case.scope])
        prefixes = ("", "/api") if case.path.startswith("/v1/") else ("",)
        for address in (prefix + case.address for prefix in prefixes):
            if case.late_key is None:
                assert refusal(server, address) == (401, "missing_api_key"), address
            assert refusal(server, address, secret=WRONG_KEY) == (401, "invalid_api_key"), address
            assert refusal(server, address, secret=narrow) == (403, "missing_scope"), address
    assert not Job.objects.exists()


def test_key_that_comes_later_by_a_message_is_checked_too(server: RunningShell, owner: Account) -> None:
    for case in CASES:
        if case.late_key is None:
            continue
        narrow = make_key(owner, scopes=[scope for scope in SCOPES if scope != case.scope])[1]
        for secret, code in (("", "missing_api_key"), (WRONG_KEY, "invalid_api_key"), (narrow, "missing_scope")):
            closing, (reported,) = talk(server, case.address, [case.late_key(secret)])
            assert (closing, code_of(case.path, json.loads(reported))) == (1008, code), case.path


def test_binary_message_where_text_is_due_is_an_error_and_costs_nothing(server: RunningShell, owner: Account, key: str) -> None:
    for case in (case for case in CASES if not case.takes_binary):
        closing, received = talk(server, case.address, [*case.begin, b"\x00\xff\x00"], secret=key)
        assert closing == 1008, case.path
        assert find_errors(received), (case.path, received)
    check_nothing_was_charged(owner)


def test_request_without_text_or_audio_ends_and_costs_nothing(server: RunningShell, owner: Account, key: str) -> None:
    for case in CASES:
        closing, received = talk(server, case.address, [*case.begin, *case.empty], secret=key)
        assert closing in {1000, 1008}, (case.path, received)
    check_nothing_was_charged(owner)


@pytest.mark.parametrize("size", [1_000_000, MESSAGE_BYTES + 1, 3 * MESSAGE_BYTES])
def test_text_of_a_megabyte_in_one_message_is_refused_and_costs_nothing(server: RunningShell, owner: Account, key: str, size: int) -> None:
    limits = {route.path: route.limits.message_bytes for route in all_routes()}
    for case in CASES:
        closing, received = talk(server, case.address, [*case.begin, "x" * size], secret=key)
        assert closing == (1009 if size > limits[case.path] else 1008), case.path
        assert find_errors(received), (case.path, received)
    check_nothing_was_charged(owner)


def test_client_that_never_ends_its_text_gets_an_error_and_is_closed(server: RunningShell, owner: Account, key: str) -> None:
    for case in CASES:
        closing, received = talk(server, case.address, [*case.begin, *case.unfinished], secret=key)
        assert (closing, "idle_timeout" in received[-1]) == (1008, True), (case.path, received[-1:])
    check_nothing_was_charged(owner)


def test_voice_of_another_account_is_unknown_on_every_route(server: RunningShell, owner: Account, outsider: Account, key: str) -> None:
    foreign = make_voice(outsider).voice_id
    for case in CASES:
        if case.voice is None:
            continue
        closing, received = attempt(server, case.voice(foreign), secret=key)
        assert closing in {1008, 400, 404}, case.path
        assert find_errors(received) or closing in {400, 404}, (case.path, received)
        assert not any(isinstance(message, bytes) or '"audio":"' in message for message in received), case.path
    check_nothing_was_charged(owner)


def code_of(path: str, reported: dict[str, Any]) -> str:
    """Code of an error message: ElevenLabs' sockets have it in `error` itself, unlike that API's responses."""
    return str(reported["error"]) if isinstance(reported.get("error"), str) else read_error(path, {}, reported).code


def find_errors(received: list[Any]) -> list[str]:
    """Messages that tell of an error or a warning, other than the one about the bound on silence."""
    texts = [message for message in received if isinstance(message, str) and "idle_timeout" not in message]
    return [text for text in texts if any(sign in text.lower() for sign in ("error", "warning", '"detail"'))]
