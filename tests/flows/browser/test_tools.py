"""The tools' pages in Chromium, with real models: each sample is worked on, heard and seen; a microphone is transcribed."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import numpy as np
import pytest
import soundfile

from apps.playground.tools import TOOL_PAGES
from tests.flows.browser.sessions import sign_in
from tests.flows.running import ROOT, RunningPlatform
from tests.sweep.browser import PROGRAM, Browser, browser
from tests.website.accessibility import serious_violations
from tests.workers.recognition.clips import RATE, clips, said, spoken_words

pytestmark = [pytest.mark.prove, pytest.mark.skipif(PROGRAM is None, reason="Chromium is not installed")]

SHOTS = ROOT / "var/screenshots/tools"
SPOKEN = ("librivox-0870", "librivox-0880")
EMAIL = "toolbox@example.com"
DONE = "document.querySelector('[data-tool]').dataset.done"
FAILED = "!document.querySelector('[data-tool-part=error]').hidden && document.querySelector('[data-tool-part=error]').textContent"
INKED = """(root => [...(function* walk(node) {
    for (const one of node.querySelectorAll('*')) { if (one.tagName === 'CANVAS') yield one; if (one.shadowRoot) yield* walk(one.shadowRoot); }
})(root)].map(canvas => {
    const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
    return new Set(Array.from({length: 4000}, (_, index) => data.slice(4 * Math.floor(index * data.length / 16000), 4 * Math.floor(index * data.length / 16000) + 4).join())).size;
}))(document.querySelector(%s))"""
"""Number of different pixels, out of 4,000, of each canvas below an element."""
NOTES = """
window.grown = [];
new MutationObserver(() => {
    const text = document.querySelector("[data-live-growing]")?.textContent.trim();
    if (text && window.grown.at(-1) !== text) window.grown.push(text);
}).observe(document, { subtree: true, childList: true, characterData: true });
"""
"""Notes each interim text of live transcription: a final one may replace it at once."""


EXAMPLE = """{
    document.querySelector('[data-tool]').dataset.examplesOnly = '';
    document.querySelector('[data-sample]').dataset.example = %s;
}"""
"""A page as a visitor has it whose tool the operator has closed to visitors."""


@pytest.fixture(scope="module")
def microphone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sound of the fake microphone: a man who reads, again and again."""
    path = tmp_path_factory.mktemp("microphone") / "speech.wav"
    soundfile.write(path, np.concatenate([clips(SPOKEN), np.zeros(RATE, np.float32)]), RATE, subtype="PCM_16")
    return path


@pytest.fixture(scope="module")
def page(platform: RunningPlatform, microphone: Path) -> Iterator[Browser]:
    """Chromium with the session of a person."""
    with browser(microphone=microphone) as opened:
        sign_in(platform, opened, email=EMAIL)
        yield opened


def visit(platform: RunningPlatform, page: Browser, slug: str) -> None:
    page.open(
        f"{platform.url}/{slug}/", until="document.readyState === 'complete' && document.querySelector('[data-snippet=curl]')?.textContent"
    )


def run_sample(platform: RunningPlatform, page: Browser, slug: str, *, seconds: float = 90.0) -> None:
    """Take the page's sample and wait for its result."""
    visit(platform, page, slug)
    page.click("[data-sample]")
    page.wait_until("document.querySelector('[data-source]').dataset.state === 'chosen'")
    run(page, seconds=seconds)


def run(page: Browser, *, seconds: float = 90.0) -> None:
    page.click("[data-tool-part=action]")
    page.wait_until(f"{DONE} || {FAILED}", seconds=seconds)
    assert page.value(FAILED) is False
    assert page.complaints == []


def shoot(page: Browser, name: str, *, widths: tuple[int, ...] = (1440, 390)) -> None:
    """Pictures of the page as it is, in both themes, on a phone and a desktop. Nothing overlaps the window, and axe finds nothing serious."""
    page.value("scrollTo({top: 0, behavior: 'instant'})")
    reported = list(page.complaints)
    for width in widths:
        for theme in ("light", "dark"):
            page.show_as(width=width, height=844 if width < 600 else 900, theme=theme)
            page.wait_until("!document.getAnimations().some(one => one instanceof CSSTransition && one.playState === 'running')")
            page.screenshot(SHOTS / f"{name}-{width}-{theme}.png", width=width, theme=theme)
            assert page.overflow() <= 0, (name, width)
            assert serious_violations(page) == [], (name, width, theme)
    page.complaints[:] = reported  # axe writes styles, which the pages' policy forbids
    page.show_as()


def consent(page: Browser, *, speaker: str = "George") -> None:
    """Tick the consent of a page that makes a voice, and name the speaker."""
    if page.value("Boolean(document.querySelector('#voice-consent:not(:checked)'))"):
        page.click("#voice-consent")
        page.type("#consent-by", speaker)


def record_with_consent(page: Browser, *, seconds: int) -> None:
    """Record a voice by the microphone; without consent the page refuses to go further, and then it is given."""
    page.click("[data-part=record]")
    page.wait_until(f"parseFloat(document.querySelector('[data-part=time]').textContent.split(':')[1]) >= {seconds}", seconds=30)
    page.click("[data-part=stop]")
    page.wait_until("document.querySelector('[data-source]').dataset.state === 'chosen'")
    page.click("[data-tool-part=action]")
    assert text_of(page, "#voice-consent-error").startswith("Tick this")
    consent(page)


def inked(page: Browser, selector: str) -> list[int]:
    return list(page.value(INKED % json.dumps(selector)))


def text_of(page: Browser, selector: str) -> str:
    return str(page.value(f"document.querySelector({json.dumps(selector)}).textContent"))


@pytest.mark.timeout(300)
def test_speech_from_the_microphone_becomes_a_transcript_whose_words_seek(platform: RunningPlatform, page: Browser) -> None:
    visit(platform, page, "speech-to-text")
    shoot(page, "speech-to-text-empty")
    page.click("[data-part=record]")
    page.wait_until("parseFloat(document.querySelector('[data-part=time]').textContent.split(':')[1]) >= 10", seconds=30)
    page.wait_until("document.querySelector('[data-part=meter]').value > 0.3")
    page.click("[data-part=stop]")
    page.wait_until("document.querySelector('[data-source]').dataset.state === 'chosen'")
    page.value("document.querySelector('[name=diarize]').click()")
    run(page)
    heard = spoken_words(text_of(page, "[data-transcript] .turn p"))
    assert sum(word in heard.split() for word in said(SPOKEN).split()) >= 0.7 * len(said(SPOKEN).split()), heard
    page.value("document.querySelectorAll('[data-transcript] .word')[6].id = 'seventh'")
    start = page.value("Number(document.querySelector('#seventh').dataset.start)")
    page.click("#seventh")
    page.wait_until(f"document.querySelector('[data-player]').currentTime >= {start}")
    page.wait_until("document.querySelector('.word[data-lit]')")
    assert page.value("document.querySelector('[data-player]').paused") is False
    assert max(inked(page, "[data-wave]")) > 1


@pytest.mark.timeout(300)
def test_words_that_the_microphone_hears_live_are_those_that_were_read(platform: RunningPlatform, page: Browser) -> None:
    """Every utterance has its words while the page still listens. Interim words are shown only if they are recognised before the utterance
    ends, which a busy machine does not do: they are printed, and tests/playground/test_live_in_browser.py proves them with a scripted worker.
    """
    visit(platform, page, "speech-to-text")
    page.value(NOTES)
    page.click("[data-live=start]")
    page.wait_until("document.querySelector('[data-live=stage]').textContent === 'Listening'")
    words = said(SPOKEN).split()
    final = "[...document.querySelectorAll('.live-said p')].map(one => one.textContent).join(' ')"
    page.wait_until(f"{FAILED} || {final}.split(/\\s+/).length >= {len(words)}", seconds=120)
    assert page.value(FAILED) is False
    assert text_of(page, "[data-live=stage]") == "Listening"
    print(f"interim words: {page.value('window.grown')}")
    page.click("[data-live=stop]")
    page.wait_until("document.querySelector('[data-tool]').dataset.done === 'live'", seconds=90)
    heard = spoken_words(" ".join(page.value("[...document.querySelectorAll('[data-transcript] .word')].map(one => one.textContent)")))
    assert sum(word in heard.split() for word in words) >= 0.7 * len(words), heard
    page.click("[data-transcript] .word")
    page.wait_until("document.querySelector('.word[data-lit]')")
    assert page.complaints == []


@pytest.mark.timeout(300)
def test_two_speakers_of_the_sample_are_distinguished_and_renamed(platform: RunningPlatform, page: Browser) -> None:
    run_sample(platform, page, "speech-to-text")
    names = page.value("[...new Set([...document.querySelectorAll('.turn strong')].map(one => one.textContent))]")
    assert names == ["Speaker 1", "Speaker 2"]
    page.type("[data-speaker-list] .speaker-name input", "Emma")
    assert page.value("document.querySelector('.turn strong').textContent") == "Emma"
    shoot(page, "speech-to-text")
    page.click("[aria-controls=view-subtitles]")
    assert "Lisbon" in text_of(page, "[data-subtitles]")
    shoot(page, "speech-to-text-subtitles")


@pytest.mark.parametrize("slug", ["audio-enhancer", "dereverb", "voice-changer"])
@pytest.mark.timeout(300)
def test_before_and_after_are_drawn_and_switched_at_the_same_moment(platform: RunningPlatform, page: Browser, slug: str) -> None:
    run_sample(platform, page, slug)
    page.wait_until("'ready' in document.querySelector('[data-compare]').dataset")
    for side in ("before", "after"):
        page.wait_until(f"({INKED % json.dumps(f'[data-side={side}] [data-spectrum]')}).some(one => one > 50)", seconds=30)
        assert max(inked(page, f"[data-side={side}] [data-wave]")) > 1
    page.click("[data-play]")
    page.wait_until("document.querySelector('[data-side=after] audio').currentTime > 0.5")
    page.click("[data-show=before]")
    page.wait_until("!document.querySelector('[data-side=before] audio').paused")
    before, after = page.value("['before', 'after'].map(side => document.querySelector(`[data-side=${side}] audio`).currentTime)")
    assert before == pytest.approx(after, abs=0.5)
    assert page.value("document.querySelector('[data-side=after] audio').paused") is True
    shoot(page, slug)


@pytest.mark.timeout(300)
def test_stems_of_a_song_play_in_a_mixer_and_come_as_an_archive(platform: RunningPlatform, page: Browser) -> None:
    run_sample(platform, page, "stem-splitter")
    page.wait_until("'ready' in document.querySelector('[data-mixer]').dataset")
    assert page.value("[...document.querySelectorAll('[data-stem]')].map(one => one.dataset.stem)") == ["vocals", "accompaniment"]
    assert min(inked(page, "[data-stems]")) > 1
    page.click("[data-mixer] [data-play]")
    page.wait_until("Number(document.querySelector('[data-mixer] [data-position]').value) > 0.05")
    page.click("[data-stem=vocals] button:nth-of-type(2)")
    assert page.value("'silent' in document.querySelector('[data-stem=accompaniment]').dataset") is True
    assert page.value("'silent' in document.querySelector('[data-stem=vocals]').dataset") is False
    page.click("[data-stem-compared=accompaniment]")
    page.wait_until("document.querySelector('[data-compare] [data-download]').href.includes('accompaniment')")
    page.wait_until("'ready' in document.querySelector('[data-compare]').dataset")
    assert max(inked(page, "[data-side=before] [data-wave]")) > 1
    assert max(inked(page, "[data-side=after] [data-wave]")) > 1
    shoot(page, "stem-splitter")
    archive = page.value("document.querySelector('[data-archive]').href")
    assert httpx.get(archive).content[:2] == b"PK"


@pytest.mark.timeout(300)
def test_a_sentence_is_translated_and_the_translation_is_heard(platform: RunningPlatform, page: Browser) -> None:
    run_sample(platform, page, "speech-translation")
    assert "museo" in text_of(page, "[data-original-text]").lower()
    assert "museum" in text_of(page, "[data-translated-text]").lower()
    assert text_of(page, "[data-source-language]") == "Original, Spanish"
    page.wait_until("document.querySelector('[data-translated]').duration > 1")
    shoot(page, "speech-translation")


@pytest.mark.timeout(300)
def test_key_and_tempo_of_the_sample_are_shown_on_the_wheel(platform: RunningPlatform, page: Browser) -> None:
    run_sample(platform, page, "key-bpm-finder")
    assert (text_of(page, "[data-key]"), text_of(page, "[data-camelot]")) == ("C Major", "8B")
    assert float(text_of(page, "[data-bpm]").split()[0]) == pytest.approx(120, abs=2)
    assert page.value("document.querySelectorAll('.wheel-key').length") == 1
    shoot(page, "key-bpm-finder")


@pytest.mark.timeout(300)
def test_a_song_is_converted_to_another_format(platform: RunningPlatform, page: Browser) -> None:
    visit(platform, page, "audio-converter")
    page.click("[data-sample]")
    page.wait_until("document.querySelector('[data-source]').dataset.state === 'chosen'")
    page.value(
        "(select => { select.value = 'flac'; select.dispatchEvent(new Event('change', {bubbles: true})); })(document.querySelector('[name=format]'))"
    )
    run(page)
    assert text_of(page, "[data-after]").startswith("FLAC")
    page.wait_until("'ready' in document.querySelector('[data-compare]').dataset")
    assert max(inked(page, "[data-side=before] [data-wave]")) > 1
    assert max(inked(page, "[data-side=after] [data-wave]")) > 1
    shoot(page, "audio-converter")


@pytest.mark.timeout(300)
def test_work_that_is_cancelled_leaves_no_running_job(platform: RunningPlatform, page: Browser) -> None:
    with platform.client(platform.key(EMAIL, plan="enterprise")) as client:
        visit(platform, page, "stem-splitter")
        page.click("[data-sample]")
        page.wait_until("document.querySelector('[data-source]').dataset.state === 'chosen'")
        page.value("(document.querySelector('[data-tool-part=action]').click(), document.querySelector('[data-tool-part=cancel]').click())")
        page.wait_until("document.querySelector('[data-tool-part=stage]').textContent === 'Cancelled'")
        assert page.value("document.querySelector('[data-tool-part=action]').disabled") is False
        run_button = "document.querySelector('[data-tool-part=action]').click()"
        page.value(run_button)
        page.wait_until("document.querySelector('[data-tool-part=stage]').textContent !== 'Sending the recording'")
        page.click("[data-tool-part=cancel]")
        page.wait_until("document.querySelector('[data-tool-part=progress]').hidden")
        newest = client.get("/v1/jobs/").json()["jobs"][0]
        assert newest["status"] in {"cancelled", "cancelling", "completed"}  # it may have ended before


@pytest.mark.timeout(300)
def test_files_that_cannot_be_worked_on_are_refused_beside_the_field(platform: RunningPlatform, page: Browser, tmp_path: Path) -> None:
    visit(platform, page, "audio-converter")
    text, noise = tmp_path / "letter.txt", tmp_path / "broken.mp3"
    text.write_text("Dear Sir or Madam")
    noise.write_bytes(b"no music at all" * 1000)
    page.set_file("input[type=file]", text)
    page.wait_until("!document.querySelector('#source-error').hidden")
    assert text_of(page, "#source-error") == "letter.txt is no recording (text/plain). Choose audio or video."
    page.set_file("input[type=file]", noise)
    page.wait_until("document.querySelector('[data-source]').dataset.state === 'chosen'")
    page.click("[data-tool-part=action]")
    page.wait_until(FAILED)
    assert "cannot be read" in text_of(page, "[data-tool-part=error]") or "did not work" in text_of(page, "[data-tool-part=error]")
    page.complaints.clear()


@pytest.mark.timeout(300)
def test_a_voice_is_cloned_with_consent_reported_and_kept(platform: RunningPlatform, page: Browser) -> None:
    visit(platform, page, "voice-cloning")
    page.click("[data-sample]")
    page.wait_until("document.querySelector('[data-source]').dataset.state === 'chosen'")
    page.click("[data-tool-part=action]")
    assert text_of(page, "#voice-consent-error").startswith("Tick this")
    consent(page)
    run(page)
    page.wait_until("document.querySelector('[data-cloned]').duration > 1")
    assert "A likeness" in text_of(page, "[data-report]")
    shoot(page, "voice-cloning")
    page.type("#voice-name", "George of the lighthouse")
    page.click("[data-keep] button")
    page.wait_until("document.querySelector('[data-keep]').dataset.kept")
    visit(platform, page, "voice-changer")
    assert "George of the lighthouse" in text_of(page, "[name=target_voice]")


@pytest.mark.timeout(300)
def test_a_conversation_is_stored_and_shown_again(platform: RunningPlatform, page: Browser) -> None:
    visit(platform, page, "voice-chat")
    page.type("#chat-text", "What can you do?")
    page.click("[data-chat=send]")
    page.wait_until(f"{DONE} || {FAILED}", seconds=90)
    assert page.value(FAILED) is False
    shoot(page, "voice-chat")
    visit(platform, page, "voice-chat")
    page.wait_until("document.querySelectorAll('.chat-message').length === 2")
    assert text_of(page, ".chat-person p") == "What can you do?"
    page.click("[data-chat-sample]")
    page.wait_until(f"document.querySelectorAll('.chat-message').length === 4 || {FAILED}", seconds=90)
    assert page.value(FAILED) is False
    assert "what can you do" in page.value("[...document.querySelectorAll('.chat-person p')].at(-1).textContent").lower()


@pytest.mark.timeout(300)
def test_the_shown_requests_run_as_they_are_written(platform: RunningPlatform, page: Browser, tmp_path: Path) -> None:
    key = platform.key(EMAIL, plan="enterprise")
    visit(platform, page, "audio-converter")
    page.click("[data-sample]")
    page.wait_until("document.querySelector('[data-source]').dataset.state === 'chosen'")
    page.value(
        "(select => { select.value = 'mono'; select.dispatchEvent(new Event('change', {bubbles: true})); })(document.querySelector('[name=channels]'))"
    )
    texts: dict[str, str] = page.value(
        "Object.fromEntries([...document.querySelectorAll('[data-snippet]')].map(one => [one.dataset.snippet, one.textContent]))"
    )
    (tmp_path / "song.mp3").write_bytes((ROOT / "apps/playground/static/playground/samples/song.mp3").read_bytes())
    commands = {
        "curl": ["sh", "-c", texts["curl"]],
        "python": [sys.executable, "-c", texts["python"]],
        "javascript": ["node", "--input-type=module", "-e", texts["javascript"]],
    }
    for language, command in commands.items():
        made = tmp_path / "converted.mp3"
        made.unlink(missing_ok=True)
        done = subprocess.run(command, cwd=tmp_path, env={**os.environ, "TTSAI_API_KEY": key}, capture_output=True, text=True, check=False)
        assert done.returncode == 0, (language, done.stderr)
        samples, _ = soundfile.read(made, always_2d=True)
        assert samples.shape[1] == 1, language


@pytest.mark.timeout(600)
def test_visitors_use_the_tools_that_are_open_to_them_and_see_examples_of_all(platform: RunningPlatform, microphone: Path) -> None:
    opened = []
    with browser(microphone=microphone) as page:
        for tool in TOOL_PAGES:
            visit(platform, page, tool.slug)
            shoot(page, f"visitor-{tool.slug}", widths=(390,))
            if page.value("Boolean(document.querySelector('[data-trial]'))"):
                opened.append(tool.slug)
                page.click("[data-sample]")
                page.wait_until("document.querySelector('[data-source]').dataset.state === 'chosen'")
                consent(page)
                run(page, seconds=150)
                assert text_of(page, "[data-tool-part=charged]") == "Free of charge"
                visit(platform, page, tool.slug)
            if tool.has_example:
                page.value(EXAMPLE % json.dumps(f"/static/playground/samples/{tool.slug}.json"))
                page.click("[data-sample]")
                page.wait_until("document.querySelector('[data-tool]').dataset.done === 'example'")
                assert page.value(FAILED) is False
                shoot(page, f"visitor-{tool.slug}-example", widths=(1440,))
        assert page.complaints == []
    assert {tool.slug for tool in TOOL_PAGES} - set(opened) == {"voice-chat"}


@pytest.mark.timeout(300)
def test_a_visitor_records_a_voice_and_hears_it_once(platform: RunningPlatform, microphone: Path) -> None:
    with browser(microphone=microphone) as page:
        visit(platform, page, "voice-cloning")
        record_with_consent(page, seconds=10)
        run(page, seconds=150)
        page.wait_until("document.querySelector('[data-cloned]').duration > 1")
        assert "A likeness" in text_of(page, "[data-report]")
        assert page.value("Boolean(document.querySelector('[data-keep]'))") is False
        assert "fitted to the speaker" in text_of(page, "[data-sign-up]")
        shoot(page, "visitor-voice-cloning-result")
