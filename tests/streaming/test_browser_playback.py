"""Chromium plays streams while they arrive."""

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
import redis
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response, StreamingResponse
from starlette.routing import Route

from tests.flows.following import wait_until
from tests.servers import free_port
from tests.speech.people import Person
from tests.streaming.speaking import PartSpeaker, admitted_part, only_job
from tests.sweep.browser import PROGRAM, browser
from tests.web.shell import RunningShell

pytestmark = [pytest.mark.prove, pytest.mark.skipif(PROGRAM is None, reason="needs Chromium")]

PAGE = """<!doctype html><link rel=icon href=data:><audio id=a muted src="/audio"></audio>
<script>let told = ""; a.onerror = () => told = "error: " + a.error.message; a.onended = () => told = "ended"; a.playbackRate = 2</script>"""
BEGUN = range(1, 17)
"""Eight seconds: browsers read 130 kB of a WAV file, 2.7 s at 24 kHz, and some more before they begin."""


@contextlib.contextmanager
def site(server: RunningShell, key: str, audio_format: str) -> Iterator[str]:
    """A customer's own site: a page, and its audio, handed on from POST /v1/tts/ as it arrives."""
    body = {"text": "One. Two. Three.", "voice": "af_bella", "format": audio_format, "stream": True}

    async def relay(request: Request) -> Response:
        client = httpx.AsyncClient(base_url=server.url, headers={"Authorization": f"Bearer {key}"}, timeout=60)
        response = await client.send(client.build_request("POST", "/v1/tts/", json=body), stream=True)

        async def chunks() -> AsyncIterator[bytes]:
            async with contextlib.aclosing(client), contextlib.aclosing(response):
                async for chunk in response.aiter_raw():
                    yield chunk

        return StreamingResponse(chunks(), media_type=response.headers["content-type"])

    async def page(request: Request) -> Response:
        return HTMLResponse(PAGE)

    port = free_port()
    config = uvicorn.Config(
        Starlette(routes=[Route("/", page), Route("/audio", relay)]), host="127.0.0.1", port=port, log_config=None, lifespan="off"
    )
    own = uvicorn.Server(config)
    thread = threading.Thread(target=lambda: asyncio.run(own.serve()), daemon=True)
    thread.start()
    wait_until(lambda: own.started)
    try:
        yield f"http://127.0.0.1:{port}/"
    finally:
        own.should_exit = own.force_exit = True
        thread.join(timeout=60)


@pytest.mark.parametrize("audio_format", ["mp3", "wav", "flac", "opus", "aac"])
def test_browser_plays_a_stream_before_its_end(server: RunningShell, owner: Person, valkey: redis.Redis, audio_format: str) -> None:
    with site(server, owner.key, audio_format) as url, browser() as page:
        if not page.value(f"new Audio().canPlayType('audio/{'ogg; codecs=opus' if audio_format == 'opus' else audio_format}')"):
            pytest.skip(f"this Chromium plays no {audio_format}")
        page.open(url, until="document.querySelector('audio')")
        speaker = PartSpeaker(valkey, admitted_part(only_job())).say(*BEGUN)
        page.call("Runtime.evaluate", expression="a.play(); 0", userGesture=True)
        page.wait_until("a.currentTime > 0.5")
        assert page.value("told") == ""
        speaker.say(17, 18, is_last=True).finish()
        page.wait_until("told")
        assert (page.value("told"), page.value("a.currentTime")) == ("ended", pytest.approx(9.1, abs=0.15))
