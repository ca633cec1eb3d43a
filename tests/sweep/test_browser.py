"""Pages in a real browser under their own policies; another origin's page may call the API, with a key and no cookie."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest

from tests.flows.following import wait_for_end, wait_until
from tests.flows.running import RunningPlatform
from tests.servers import free_port
from tests.sweep.browser import PROGRAM, Browser, browser
from tests.sweep.conftest import PAGE

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="there is no Chromium here")
STRANGER = f"http://127.0.0.1:{free_port()}"


class _Page(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><link rel=icon href=data:,><p>a page")

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module", autouse=True)
def _pages() -> Iterator[None]:
    """Two foreign pages: one with an origin in TTSAI_CORS_ORIGINS, one without."""
    servers = [ThreadingHTTPServer(("127.0.0.1", urlsplit(url).port or 0), _Page) for url in (PAGE, STRANGER)]
    threads = [threading.Thread(target=server.serve_forever) for server in servers]
    for thread in threads:
        thread.start()
    yield
    for server, thread in zip(servers, threads, strict=True):
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def page() -> Iterator[Browser]:
    with browser() as page:
        yield page


def test_an_address_of_the_earlier_documentation_leads_to_the_operation_which_is_tried(swept: RunningPlatform, page: Browser) -> None:
    page.open(f"{swept.url}/docs/#/health/health", until="location.pathname === '/docs/reference/health/' && location.hash === '#health'")
    page.wait_until("document.readyState === 'complete'")
    page.click("#health .try summary")
    page.click("#health [data-try] [type=submit]")
    page.wait_until("document.querySelector('#health [data-answer]')?.innerText.includes('online')")
    assert page.complaints == []


FORM = "#{} [data-try] [name={}]"


def test_ids_of_an_answer_fill_the_forms_of_the_reference_that_ask_for_them(swept: RunningPlatform, key: str, page: Browser) -> None:
    page.open(f"{swept.url}/docs/reference/speech/", until="document.readyState === 'complete'")
    for name in ("tts", "speech_results"):
        page.click(f"#{name} .try summary")
    page.type("#tts [data-key]", key)
    page.type("#tts [data-body]", json.dumps({"model": "silence", "text": "Hello."}))
    page.value(f"document.querySelector('{FORM.format('speech_subtitles', 'uuid')}').value = 'my own'")
    page.click("#tts [data-try] [type=submit]")
    page.wait_until("document.querySelector('#tts [data-state]').textContent.includes('filled into')")
    uuid = page.value("JSON.parse(document.querySelector('#tts [data-answer] pre').textContent).uuid")
    page.click("#speech_results [data-try] [type=submit]")
    page.wait_until(f"document.querySelector('#speech_results [data-answer]').innerText.includes('{uuid}')")
    assert page.value(f"document.querySelector('{FORM.format('speech_subtitles', 'uuid')}').value") == "my own"
    page.open(f"{swept.url}/docs/reference/jobs/", until="document.readyState === 'complete'")
    assert page.value(f"document.querySelector('{FORM.format('jobs_get', 'uuid')}').value") == uuid
    page.open(f"{swept.url}/docs/reference/webhooks/", until="document.readyState === 'complete'")
    assert page.value(f"document.querySelector('{FORM.format('webhooks_read', 'uuid')}').value") != uuid
    assert page.complaints == []


KEPT = """
(async () => {{
  const {{ keepIds, fillIds }} = await import('/static/documentation/js/answered_ids.js');
  const answers = {};
  for (const one of answers) keepIds({{ named: [], sent: [], job: null, ...one }});
  fillIds();
  return [...document.querySelectorAll('[data-try]')].map(form => [form.closest('section').id, [...form.querySelectorAll('[data-place]')].filter(one => one.required).map(one => one.value)]);
}})()
"""


def test_an_id_fills_the_forms_of_its_own_collection_and_is_gone_once_deleted(swept: RunningPlatform, page: Browser) -> None:
    made = [
        {"path": "/v1/webhooks/", "method": "POST", "body": {"id": "one-endpoint"}},
        {"path": "/v1/webhooks/{uuid}/test/", "method": "POST", "body": {"id": "one-delivery", "endpoint_id": "one-endpoint"}},
        {"path": "/v1/tts/", "method": "POST", "body": {"uuid": "one-job"}},
    ]
    page.open(f"{swept.url}/docs/reference/webhooks/", until="document.readyState === 'complete'")
    found = dict(page.value(KEPT.format(json.dumps(made))))
    assert found["webhooks_read"] == found["webhooks_test"] == ["one-endpoint"]
    assert found["webhooks_replay"] != ["one-job"]
    deleted = [{"path": "/v1/webhooks/{uuid}/", "method": "DELETE", "named": ["one-endpoint"], "body": {"id": "one-endpoint"}}]
    page.value(KEPT.format(json.dumps(deleted)))
    assert "one-endpoint" not in page.value("sessionStorage.getItem('reference-ids')")


def test_the_home_page_renders_without_errors(swept: RunningPlatform, page: Browser) -> None:
    page.open(f"{swept.url}/", until="document.querySelector('a[href=\"/docs/\"]') !== null")
    assert page.complaints == []


def test_the_admin_logs_in_lists_and_changes(swept: RunningPlatform, page: Browser) -> None:
    password = (swept.home / "secrets" / "admin-password").read_text().strip()
    page.open(f"{swept.url}/admin/", until="document.querySelector('input[name=password]') !== null")
    page.value("document.querySelector('input[name=username]').value = 'admin@localhost'")
    page.value(f"document.querySelector('input[name=password]').value = {json.dumps(password)}")
    page.value("document.querySelector('input[name=password]').form.submit()")
    page.wait_until("location.pathname === '/admin/' && document.querySelector('#nav-sidebar, nav, aside') !== null")
    for path in ("accounts/account/", "accounts/plan/", "jobs/job/", "billing/ledgerentry/"):
        page.open(f"{swept.url}/admin/{path}", until="document.querySelector('#changelist, #changelist-form, #result_list') !== null")
        page.wait_until("typeof window.Alpine === 'object'")  # its script is deferred
    page.open(f"{swept.url}/admin/accounts/plan/", until="document.querySelector('#result_list a[href*=\"/change/\"]') !== null")
    page.open(
        page.value("document.querySelector('#result_list a[href*=\"/change/\"]').href"),
        until="document.querySelector('[name=_save]') !== null",
    )
    page.value("document.querySelector('[name=_save]').click()")
    page.wait_until("document.body?.innerText.includes('was changed successfully')")
    assert page.complaints == []


CALL = """
fetch(%s, {method: "POST", credentials: "omit", body: JSON.stringify({model: "silence", voice: "quiet", text: "Hello."}), headers: {
    "Content-Type": "application/json", Authorization: "Bearer " + %s, "Idempotency-Key": "from-a-page", Prefer: "respond-async",
    "X-API-Key": %s, "X-Stainless-Lang": "js"}})
.then(async answer => ({status: answer.status, id: answer.headers.get("X-Request-Id"), left: answer.headers.get("X-RateLimit-Remaining"),
                        body: await answer.json()}), error => ({status: 0, error: String(error)}))
"""


def test_a_page_of_an_allowed_origin_calls_the_api(swept: RunningPlatform, page: Browser, key: str) -> None:
    page.open(PAGE)
    reported = page.value(CALL % (json.dumps(f"{swept.url}/v1/tts/"), json.dumps(key), json.dumps(key)))
    assert (reported["status"], reported["body"]["status"]) == (200, "queued")
    assert reported["id"].startswith("req_")
    assert int(reported["left"]) > 0
    wrong = page.value(CALL % (json.dumps(f"{swept.url}/v1/tts/"), '"wrong"', '"wrong"'))
    assert (wrong["status"], wrong["body"]["error"]["code"]) == (401, "invalid_api_key")
    nowhere = page.value(CALL % (json.dumps(f"{swept.url}/v1/nowhere/"), json.dumps(key), json.dumps(key)))
    assert (nowhere["status"], nowhere["body"]["error"]["code"]) == (404, "not_found")
    audio = f"fetch('{swept.url}/static/downloads/{reported['body']['uuid']}/output.mp3').then(answer => answer.status)"
    assert page.value(audio) in {200, 409}  # it may not be spoken yet


def test_page_of_unlisted_origin_cannot_call_the_api(swept: RunningPlatform, page: Browser, key: str) -> None:
    page.open(STRANGER)
    reported = page.value(CALL % (json.dumps(f"{swept.url}/v1/tts/"), json.dumps(key), json.dumps(key)))
    assert reported["status"] == 0
    assert any("CORS" in complaint for complaint in page.complaints)


def test_pages_cannot_be_framed_by_other_origins(swept: RunningPlatform, page: Browser) -> None:
    page.open(PAGE)
    page.value(f"document.body.innerHTML = '<iframe src=\"{swept.url}/admin/login/\"></iframe>'")
    page.wait_until("document.querySelector('iframe') !== null")

    def was_refused() -> bool:
        page.value("new Promise(requestAnimationFrame)")  # reads what the browser has told meanwhile
        return any("frame" in complaint.lower() for complaint in page.complaints)

    wait_until(was_refused)


def test_a_browser_plays_a_download(swept: RunningPlatform, page: Browser, key: str) -> None:
    with swept.client(key) as client:
        uuid = client.post("/v1/tts/", json={"model": "silence", "voice": "quiet", "text": "Hello.", "format": "wav"}).json()["uuid"]
        result = wait_for_end(client, uuid)
    page.open(result["result_url"], until="document.querySelector('video, audio')?.readyState >= 1")
    assert page.complaints == []
