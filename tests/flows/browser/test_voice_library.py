"""A member finds a voice, listens, makes one from words, keeps it, and speaks with it."""

import pytest

from tests.flows.browser.sessions import sign_in
from tests.flows.browser.sound import listen_to
from tests.flows.running import RunningPlatform
from tests.sweep.browser import PROGRAM, browser

pytestmark = [pytest.mark.prove, pytest.mark.skipif(PROGRAM is None, reason="needs Chromium")]
EMAIL = "voices@example.com"


def test_member_listens_to_voices_and_speaks_with_one_made_from_words(platform: RunningPlatform) -> None:
    platform.key(EMAIL, credits_=100)
    with browser() as page:
        listen_to(page)
        page.show_as()
        sign_in(platform, page, email=EMAIL)
        page.open(f"{platform.url}/voice-library/", until="document.querySelectorAll('.voice-card').length > 20 && window.htmx")
        page.type("#library-q", "emma")
        page.wait_until("document.querySelectorAll('.voice-card').length === 1 && location.search === '?q=emma'")
        page.click(".voice-card .voice-play")
        page.wait_until("document.querySelector('.voice-card .voice-play').classList.contains('is-playing')", seconds=90)
        page.click(".voice-card .voice-star")
        page.wait_until("document.querySelector('.voice-card .voice-star').getAttribute('aria-pressed') === 'true'")
        page.open(f"{platform.url}/voice-library/?favourite=1", until="document.querySelector('.voice-card')")
        assert page.value("[...document.querySelectorAll('.voice-card h3')].map((title) => title.textContent)") == ["Emma"]
        page.click("[data-open='#design-dialog']")
        page.type("#design-description", "A deep, slow British man")
        page.click("#design-button")
        page.wait_until("!document.querySelector('#design-result').hidden", seconds=90)
        assert "british" in page.value("document.querySelector('#design-understood').textContent.toLowerCase()")
        page.type("#design-name", "Narrator")
        page.click("#design-keep button")
        page.wait_until("location.pathname === '/' && document.querySelector('#voice-name')?.textContent === 'Narrator'", seconds=60)
        page.type("#text", "Good evening.")
        page.click("#speak-button")
        page.wait_until("!document.querySelector('#result-actions').hidden", seconds=90)
        page.wait_until("!document.querySelector('.player-toggle').classList.contains('is-playing')", seconds=60)
        assert page.value("window.heard.loudest") > 0.02
        assert page.value("document.querySelector('.words').textContent") == "Good evening."
        page.wait_until("document.querySelector('#recent-list')?.textContent.includes('Narrator')")
        assert page.complaints == []
