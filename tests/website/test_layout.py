"""Layout of the product's pages, their policy, error pages and static files."""

import gzip
import re

import pytest
from django.conf import settings
from django.test import Client

from apps.website.navigation import DASHBOARD, FOOTER, HEADER, TOOLS
from tests.factories import AccountFactory, AnonymousPlanFactory, MembershipFactory
from tools.vendor import ICONS, read_table, wrong_files

pytestmark = pytest.mark.django_db

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


def test_start_page_runs_scripts_of_this_server_only(client: Client) -> None:
    answer = client.get("/")
    page, policy = answer.content.decode(), answer.headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "'unsafe-" not in policy
    assert not re.search(r"<script(?![^>]* src=)|\son[a-z]+=|\sstyle=", page)
    addresses = re.findall(r'(?:src|href)="(/static/[^"#]+)', page)
    assert addresses
    for address in set(addresses):
        assert client.head(address).status_code == 200, address


def test_each_page_has_a_nonce_of_its_own_for_styles(client: Client) -> None:
    first, second = (client.get("/").headers["Content-Security-Policy"] for _ in range(2))
    assert re.search(r"style-src 'self' 'nonce-[\w-]{20,}'", first)
    assert first != second


def test_policy_allows_the_object_store_that_presigned_addresses_lead_to(client: Client, settings: settings) -> None:
    from apps.core.page_safety import object_origins

    settings.S3_BUCKET, settings.S3_PUBLIC_ENDPOINT_URL = "audio", "https://objects.example.com:9000"
    object_origins.cache_clear()
    try:
        policy = client.get("/").headers["Content-Security-Policy"]
    finally:
        object_origins.cache_clear()
    assert "media-src 'self' blob: https://objects.example.com:9000 https://audio.objects.example.com:9000;" in policy


@pytest.mark.parametrize("path", ["/nowhere/", "/nowhere"])
def test_unknown_address_is_a_page_for_a_browser_and_json_for_a_program(client: Client, path: str) -> None:
    AnonymousPlanFactory()
    page = client.get(path, headers=BROWSER)
    assert (page.status_code, page.headers["Content-Type"]) == (404, "text/html; charset=utf-8")
    assert "Page not found" in page.content.decode()
    assert "style-src 'self'" in page.headers["Content-Security-Policy"]
    assert client.get(path).json()["error"]["code"] == "not_found"


def test_unknown_address_shows_a_signed_in_person_their_menu_instead_of_sign_in(client: Client) -> None:
    AnonymousPlanFactory()
    assert "/account/login/" in client.get("/nowhere/", headers=BROWSER).content.decode()
    client.force_login(MembershipFactory(account=AccountFactory()).user)
    answer = client.get("/nowhere/", headers=BROWSER)
    page = answer.content.decode()
    assert (answer.status_code, "/account/login/" in page, 'href="/dashboard/"' in page) == (404, False, True)
    assert "style-src 'self'" in answer.headers["Content-Security-Policy"]
    assert client.get("/nowhere/").json()["error"]["code"] == "not_found"


@pytest.mark.parametrize("path", ["/", "/dashboard/jobs/", "/docs/", "/admin/jobs/job/", "/nowhere/"])
def test_address_of_a_page_with_a_nul_character_is_refused_by_a_page(client: Client, path: str) -> None:
    AnonymousPlanFactory()
    answer = client.get(f"{path}?q=%00", headers=BROWSER)
    assert (answer.status_code, answer.headers["Content-Type"]) == (400, "text/html; charset=utf-8")
    assert "NUL character" in answer.content.decode()


@pytest.mark.parametrize("path", ["/v1/models/", "/web/v1/jobs/", "/nowhere/"])
def test_address_of_a_program_with_a_nul_character_is_refused_as_json(client: Client, path: str) -> None:
    AnonymousPlanFactory()
    assert client.get(f"{path}?q=%00").json()["error"]["code"] == "invalid_request"


def test_page_is_compressed_for_a_browser_that_takes_gzip(client: Client) -> None:
    answer = client.get("/", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert b"</html>" in gzip.decompress(answer.content)


def test_script_is_compressed_and_audio_is_not(client: Client) -> None:
    plain = client.get("/static/vendor/htmx/htmx.min.js")
    content = b"".join(plain.streaming_content)  # type: ignore[attr-defined]
    plain.close()
    packed = client.get("/static/vendor/htmx/htmx.min.js", headers={"Accept-Encoding": "gzip, br"})
    assert (packed.headers["Content-Encoding"], packed.headers["Vary"]) == ("gzip", "Accept-Encoding")
    assert gzip.decompress(packed.content) == content
    assert len(packed.content) < len(content) / 2
    font = client.get("/static/vendor/geist/geist-latin.woff2", headers={"Accept-Encoding": "gzip"})
    font.close()
    assert "Content-Encoding" not in font.headers
    assert font.headers["Content-Type"] == "font/woff2"


def test_icon_that_browsers_ask_for_by_name_is_served(client: Client) -> None:
    answer = client.get("/favicon.ico")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/x-icon")
    assert answer.content.startswith(b"\x00\x00\x01\x00\x03\x00")  # an icon file with three images


def test_vendored_files_are_those_that_the_table_records() -> None:
    table = read_table()
    assert wrong_files(table) == []
    assert all(package["licence"] and package["purpose"] for package in table["package"])


def test_every_icon_that_templates_and_menus_use_is_in_the_sprite() -> None:
    sprite = set(re.findall(r'id="([\w-]+)"', ICONS.read_text()))
    templates = "".join(path.read_text() for path in settings.BASE_DIR.glob("apps/*/templates/**/*.html"))
    entries = [*TOOLS, *HEADER, *FOOTER, *(entry for _, entries in DASHBOARD for entry in entries)]
    used = set(re.findall(r'{% icon "([\w-]+)"', templates)) | {entry.icon for entry in entries if entry.icon}
    assert used <= sprite
