"""Static files and scripts of the admin's pages: the icon font, the replaced layout, the weight of the files."""

import gzip
import re
from pathlib import Path

import pytest
import unfold
from django.contrib.staticfiles import finders
from django.test import Client

from tests.operator.rows import make_one_of_everything
from tools.admin_icons import FONT, digest_of, recorded, used_icons

UNFOLD = Path(unfold.__file__).parent
LAYOUT = "unfold/layouts/skeleton.html"
LIMIT = 300_000


def test_the_icon_font_has_every_icon_that_the_admin_uses() -> None:
    digest, names = recorded()
    assert used_icons(UNFOLD) <= names, "run python -m tools.admin_icons"
    assert digest == digest_of(FONT), "run python -m tools.admin_icons"
    assert {"search", "check_small", "neurology", "toll"} <= names


def test_the_layout_differs_from_that_of_unfold_only_in_what_it_leaves_out() -> None:
    own = (Path(__file__).parents[2] / "apps/operator/templates" / LAYOUT).read_text()
    own = own.replace("{% if charts %}", "").replace("</script>{% endif %}\n", "</script>\n")
    theirs = (UNFOLD / "templates" / LAYOUT).read_text()
    missing = set(theirs.splitlines()) - set(own.splitlines())
    assert {re.sub(r".*unfold/(fonts/[a-z-]+)/.*", r"\1", line) for line in missing} == {"fonts/inter", "fonts/material-symbols"}
    assert set(own.splitlines()) <= set(theirs.splitlines())


@pytest.mark.django_db
def test_pages_of_the_admin_load_less_than_the_limit(client: Client, operator: object) -> None:
    make_one_of_everything()
    for path in ("/admin/", "/admin/jobs/job/", "/admin/accounts/plan/add/", "/admin/billing/ledgerentry/adjust/"):
        page = client.get(path).content
        files = set(re.findall(r'(?:src|href)="/static/([^"]+\.(?:js|css))"', page.decode()))
        weight = len(gzip.compress(page)) + sum(len(gzip.compress(_content(name))) for name in files)
        fonts = re.findall(r'url\("?([^")]+\.woff2)', _content("operator/operator.css").decode())
        weight += sum(len(_content(str(Path("operator", font)).replace("operator/../", ""))) for font in fonts)
        assert weight < LIMIT, (path, weight)
        assert ("chart.js" in page.decode()) == (path == "/admin/")


def _content(name: str) -> bytes:
    found = finders.find(name)
    assert found, name
    return Path(found).read_bytes()
