"""A customer's way from the sign-up to the deletion, in Chromium on the running platform, with a fake Stripe, mails in files and a receiver."""

import json
import os
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from tests.flows.browser.mails import CODE, find_in_mail
from tests.flows.browser.sound import listen_to
from tests.flows.following import wait_until
from tests.flows.keys import in_platform
from tests.flows.running import RunningPlatform
from tests.stripe_fake import StripeFake
from tests.stripe_fake.server import SECRET_KEY
from tests.sweep.browser import PROGRAM, Browser, browser
from tests.webhooks.receivers import Receiver
from tests.workers.recognition.clips import RATE, clips

pytestmark = [pytest.mark.prove, pytest.mark.skipif(PROGRAM is None, reason="needs Chromium")]

CUSTOMER, COLLEAGUE = "ada.customer@example.com", "bob.colleague@example.com"
PASSWORD = "a sentence that nobody guesses"
TEXT = "The harbor was quiet. A small boat came in, and nobody saw it."
BONUS = 60.0
RECEIVER = 7
READING = ("librivox-0870", "librivox-0880")
RECORDED_SECONDS = 14
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
"""Device with a fingerprint sensor, whose owner is there."""
CHANGES = {
    "/web/v1/tts/": {"text": "Hello.", "model": "kokoro"},
    "/dashboard/keys/new/": {"name": "Mine", "access": "all"},
    "/dashboard/webhooks/new/": {"url": "https://example.com/hook"},
    "/dashboard/voices/categories/": {"name": "Mine"},
    "/dashboard/team/invite/": {"email": "eve@example.com", "role": "owner"},
    "/dashboard/settings/": {"name": "Mine"},
    "/dashboard/settings/export/": {},
    "/dashboard/billing/packs/": {"pack": "credits-500", "form_id": "1"},
}
"""Forms and requests that a viewer may not send."""
OFFERS = "main .button-primary, main .button-danger:not([data-open='#leave'], #leave *)"
"""Buttons of changes; everybody may leave."""
SEND = """
fetch(%s, {method: "POST", headers: {"X-CSRFToken": document.querySelector('meta[name="csrf-token"]').content}, body: new URLSearchParams(%s)})
    .then((answer) => answer.status)
"""


@pytest.fixture
def microphone(tmp_path: Path) -> Path:
    """Sound of the fake microphone: a man who reads, again and again."""
    path = tmp_path / "speech.wav"
    soundfile.write(path, np.concatenate([clips(READING), np.zeros(RATE // 2, np.float32)]), RATE, subtype="PCM_16")
    return path


@pytest.fixture
def page(microphone: Path) -> Iterator[Browser]:
    with browser(microphone=microphone) as opened:
        listen_to(opened)
        opened.show_as()
        yield opened


@pytest.fixture
def site(platform: RunningPlatform) -> str:
    """URL at which browsers allow passkeys."""
    return f"http://localhost:{platform.port}"


@pytest.fixture
def _prices(platform: RunningPlatform, stripe: StripeFake, settings: Any) -> None:
    """Prices at Stripe, as `manage.py create_stripe_prices` makes them."""
    from apps.payments.services.prices import create_stripe_prices

    settings.TTSAI_STRIPE_SECRET_KEY, settings.TTSAI_STRIPE_API_BASE = SECRET_KEY, stripe.base
    in_platform(platform.instance()["database_url"], create_stripe_prices)


@pytest.mark.timeout(900)
@pytest.mark.usefixtures("_prices")
def test_customer_signs_up_speaks_pays_shares_exports_and_deletes_everything(
    platform: RunningPlatform, site: str, page: Browser, receivers: Callable[[int], Receiver], tmp_path: Path
) -> None:
    receiver = receivers(RECEIVER)
    page.open(f"{site}/account/signup/")
    sign_up(platform, page, CUSTOMER)
    page.wait_until("location.pathname === '/dashboard/' && document.readyState === 'complete'")
    assert balance(site, page) == BONUS
    key, command = make_key(site, page)
    secret = make_endpoint(site, page, receiver)
    first = speak_by_command(platform, command, key=key, folder=tmp_path)
    check_message(receiver, secret, uuid=first)
    spoken = speak_in_the_playground(site, page)
    record_voice(site, page)
    buy_credits(site, page)
    invite(platform, site, page, job=spoken)
    add_passkey_and_log_in_with_it(site, page)
    export_everything(site, page, jobs={first, spoken}, folder=tmp_path / "downloads")
    assert page.complaints == []
    delete_account(platform, site, page, key=key)


def text_of(page: Browser, selector: str) -> str:
    return str(page.value(f"document.querySelector({json.dumps(selector)}).textContent.trim()"))


def go(page: Browser, url: str, *, has: str) -> None:
    """Open a page that has this element, whose scripts have run."""
    page.open(url, until=f"document.readyState === 'complete' && document.querySelector({json.dumps(has)})")


def sign_up(platform: RunningPlatform, page: Browser, email: str) -> None:
    """Fill in the form of the page, and the code of the mail."""
    form = "form[action='/account/signup/']"
    page.wait_until(f"document.querySelector({json.dumps(form)})")
    page.type(f"{form} [name=email]", email)
    page.type(f"{form} [name=password1]", PASSWORD)
    page.click(f"{form} [type=submit]")
    page.wait_until("location.pathname === '/account/confirm-email/' && document.querySelector('[name=code]')")
    page.type("[name=code]", find_in_mail(platform, email, CODE))
    page.click("form:has([name=code]) [type=submit]")


def balance(site: str, page: Browser) -> float:
    """Credits that the billing page shows."""
    go(page, f"{site}/dashboard/billing/", has="#balance")
    return float(text_of(page, "#balance").replace(",", ""))


def make_key(site: str, page: Browser) -> tuple[str, str]:
    """Make a key by the button of the empty page; returns its secret and the command that the page shows."""
    go(page, f"{site}/dashboard/keys/", has=".empty a")
    page.click(".empty a")
    page.wait_until("document.querySelector('#id_name')")
    page.type("#id_name", "Laptop")
    page.click("form:has(#id_name) [type=submit]")
    page.wait_until("document.querySelector('#new-secret') && document.readyState === 'complete'")
    return text_of(page, "#new-secret"), text_of(page, "#first-request")


def speak_by_command(platform: RunningPlatform, command: str, *, key: str, folder: Path) -> str:
    """Run the shown command with curl; returns the id of its job."""
    subprocess.run(
        ["sh", "-c", command], cwd=folder, env={**os.environ, "TTSAI_API_KEY": key}, check=True, capture_output=True, timeout=180
    )
    samples, rate = soundfile.read(folder / "hello.mp3")
    assert len(samples) / rate > 0.4
    assert np.abs(samples).max() > 0.05
    with platform.client(key) as client:
        (job,) = client.get("/v1/jobs/").json()["jobs"]
    return str(job["uuid"])


def make_endpoint(site: str, page: Browser, receiver: Receiver) -> str:
    """Make an endpoint for the receiver; returns its signing secret."""
    go(page, f"{site}/dashboard/webhooks/", has=".empty a")
    page.click(".empty a")
    page.wait_until("document.querySelector('#id_url')")
    page.type("#id_url", receiver.url)
    page.click("input[value='job.completed']")
    page.click("form:has(#id_url) [type=submit]")
    page.wait_until("document.querySelector('#new-secret')")
    return text_of(page, "#new-secret")


def check_message(receiver: Receiver, secret: str, *, uuid: str) -> None:
    """The end of the job came, with a signature that the usual library accepts."""
    receiver.wait_for(1)
    (message,) = receiver.verified(secret)
    assert (message["type"], message["data"]["uuid"], message["data"]["status"]) == ("job.completed", uuid, "completed")


def speak_in_the_playground(site: str, page: Browser) -> str:
    """Speak and hear the text, whose words are lit; returns the id of the job."""
    page.open(f"{site}/", until="document.querySelector('#count')?.textContent && document.querySelector('#voice-name').textContent")
    page.type("#text", TEXT)
    page.click("#speak-button")
    page.wait_until("document.querySelector('.words .is-current')", seconds=120)
    page.wait_until("!document.querySelector('#result-actions').hidden", seconds=120)
    page.wait_until("!document.querySelector('.player-toggle').classList.contains('is-playing')", seconds=60)
    heard = page.value("window.heard")
    assert heard["loudest"] > 0.05
    assert heard["loudWindows"] > 20  # a second of sound
    assert len(heard["lit"]) > 3
    assert set(heard["lit"]) <= set(TEXT.split())
    (job,) = heard["jobs"]
    return str(job)


def record_voice(site: str, page: Browser) -> None:
    """Make a voice of the microphone, with consent, and wait until it can be heard."""
    go(page, f"{site}/dashboard/voices/", has=".empty a")
    page.click(".empty a")
    page.wait_until("document.querySelector('[data-part=record]') && document.readyState === 'complete'")
    page.click("[data-part=record]")
    page.wait_until(f"document.querySelector('[data-part=time]').textContent >= '0:{RECORDED_SECONDS}'", seconds=60)
    page.click("[data-part=stop]")
    page.wait_until("document.querySelectorAll('#takes li').length === 1")
    page.type("#voice-name", "Reader")
    page.click("#voice-consent")
    page.type("#consent-by", "A reader of LibriVox")
    page.click("#new-voice button[type=submit]")
    page.wait_until("/^\\/dashboard\\/voices\\/voice_/.test(location.pathname)", seconds=60)
    page.wait_until("document.querySelector('#player')?.readyState >= 1", seconds=240)


def buy_credits(site: str, page: Browser) -> None:
    """Buy a pack on the pages of the fake Stripe; the balance rises by its credits."""
    before = balance(site, page)
    assert 0 < before < BONUS
    page.click("#buy-credits-500")
    page.wait_until("location.pathname.startsWith('/pay/') && document.querySelector('#pay')")
    assert text_of(page, "#amount") == "5.00 USD"
    page.click("#pay")
    page.wait_until("location.search === '?paid=1' && document.readyState === 'complete' && document.querySelector('#balance')", seconds=60)
    assert balance(site, page) == pytest.approx(before + 500, abs=0.001)


def invite(platform: RunningPlatform, site: str, page: Browser, *, job: str) -> None:
    """Invite a colleague, who signs up, accepts, sees the job and can change nothing."""
    go(page, f"{site}/dashboard/team/", has="[data-open='#invite']")
    page.click("[data-open='#invite']")
    page.type("#invite-email", COLLEAGUE)
    page.click("#invite-viewer")
    page.click("#invite [type=submit]")
    page.wait_until(f"document.querySelector('#invitations-title') && document.body.textContent.includes('{COLLEAGUE}')")
    link = find_in_mail(platform, COLLEAGUE, r"(http\S+/invitations/\S+/)")
    with browser() as colleague:
        colleague.show_as()
        go(colleague, link, has="main a.button-primary")
        colleague.click("main a.button-primary")
        colleague.wait_until("location.pathname === '/account/signup/'")
        sign_up(platform, colleague, COLLEAGUE)
        accept = "form[action='/invitations/open/accept/'] button"
        colleague.wait_until(f"document.querySelector({json.dumps(accept)}) && document.readyState === 'complete'")
        colleague.click(accept)
        colleague.wait_until("location.pathname === '/dashboard/' && document.readyState === 'complete'")
        check_viewer(site, colleague, job=job)
    go(page, f"{site}/dashboard/team/", has="#members-title")
    members = page.value("[...document.querySelectorAll('.team-person')].map((person) => person.textContent)")
    assert sorted(members) == [CUSTOMER, COLLEAGUE]


def check_viewer(site: str, page: Browser, *, job: str) -> None:
    """The viewer reads the job, is offered no changes, and is refused each."""
    go(page, f"{site}/dashboard/jobs/{job}/", has="#player")
    for path in ("keys", "webhooks", "voices", "team", "settings"):
        go(page, f"{site}/dashboard/{path}/", has="main h1")
        assert page.value(f"document.querySelectorAll({json.dumps(OFFERS)}).length") == 0, path
    assert page.complaints == []
    for path, form in CHANGES.items():
        assert page.value(SEND % (json.dumps(path), json.dumps(form))) == 403, path
    assert page.value("fetch('/dashboard/billing/').then((answer) => answer.status)") == 403


def add_passkey_and_log_in_with_it(site: str, page: Browser) -> None:
    """Add the fingerprint of the device, sign out, and sign in by it alone."""
    page.call("WebAuthn.enable")
    page.call("WebAuthn.addVirtualAuthenticator", options=AUTHENTICATOR)
    open_guarded(page, f"{site}/account/2fa/webauthn/add/", has="#mfa_webauthn_add")
    page.type("#id_name", "This laptop")
    page.click("#id_passwordless")
    page.click("#mfa_webauthn_add")
    page.wait_until("location.pathname !== '/account/2fa/webauthn/add/' && document.readyState === 'complete'")
    go(page, f"{site}/account/2fa/webauthn/", has="main .table")
    assert "This laptop" in text_of(page, "main .table")
    page.click(".site-actions details:has([action='/account/logout/']) summary")
    page.click("[action='/account/logout/'] button")
    page.wait_until("location.pathname === '/' && document.readyState === 'complete'")
    go(page, f"{site}/account/login/", has="#passkey_login")
    page.click("#passkey_login")
    page.wait_until("location.pathname === '/dashboard/' && document.readyState === 'complete'")


def open_guarded(page: Browser, url: str, *, has: str) -> None:
    """Open a page that asks for the password again if the login was minutes ago."""
    password = "form[action^='/account/reauthenticate/'] [name=password]"
    go(page, url, has=f"{has}, {password}")
    if page.value(f"Boolean(document.querySelector({json.dumps(password)}))"):
        page.type(password, PASSWORD)
        page.click("form:has([name=password]) [type=submit]")
        page.wait_until(f"document.readyState === 'complete' && document.querySelector({json.dumps(has)})")


def export_everything(site: str, page: Browser, *, jobs: set[str], folder: Path) -> None:
    """Have the archive made, download it, and find the jobs and their sound in it."""
    folder.mkdir()
    page.download_to(folder)
    go(page, f"{site}/dashboard/settings/", has="form[action='/dashboard/settings/export/']")
    page.click("form[action='/dashboard/settings/export/'] button")
    page.wait_until("document.querySelector('#export-state a')", seconds=90)
    page.click("#export-state a")
    wait_until(lambda: bool(list(folder.glob("*.zip"))))
    (path,) = folder.glob("*.zip")
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        rows = [json.loads(line) for line in archive.read("rows/jobs.job.jsonl").splitlines()]
        files = archive.namelist()
    assert jobs <= {row["uuid"].replace("-", "") for row in rows}
    assert TEXT in {row["params"].get("text") for row in rows}
    assert all(any(uuid in name for name in files) for uuid in jobs)


def delete_account(platform: RunningPlatform, site: str, page: Browser, *, key: str) -> None:
    """Delete the account by its name; then neither the password, nor the passkey, nor the key opens anything."""
    open_guarded(page, f"{site}/dashboard/settings/delete/", has="#id_confirmation")
    page.type("#id_confirmation", text_of(page, "form.danger-zone strong"))
    page.click("form.danger-zone [type=submit]")
    page.wait_until("location.pathname === '/' && document.readyState === 'complete'")
    wait_until(lambda: in_platform(platform.instance()["database_url"], _is_erased))
    with platform.client(key) as client:
        assert client.get("/v1/jobs/").status_code == 401
        assert client.post("/v1/tts/", json={"text": TEXT, "model": "kokoro"}).status_code == 401
    form = "form[action='/account/login/']"
    go(page, f"{site}/account/login/", has=form)
    page.type(f"{form} [name=login]", CUSTOMER)
    page.type(f"{form} [name=password]", PASSWORD)
    page.click(f"{form} [type=submit]")
    page.wait_until(
        f"document.readyState === 'complete' && document.querySelector({json.dumps(form)})?.textContent.includes('password is wrong')"
    )
    go(page, f"{site}/account/login/", has="#passkey_login")
    page.click("#passkey_login")
    page.wait_until("location.pathname !== '/account/login/' || document.querySelector('form .error, .banner-danger, .toast')")
    go(page, f"{site}/dashboard/", has="form[action='/account/login/']")


def _is_erased() -> bool:
    from apps.privacy.models import Erasure

    return Erasure.objects.exclude(finished_at=None).exists()
