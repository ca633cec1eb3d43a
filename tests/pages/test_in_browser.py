"""Every page in Chromium, in both themes on phone and desktop: pictures, no horizontal scrolling, no complaint, no serious violation of accessibility.

`make prove PYTEST_ARGUMENTS=tests/pages/test_in_browser.py`; the pictures are written to var/screenshots/pages/.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest
from django.conf import settings as configured
from django.test import Client

from apps.accounts.models import Account
from tests.pages.table import Owned, PageRow, all_rows
from tests.sweep.browser import PROGRAM, Browser, browser
from tests.website.accessibility import serious_violations

pytestmark = [
    pytest.mark.prove,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("_platform"),
    pytest.mark.skipif(PROGRAM is None, reason="needs Chromium"),
]

WIDTHS: Final = (1440, 390)
THEMES: Final = ("light", "dark")
PICTURES: Final = Path(configured.BASE_DIR) / "var" / "screenshots" / "pages"
PAGES: Final = [row for row in all_rows() if row.kind == "page" and row.status == 200]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as opened:
        yield opened


@pytest.mark.parametrize("row", PAGES, ids=str)
def test_page_fits_every_width_in_both_themes_without_serious_violations(
    row: PageRow, owner: Account, member_of: Callable[..., Client], shell: str, chromium: Browser
) -> None:
    owned = row.owns(owner) if row.owns else Owned()
    member = member_of(owner)
    answer = row.ask(member, owned)
    url = shell + answer.request["PATH_INFO"] + (f"?{query}" if (query := answer.request.get("QUERY_STRING")) else "")
    chromium.set_cookie(shell, name=configured.SESSION_COOKIE_NAME, value=member.cookies[configured.SESSION_COOKIE_NAME].value)
    chromium.complaints.clear()
    problems = []
    for theme in THEMES:
        for width in WIDTHS:
            chromium.show_as(width=width, theme=theme)
            chromium.open(url)
            chromium.screenshot(PICTURES / f"{_name_of(row)}-{theme}-{width}.png", width=width, theme=theme)
            if chromium.overflow() > 0:
                problems.append(f"{theme} {width}: wider than its window by {chromium.overflow()} pixels")
            problems += [f"{theme} {width}: {violation}" for violation in serious_violations(chromium)]
    chromium.open("about:blank")  # which closes the page's event stream before the rows are deleted
    problems += [complaint for complaint in chromium.complaints if "/static/downloads/" not in complaint]  # jobs of the rows have no files
    assert not problems, "\n".join(problems)


def _name_of(row: PageRow) -> str:
    return "".join(letter if letter.isalnum() else "_" for letter in row.path).strip("_") or "home"
