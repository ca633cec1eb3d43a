"""Every page of the documentation, its Markdown, the reference, the search and the files for programs."""

import gzip
import json
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import jsonschema
import pytest
import yaml
from django.conf import settings
from django.test import Client
from django.utils.html import escape

from apps.accounts.models import Plan
from apps.accounts.selectors import ANONYMOUS_PLAN
from apps.documentation.contents import Page, pages
from apps.documentation.reference.operations import operations_by_id, tags
from apps.documentation.search import search
from tests.factories import AnonymousPlanFactory, PlanFactory

pytestmark = pytest.mark.django_db

ROOT = Path(settings.BASE_DIR)
POSTMAN = ROOT / "tests" / "data" / "postman" / "collection-v2.1.0.json"
OF_OTHERS = ("/account/", "/dashboard/", "/pricing/", "/status/", "/report/", "/voice-library/", "/invitations/")
"""Pages of other apps that documents link to."""


@pytest.fixture(autouse=True)
def _plan() -> None:
    AnonymousPlanFactory()


def test_every_page_has_a_title_and_menu_and_no_inline_script(client: Client) -> None:
    titles = set()
    for page in pages():
        answer = client.get(page.path)
        assert answer.status_code == 200, page.path
        html = answer.content.decode()
        titles.add(re.search(r"<title>(.*?)</title>", html, re.DOTALL)[1])  # type: ignore[index]
        assert html.count('aria-current="page"') >= 1, page.path
        assert not re.search(r"<script(?![^>]* src=)|\son[a-z]+=\"|\sstyle=\"", html), page.path
        assert "\x00" not in html, page.path
    assert len(titles) == len(pages())


def test_every_link_and_anchor_of_the_documents_leads_somewhere(client: Client) -> None:
    anchors = {page.path: {heading.anchor for heading in page.rendered.headings} for page in pages()}
    anchors |= {tag.path: {operation.id for operation in tag.operations} for tag in tags()}
    broken = []
    for page in pages():
        for link in re.findall(r'<a href="([^"]+)"', page.rendered.html):
            target, _, anchor = link.partition("#")
            if link.startswith(("http", "mailto:")) or target.startswith(OF_OTHERS):
                continue
            path = target or page.path
            if path in anchors:
                if anchor and anchor not in anchors[path]:
                    broken.append((page.file, link))
            elif not target.startswith("/") and (ROOT / page.file).parent.joinpath(target).exists():
                continue
            elif not target.startswith("/") or client.get(target).status_code != 200:
                broken.append((page.file, link))
    assert broken == []


def test_every_document_of_the_repository_is_a_page() -> None:
    written = {str(path.relative_to(ROOT)) for path in (ROOT / "docs").rglob("*.md")} - {"docs/website.md"}
    assert written - {page.file for page in pages()} == set()


def test_a_page_shows_the_address_of_this_server(client: Client) -> None:
    html = client.get("/docs/quickstart/", headers={"Host": "speech.test"}).content.decode()
    assert "TTSAI_URL=http://speech.test" in html
    assert "speech.example.com" not in html


def test_a_page_is_markdown_too_with_its_live_tables(client: Client) -> None:
    answer = client.get("/docs/limits.md", headers={"Host": "speech.test"})
    assert answer.headers["Content-Type"] == "text/markdown; charset=utf-8"
    text = answer.content.decode()
    assert text.startswith("# Limits")
    assert "| without a key |" in text
    assert "```live" not in text
    assert client.get("/docs/index.md").content.decode().startswith("# Documentation")
    assert client.get("/docs/nowhere.md").status_code == 404


def test_pages_of_prices_limits_and_settings_show_rows_of_the_server(client: Client) -> None:
    assert "<td>without a key</td>" in client.get("/docs/limits/").content.decode()
    assert "<code>TTSAI_WEB_THREADS</code>" in client.get("/docs/settings-reference/").content.decode()


def test_limits_page_counts_days_and_lists_rare_limits_below_the_table(client: Client) -> None:
    Plan.objects.all().update(retention_days=2, max_upload_bytes=None, characters_per_day=None)
    Plan.objects.filter(slug=ANONYMOUS_PLAN).update(characters_per_day=5000)
    PlanFactory(name="Small", retention_days=1, max_upload_bytes=50_000_000, characters_per_day=None)
    html = client.get("/docs/limits/").content.decode()
    assert "<td>1 day</td>" in html
    assert "<td>2 days</td>" in html
    note = "Characters that an address may send in a day: without a key 5,000. Largest file: Small 50 MB. Other plans send files as large"
    assert note in html
    assert f"\n\n{note}" in client.get("/docs/limits.md").content.decode()


def test_code_in_several_languages_becomes_tabs_that_name_their_panels(client: Client) -> None:
    html = client.get("/docs/quickstart/").content.decode()
    panels = re.findall(r'role="tab" id="[^"]+" aria-controls="([^"]+)"', html)
    assert len(panels) >= 6
    assert all(f'id="{panel}"' in html for panel in panels)
    assert html.count("data-copy-from=") >= 7


def test_every_operation_is_on_a_page_of_the_reference_with_three_samples(client: Client) -> None:
    missing = set(operations_by_id())
    for tag in tags():
        html = client.get(tag.path).content.decode()
        shown = {operation.id for operation in tag.operations if f'<section class="ref-operation" id="{operation.id}"' in html}
        assert all(f'id="{name}-{language}"' in html for name in shown for language in ("sh", "python", "js")), tag.path
        missing -= shown
    assert missing == set()
    assert client.get("/docs/reference/nothing/").status_code == 404
    assert client.get("/docs/reference/").content.decode().count('class="method ') == len(operations_by_id())


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("idempotency", "/docs/retries/"),
        ("quick start", "/docs/quickstart/"),
        ("insufficient_credits", "/docs/errors/#keys-roles-limits"),
        ("webhook signature", "/docs/webhooks/#verify-every-message"),
        ("/v1/tts/batch/", "/docs/reference/speech/#tts_batch"),
    ],
)
def test_search_finds_the_best_section_first_or_near_it(query: str, first: str) -> None:
    assert first in [found.path for found in search(query)[:5]]


def test_search_page_and_fragment_show_results_and_say_when_there_are_none(client: Client) -> None:
    assert 'href="/docs/retries/' in client.get("/docs/search/", {"q": "idempotency"}).content.decode()
    fragment = client.get("/docs/search/", {"q": "xyzzy"}, headers={"HX-Request": "true"}).content.decode()
    assert "Nothing is found for “xyzzy”" in fragment
    assert "<html" not in fragment
    assert "&lt;b&gt;" in client.get("/docs/search/", {"q": "<b>"}).content.decode()
    assert client.get("/docs/search/", {"q": ""}, headers={"HX-Request": "true"}).content.strip() == b""


def test_schema_is_served_as_json_and_as_yaml(client: Client) -> None:
    schema = client.get("/docs/openapi.json").json()
    assert schema == client.get("/v1/schema/").json()
    answer = client.get("/docs/openapi.yaml")
    assert answer.headers["Content-Type"] == "application/yaml"
    assert answer.content == (ROOT / "openapi.yaml").read_bytes()
    assert set(yaml.load(answer.content[:3000].partition(b"paths:")[0], yaml.CSafeLoader)["info"]) == set(schema["info"])


@pytest.mark.parametrize(
    "path", ["/docs/openapi.json", "/docs/openapi.yaml", "/docs/postman.json", "/llms.txt", "/llms-full.txt", "/v1/schema/"]
)
def test_large_documents_are_compressed_for_clients_that_accept_it(client: Client, path: str) -> None:
    plain, answer = client.get(path), client.get(path, headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(answer.content) == plain.content
    assert "Content-Encoding" not in plain.headers
    assert all("Accept-Encoding" in one.headers["Vary"] for one in (plain, answer))
    assert len(answer.content) < len(plain.content) / 2


def test_postman_collection_is_valid_and_has_every_operation(client: Client) -> None:
    collection = client.get("/docs/postman.json", headers={"Host": "speech.test"}).json()
    jsonschema.Draft7Validator(json.loads(POSTMAN.read_text())).validate(collection)
    requests = [item["request"] for folder in collection["item"] for item in folder["item"]]
    assert len(requests) == len(operations_by_id())
    assert {one["key"]: one["value"] for one in collection["variable"]} == {"base_url": "http://speech.test", "api_key": ""}
    assert all(one["url"]["raw"].startswith("{{base_url}}/") for one in requests)
    assert "sk-tts-" not in json.dumps([one["header"] for one in requests])


def test_llms_txt_links_to_the_markdown_of_every_page(client: Client) -> None:
    text = client.get("/llms.txt", headers={"Host": "speech.test"}).content.decode()
    assert text.startswith("# Speech Platform\n")
    assert all(f"http://speech.test{page.markdown_path}" in text for page in pages())
    full = client.get("/llms-full.txt").content.decode()
    assert "# Quick start" in full
    assert "`POST /v1/tts/`" in full


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.slug or "start")
def test_every_page_has_a_description_of_its_own(client: Client, page: Page) -> None:
    assert 20 <= len(page.description) <= 155
    assert page.description.endswith(".")
    assert [other.slug for other in pages() if other.description == page.description] == [page.slug]
    assert f"({page.markdown_path}): {page.description}\n" in client.get("/llms.txt").content.decode().replace("http://testserver", "")
    assert f'<meta name="description" content="{escape(page.description)}">' in client.get(page.path).content.decode()


def test_no_line_of_llms_txt_ends_in_a_colon(client: Client) -> None:
    lines = client.get("/llms.txt").content.decode().splitlines()
    assert [line for line in lines if line.rstrip().endswith(":")] == []


def test_robots_and_sitemap_name_public_pages_only(client: Client) -> None:
    robots = client.get("/robots.txt", headers={"Host": "speech.test"}).content.decode()
    assert {"Disallow: /admin/", "Disallow: /dashboard/", "Sitemap: http://speech.test/sitemap.xml"} <= set(robots.splitlines())
    tree = ET.fromstring(client.get("/sitemap.xml", headers={"Host": "speech.test"}).content)  # noqa: S314 - our own
    found = [entry[0].text for entry in tree]
    assert {"http://speech.test/", "http://speech.test/docs/quickstart/", "http://speech.test/docs/reference/speech/"} <= set(found)
    assert not [address for address in found if address and "/dashboard/" in address]
