"""Layout of single parts of pages in Chromium, which the sweep over all pages cannot judge.

`make prove PYTEST_ARGUMENTS=tests/pages/test_layout_in_browser.py`
"""

from collections.abc import Callable, Iterator

import pytest
from django.conf import settings as configured
from django.test import Client

from apps.accounts.models import Account
from apps.billing.models import EntryKind
from apps.billing.services import grant_credits
from tests.factories_jobs import announce, engine_spec
from tests.pages.dashboard import done_job, make_conversation
from tests.pages.layout_checks import WIDTHS, layout_faults
from tests.status.test_page import probed
from tests.sweep.browser import PROGRAM, Browser, browser
from tests.transcription.conftest import WHISPER

pytestmark = [
    pytest.mark.prove,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("_platform"),
    pytest.mark.skipif(PROGRAM is None, reason="needs Chromium"),
]

PHONES = (320, 390)
SEEN = "(box => box.width > 0 && box.top >= 0 && box.bottom <= innerHeight && box.left >= 0 && box.right <= innerWidth)(document.querySelector('%s').getBoundingClientRect())"
"""True if the whole element is in the window."""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as opened:
        yield opened


@pytest.fixture
def signed_in(owner: Account, member_of: Callable[..., Client], shell: str, chromium: Browser) -> Iterator[Browser]:
    """Browser of a member of the owner's account."""
    chromium.call("Network.clearBrowserCookies")
    session = member_of(owner).cookies[configured.SESSION_COOKIE_NAME].value
    chromium.set_cookie(shell, name=configured.SESSION_COOKIE_NAME, value=session)
    yield chromium
    chromium.open("about:blank")  # which closes the page's event stream before the rows are deleted


@pytest.fixture
def visiting(chromium: Browser) -> Browser:
    """Browser of a visitor."""
    chromium.call("Network.clearBrowserCookies")
    return chromium


def test_balance_of_millions_stands_in_one_line_at_every_width(owner: Account, signed_in: Browser, shell: str) -> None:
    grant_credits(owner.pk, amount_millicredits=1_233_567_891, kind=EntryKind.ADJUSTMENT, reason="test", actor="test")
    for width in (*WIDTHS, 961, 1024, 1440):
        signed_in.show_as(width=width)
        signed_in.open(f"{shell}/dashboard/")
        lines = signed_in.value(
            "(() => { const text = document.createRange(); text.selectNodeContents(document.querySelector('.stat-value')); return text.getClientRects().length; })()"
        )
        assert (signed_in.value("document.querySelector('.stat-value').textContent"), lines) == ("1,234,567.891", 1), width
        assert layout_faults(signed_in) == [], width


def test_points_of_a_jobs_timeline_lie_on_its_line(owner: Account, signed_in: Browser, shell: str) -> None:
    signed_in.open(f"{shell}/dashboard/jobs/{done_job(owner).uuid.hex}/")
    middle_of_point = """(() => {
        const list = document.querySelector('.timeline'), item = list.querySelector('li'), point = getComputedStyle(item, '::before');
        return item.getBoundingClientRect().left + parseFloat(point.left) + parseFloat(point.width) / 2 - list.getBoundingClientRect().left;
    })()"""
    assert signed_in.value(middle_of_point) == pytest.approx(1, abs=1)  # the line is two pixels wide
    assert signed_in.value("parseFloat(getComputedStyle(document.querySelector('.timeline')).paddingLeft)") == 16


def test_menu_of_a_phone_offers_visitors_to_sign_up_and_to_sign_in(visiting: Browser, shell: str) -> None:
    for width in PHONES:
        visiting.show_as(width=width)
        visiting.open(f"{shell}/")
        visiting.click("[popovertarget=site-nav]")
        for path in ("/account/signup/", "/account/login/"):
            visiting.value(f"document.querySelector('#site-nav a[href=\"{path}\"]').scrollIntoView()")
            assert visiting.value(SEEN % f'#site-nav a[href="{path}"]'), (width, path)


def test_refusal_of_live_transcription_is_seen_beside_its_button(visiting: Browser, shell: str) -> None:
    announce(engine_spec(), engine_spec("whisper", **WHISPER))
    for width in (*PHONES, 1280):
        visiting.show_as(width=width, height=640)
        visiting.open(f"{shell}/speech-to-text/", until="document.readyState === 'complete'")
        visiting.click("[data-live=start]")
        visiting.wait_until("!document.querySelector('#source-error').hidden")
        assert visiting.value("document.querySelector('#source-error').textContent") == "Live transcription needs a free account.Sign up"
        assert visiting.value("document.querySelector('#source-error').role") == "alert"
        assert visiting.value(SEEN % "#source-error"), width


def test_conversations_on_a_phone_say_when_they_were_held(owner: Account, signed_in: Browser, shell: str) -> None:
    make_conversation(owner)
    for width in PHONES:
        signed_in.show_as(width=width)
        signed_in.open(f"{shell}/dashboard/conversations/")
        assert signed_in.value(SEEN % ".link-list time"), width
        assert layout_faults(signed_in) == []


def test_usage_on_a_phone_shows_every_number_without_scrolling_sideways(owner: Account, signed_in: Browser, shell: str) -> None:
    done_job(owner)
    for width in PHONES:
        signed_in.show_as(width=width)
        signed_in.open(f"{shell}/dashboard/usage/")
        beyond = "[...document.querySelectorAll('#usage-table td')].filter(one => one.getBoundingClientRect().right > innerWidth).length"
        assert signed_in.value("document.querySelectorAll('#usage-table tbody td').length") > 0
        assert signed_in.value(beyond) == 0, width
        assert layout_faults(signed_in) == [], width


def test_words_of_the_status_legend_stay_beside_their_colour(visiting: Browser, shell: str) -> None:
    probed(speech="up")
    for width in WIDTHS:
        visiting.show_as(width=width)
        visiting.open(f"{shell}/status/")
        assert (
            visiting.value("[...document.querySelectorAll('.legend li')].map(one => Math.round(one.getBoundingClientRect().height) < 30)")
            == [True] * 4
        )
