"""Every page in Chromium, of members and of visitors: pictures in both themes, no fault of the layout at any width, no complaint, no serious violation of accessibility.

`make prove PYTEST_ARGUMENTS=tests/pages/test_in_browser.py`; the pictures are written to var/screenshots/pages/.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from django.conf import settings as configured
from django.test import Client

from apps.accounts.models import Account
from tests.pages.layout_checks import WIDTHS, layout_faults
from tests.pages.table import Owned, PageRow, all_rows
from tests.sweep.browser import PROGRAM, Browser, browser
from tests.website.accessibility import serious_violations

pytestmark = [
    pytest.mark.prove,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("_platform"),
    pytest.mark.skipif(PROGRAM is None, reason="needs Chromium"),
]

LOOKS: Final = (("light", 1440), ("dark", 390), ("dark", 1440), ("light", 390))
"""Theme and width of each picture."""
PICTURES: Final = Path(configured.BASE_DIR) / "var" / "screenshots" / "pages"
PAGES: Final = [row for row in all_rows() if row.kind == "page" and row.status == 200]
PUBLIC: Final = [row for row in all_rows() if row.kind == "page" and row.visitor == 200]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as opened:
        yield opened


@pytest.mark.parametrize("row", PAGES, ids=str)
def test_page_fits_every_width_in_both_themes_without_serious_violations(
    row: PageRow, owner: Account, member_of: Callable[..., Client], shell: str, chromium: Browser
) -> None:
    member = member_of(owner)
    url = _address(row, member, owner, shell=shell)
    chromium.set_cookie(shell, name=configured.SESSION_COOKIE_NAME, value=member.cookies[configured.SESSION_COOKIE_NAME].value)
    assert not (problems := _look(chromium, url, name=_name_of(row))), "\n".join(problems)


@pytest.mark.parametrize("row", PUBLIC, ids=str)
def test_page_of_a_visitor_fits_every_width_in_both_themes(row: PageRow, owner: Account, shell: str, chromium: Browser) -> None:
    url = _address(row, Client(), owner, shell=shell)
    chromium.call("Network.clearBrowserCookies")
    assert not (problems := _look(chromium, url, name=f"visitor-{_name_of(row)}", looks=LOOKS[:2])), "\n".join(problems)


def _address(row: PageRow, client: Client, owner: Account, *, shell: str) -> str:
    """Address of the row's page about an object of the owner's."""
    answer: Any = row.ask(client, row.owns(owner) if row.owns else Owned())
    return shell + answer.request["PATH_INFO"] + (f"?{query}" if (query := answer.request.get("QUERY_STRING")) else "")


def _look(chromium: Browser, url: str, *, name: str, looks: tuple[tuple[str, int], ...] = LOOKS) -> list[str]:
    """Take the pictures of a page and return what is wrong with it."""
    chromium.complaints.clear()
    problems = []
    for theme, width in looks:
        chromium.show_as(width=width, theme=theme)
        chromium.open(url)
        chromium.screenshot(PICTURES / f"{name}-{theme}-{width}.png", width=width, theme=theme)
        problems += [f"{theme} {width}: {violation}" for violation in serious_violations(chromium)]
    for width in WIDTHS:
        chromium.show_as(width=width)
        problems += [f"{width}: {fault}" for fault in layout_faults(chromium)]
    chromium.open("about:blank")  # which closes the page's event stream before the rows are deleted
    return problems + [
        complaint for complaint in chromium.complaints if "/static/downloads/" not in complaint
    ]  # jobs of the rows have no files


def _name_of(row: PageRow) -> str:
    return "".join(letter if letter.isalnum() else "_" for letter in row.path).strip("_") or "home"
