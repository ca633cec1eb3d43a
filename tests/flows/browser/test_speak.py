"""A visitor speaks from the playground and hears it; the link, the downloads and the shown requests work."""

import io
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import httpx
import pytest

from tests.flows.browser.sound import listen_to
from tests.flows.following import wait_until
from tests.flows.listening import Listener, plain_words
from tests.flows.running import RunningPlatform
from tests.sweep.browser import CONTROL, PROGRAM, Browser, browser
from tests.website.accessibility import serious_violations

pytestmark = [pytest.mark.prove, pytest.mark.skipif(PROGRAM is None, reason="needs Chromium")]
TEXT = "The harbor was quiet. A small boat came in, and nobody saw it."


@pytest.fixture
def page(platform: RunningPlatform) -> Iterator[Browser]:
    with browser() as opened:
        listen_to(opened)
        opened.show_as()
        opened.open(
            f"{platform.url}/", until="document.querySelector('#count')?.textContent && document.querySelector('#voice-name').textContent"
        )
        yield opened


def heard(page: Browser) -> Any:
    return page.value("window.heard")


def seconds_of(audio: bytes) -> float:
    with av.open(io.BytesIO(audio)) as container:
        return sum(frame.samples / frame.sample_rate for frame in container.decode(audio=0))


def test_visitor_hears_the_text_while_it_is_spoken_and_shares_it(platform: RunningPlatform, page: Browser, listener: Listener) -> None:
    page.type("#text", TEXT)
    page.press("Enter", modifiers=CONTROL)
    page.wait_until("document.querySelector('.words .is-current')", seconds=90)
    page.wait_until("!document.querySelector('#result-actions').hidden", seconds=90)
    page.wait_until("!document.querySelector('.player-toggle').classList.contains('is-playing')", seconds=60)
    found, [time, duration] = (
        heard(page),
        page.value("['time', 'duration'].map((name) => document.querySelector(`[data-player=${name}]`).textContent)"),
    )
    assert page.complaints == []
    assert found["loudest"] > 0.05
    assert found["loudWindows"] > 20  # a second of sound
    assert time == duration != "0:00"
    words = iter(TEXT.split())
    assert all(lit in words for lit in found["lit"])  # in order; a busy machine draws too seldom to light each short word
    assert found["lit"][-1] == "it."
    assert len(found["lit"]) > 3
    downloaded = httpx.get(page.value("document.querySelector('#download').href"))
    assert downloaded.headers["content-type"] == "audio/mpeg"
    assert plain_words(listener.hear(downloaded.content)) == plain_words(TEXT)
    flac = httpx.get(page.value("document.querySelector('#downloads a[href$=flac]').href"), timeout=60)
    assert seconds_of(flac.content) == pytest.approx(seconds_of(downloaded.content), abs=0.1)
    subtitles = httpx.get(page.value("document.querySelector('#subtitle-files a').href"), timeout=60).text
    assert "harbor" in subtitles
    with browser() as friend:
        friend.open(page.value("document.querySelector('#share-open').href"), until="document.querySelectorAll('.words .word').length")
        assert friend.value("document.querySelector('.words').textContent") == TEXT
        friend.click(".player-toggle")
        friend.wait_until("document.querySelector('.words .is-spoken')")
        assert friend.complaints == []


def test_requests_that_the_page_shows_run_as_they_are(page: Browser, tmp_path: Path) -> None:
    page.type("#text", 'It\'s a "test" & more.')
    shown = "document.querySelector('[data-snippet=\"%s\"]').textContent"
    curl = subprocess.run(["sh", "-c", page.value(shown % "curl")], capture_output=True, check=True, text=True, timeout=120).stdout
    events = [json.loads(line.removeprefix("data: ")) for line in curl.splitlines() if line.startswith("data: ")]
    assert (events[-1]["status"], [word["word"] for event in events[:-1] for word in event["words"]][:2]) == ("completed", ["It's", "a"])
    page.value("document.querySelector('[data-answer][value=file]').click()")
    subprocess.run(["sh", "-c", page.value(shown % "curl")], check=True, cwd=tmp_path, timeout=120)
    assert seconds_of((tmp_path / "speech.mp3").read_bytes()) > 0.5
    page.value("document.querySelector('[data-answer][value=stream]').click()")
    done = subprocess.run(
        [sys.executable, "-c", page.value(shown % "python")], check=True, cwd=tmp_path, timeout=120, capture_output=True, text=True
    )
    assert seconds_of((tmp_path / "speech.wav").read_bytes()) == pytest.approx(events[-1]["duration"], abs=0.1)
    assert done.stdout.splitlines()[-1].endswith("/output.mp3")


def test_stopping_ends_the_sound_and_cancels_the_job(platform: RunningPlatform, page: Browser) -> None:
    page.type("#text", " ".join(f"This is sentence number {number} of a long text." for number in range(60)))
    page.click("#speak-button")
    page.wait_until("document.querySelector('.words .is-current')", seconds=90)
    page.click("#stop-button")
    assert page.value("document.querySelector('.player-toggle').classList.contains('is-playing')") is False
    [job] = heard(page)["jobs"]
    with platform.client() as client:
        wait_until(lambda: client.get("/v1/speech/results/", params={"uuid": job}).json()["status"] == "cancelled")


def test_a_mistake_in_the_markup_is_shown_beside_the_text_with_its_place(page: Browser) -> None:
    page.type("#text", "Hello <break time='x'/> there.")
    page.click("#speak-button")
    page.wait_until("!document.querySelector('#speak-problem').hidden")
    assert "line 1, column" in page.value("document.querySelector('#speak-problem').textContent")
    assert page.value("document.activeElement.id") == "text"


def test_model_and_voice_are_heard_before_anything_is_spoken(page: Browser) -> None:
    for mine, other in (("#model-sample", "#voice-sample"), ("#voice-sample", "#model-sample")):
        page.wait_until(f"!document.querySelector('{mine}').disabled")
        page.click(mine)
        page.wait_until(f"document.querySelector('{mine}').classList.contains('is-playing')", seconds=90)
        assert page.value(f"document.querySelector('{other}').classList.contains('is-playing')") is False
    assert page.value("document.querySelector('#model-sample').getAttribute('aria-label')") == "Hear Kokoro"
    assert page.complaints == []


def test_every_model_of_the_list_that_speaks_is_heard_and_chosen_by_keyboard(platform: RunningPlatform, page: Browser) -> None:
    rows = "[...document.querySelectorAll('#model-dialog .voice-row')]"
    page.click("#model-open")
    page.wait_until("document.querySelector('#model-dialog').open")
    assert page.value("document.activeElement.matches('#model-dialog .voice-choose[aria-current=true]')") is True
    models = page.value(f"{rows}.map(row => [row.dataset.model, row.querySelector('.voice-play').disabled])")
    assert len(models) > 1
    assert [model for model, is_silent in models if is_silent] == []
    for model, _ in models:
        play = f"#model-dialog [data-model='{model}'] .voice-play"
        assert page.value(f"document.querySelector({json.dumps(play)}).getAttribute('aria-label')").startswith("Hear ")
        page.value(f"document.querySelector({json.dumps(play)}).focus()")
        page.press("Enter")
        page.wait_until(f"document.querySelector({json.dumps(play)}).classList.contains('is-playing')", seconds=90)
        assert page.value("document.querySelectorAll('#model-dialog .is-playing').length") == 1
    last = page.value(f"{rows}.filter(row => !row.querySelector('.voice-choose').disabled).at(-1).dataset.model")  # others need an account
    page.value(f"document.querySelector('#model-dialog [data-model=\"{last}\"] .voice-choose').focus()")
    page.press("Enter")
    page.wait_until(f"document.querySelector('#model').value === {json.dumps(last)} && !document.querySelector('#model-dialog').open")
    assert serious_violations(page) == []
