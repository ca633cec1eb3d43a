"""Pages in states that no row of the table has, in Chromium: both themes, phone and desktop, without overflow and serious violations.

`make prove PYTEST_ARGUMENTS=tests/pages/test_states_in_browser.py`; the pictures are written to var/screenshots/states/.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings as configured
from django.test import Client
from django.utils import timezone

from apps.abuse_reports import views as report_views
from apps.accounts.models import Account, Role
from apps.accounts.services import suspend_account
from apps.announcements.models import Announcement
from apps.mail.models import OutgoingMail
from apps.status.components import COMPONENTS
from apps.status.models import Day
from tests.identity.people import PASSWORD, add_totp, log_in, person, sign_up
from tests.operator.rows import staff
from tests.status.test_page import incident, probed
from tests.sweep.browser import PROGRAM, Browser, browser
from tests.website.accessibility import serious_violations

pytestmark = [
    pytest.mark.prove,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("_platform"),
    pytest.mark.skipif(PROGRAM is None, reason="needs Chromium"),
]

PICTURES: Final = Path(configured.BASE_DIR) / "var" / "screenshots" / "states"
SIZES: Final = [(theme, width) for theme in ("light", "dark") for width in (1280, 390)]
MemberOf = Callable[..., Client]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as opened:
        opened.call("Network.setCacheDisabled", cacheDisabled=True)  # a public page may be kept for seconds
        yield opened


@dataclass
class Camera:
    """Takes the pictures of a page, and gathers what is wrong with it."""

    chromium: Browser
    base: str

    def log_in(self, client: Client) -> None:
        """Give the browser the session of a client."""
        name = configured.SESSION_COOKIE_NAME
        self.chromium.call("Network.clearBrowserCookies")
        if name in client.cookies:
            self.chromium.set_cookie(self.base, name=name, value=client.cookies[name].value)

    def show(self, name: str, path: str, *, then: str = "") -> list[str]:
        """Pictures of a page; then: a script that leads on from it."""
        problems: list[str] = []
        self.chromium.complaints.clear()
        for theme, width in SIZES:
            self.chromium.show_as(width=width, theme=theme)
            self.chromium.open(path if "://" in path else f"{self.base}{path}")
            if then:
                self.chromium.value(f"window.isBefore = true; {then}")
                self.chromium.wait_until("!window.isBefore && document.readyState === 'complete'")
            self.chromium.screenshot(PICTURES / f"{name}-{theme}-{width}.png", width=width, theme=theme)
            if self.chromium.overflow() > 0:
                problems.append(f"{name} {theme} {width}: wider than its window by {self.chromium.overflow()} pixels")
            problems += [f"{name} {theme} {width}: {violation}" for violation in serious_violations(self.chromium)]
        return problems + [one for one in self.chromium.complaints if "status of 4" not in one and "status of 5" not in one]


@pytest.fixture
def camera(chromium: Browser, shell: str) -> Iterator[Camera]:
    made = Camera(chromium, shell)
    made.log_in(Client())
    yield made
    chromium.open("about:blank")  # which closes event streams


def test_announcements_of_every_level_fit_the_dashboard_and_its_narrow_pages(owner: Account, member_of: MemberOf, camera: Camera) -> None:
    text = "On Sunday from 02:00 to 04:00 UTC speech is slower than usual, because the machines move to another building."
    for level in ("info", "warning", "problem"):
        Announcement.objects.create(text=text, level=level, link="/status/", link_text="See the status", is_dismissible=level != "problem")
    camera.log_in(member_of(owner))
    assert camera.show("announcements", "/dashboard/") + camera.show("announcements-settings", "/dashboard/settings/") == []


def test_banner_of_a_read_only_visit_is_on_pages_of_every_layout(owner: Account, camera: Camera) -> None:
    visitor = Client()
    visitor.force_login(staff("view_account", "impersonate_account"))
    visitor.post(f"/admin/accounts/account/{owner.pk}/impersonate/", {"reason": "asked for help"})
    camera.log_in(visitor)
    assert (
        camera.show("visit-dashboard", "/dashboard/") + camera.show("visit-speak", "/") + camera.show("visit-keys", "/dashboard/keys/")
        == []
    )


def test_status_page_shows_outages_incidents_and_maintenance(camera: Camera) -> None:
    now, names = timezone.now(), [component.id for component in COMPONENTS]
    problems = camera.show("status-empty", "/status/")
    for number, component in enumerate(names):
        for ago in range(1, 80):
            Day.objects.create(
                component=component, day=now.date() - timedelta(days=ago), up=1440 - (ago * number) % 7, down=(ago * number) % 7
            )
    probed(**dict.fromkeys(names, "up"))
    problems += camera.show("status-calm", "/status/")
    probed(**(dict.fromkeys(names, "up") | {"speech": "down", "database": "degraded"}))
    incident(
        "Voices are silent",
        ("investigating", "We look for the reason."),
        ("identified", "A worker is stuck and is replaced."),
        impact="outage",
    )
    incident("Queues were slow", ("investigating", "We look."), ("resolved", "It is over."), starts_at=now - timedelta(days=1))
    incident("New disks", is_maintenance=True, starts_at=now + timedelta(days=1), ends_at=now + timedelta(days=1, hours=2))
    assert problems + camera.show("status-incidents", "/status/") == []


def test_error_pages_say_what_to_do(owner: Account, member_of: MemberOf, camera: Camera, monkeypatch: pytest.MonkeyPatch) -> None:
    problems = camera.show("error-404", "/nowhere/")
    leave_out_token = "document.querySelector('[name=csrfmiddlewaretoken]').remove(); document.querySelector('main form').submit()"
    problems += camera.show("error-expired-form", "/report/", then=leave_out_token)
    camera.log_in(member_of(owner, role=Role.VIEWER))
    problems += camera.show("error-403", "/dashboard/billing/") + camera.show("error-404-dashboard", "/dashboard/nowhere/")

    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("as a test of the page")

    monkeypatch.setattr(report_views, "render", fail)
    assert problems + camera.show("error-500", "/report/") == []


def test_login_asks_for_a_second_factor_and_explains_what_was_wrong(camera: Camera) -> None:
    someone = person("ann@example.com")
    problems = camera.show("login-wrong", "/account/login/", then=_send(login=someone.email, password="not the password"))
    problems += camera.show("sign-up-wrong", "/account/signup/", then=_send(email="no address", password1="short"))
    problems += camera.show("report-wrong", "/report/", then="document.querySelector('main form').submit()")
    newcomer = Client()
    sign_up(newcomer, "new@example.com")
    camera.log_in(newcomer)
    problems += camera.show("sign-up-code", "/account/confirm-email/")
    add_totp(someone)
    client = Client()
    log_in(client, someone.email)
    camera.log_in(client)
    assert problems + camera.show("second-factor", "/account/2fa/authenticate/") == []


def test_security_pages_of_a_person_with_an_authenticator_app_fit(camera: Camera) -> None:
    someone = person("ann@example.com")
    client = Client()
    log_in(client, someone.email)
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    camera.log_in(client)
    problems = camera.show("authenticator-new", "/account/2fa/totp/activate/") + camera.show("passkey-new", "/account/2fa/webauthn/add/")
    problems += camera.show("security", "/account/")
    add_totp(someone)
    for name, path in (("second-factors", ""), ("recovery-codes", "recovery-codes/"), ("authenticator-remove", "totp/deactivate/")):
        problems += camera.show(name, f"/account/2fa/{path}")
    assert problems == []


def test_too_many_attempts_have_a_page_of_the_product(camera: Camera) -> None:
    for _ in range(20):
        sign_up(Client(), "no address")
    assert camera.show("error-429", "/account/signup/", then="document.querySelector('main form').submit()") == []


def test_sessions_and_passkeys_of_a_person_fit(camera: Camera) -> None:
    someone = person("ann@example.com")
    for agent in (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1",
        "curl/8.9.1",
        camera.chromium.value("navigator.userAgent"),
    ):
        client = Client(headers={"User-Agent": agent})
        log_in(client, someone.email)
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    credential = {"clientExtensionResults": {"credProps": {"rk": True}}}
    for name in ("Laptop", "The key on my key ring, the blue one with the scratched cover"):
        Authenticator.objects.create(user=someone, type=Authenticator.Type.WEBAUTHN, data={"name": name, "credential": credential})
    camera.log_in(client)
    assert camera.show("sessions", "/account/sessions/") + camera.show("passkeys", "/account/2fa/webauthn/") == []


def test_a_suspended_account_keeps_a_billing_page_that_fits(owner: Account, member_of: MemberOf, camera: Camera) -> None:
    suspend_account(
        owner, reason="chargeback", notice="A payment of 30 November was disputed by your bank. Write to us if that is a mistake."
    )
    camera.log_in(member_of(owner))
    assert camera.show("suspended-billing", "/dashboard/billing/") + camera.show("suspended-dashboard", "/dashboard/") == []


def test_pages_of_a_new_account_say_what_belongs_there(owner: Account, member_of: MemberOf, camera: Camera) -> None:
    camera.log_in(member_of(owner))
    problems = camera.show("empty-overview", "/dashboard/") + camera.show("empty-search", "/dashboard/jobs/?q=nothing")
    for name in (
        "jobs",
        "voices",
        "pronunciations",
        "conversations",
        "uploads",
        "batches",
        "projects",
        "keys",
        "webhooks",
        "usage",
        "team",
        "billing",
    ):
        problems += camera.show(f"empty-{name}", f"/dashboard/{name}/")
    assert problems == []


def test_mails_fit_a_phone_and_a_desktop(owner: Account, member_of: MemberOf, camera: Camera) -> None:
    sign_up(Client(), "new@example.com")
    member_of(owner).post("/dashboard/team/invite/", {"email": "colleague@example.com", "role": Role.DEVELOPER})
    mails = list(OutgoingMail.objects.all())
    assert len(mails) == 2
    for mail in mails:
        for theme, width in SIZES:
            camera.chromium.open("about:blank")
            camera.chromium.value(f"document.open(); document.write({json.dumps(mail.html)}); document.close()")
            camera.chromium.screenshot(PICTURES / f"mail-{mail.kind.replace('/', '-')}-{theme}-{width}.png", width=width, theme=theme)
            assert camera.chromium.overflow() <= 0


def _send(**fields: str) -> str:
    """Script that fills a form and sends it past the browser's own checks."""
    filled = "".join(f"document.querySelector('main [name={name}]').value = {json.dumps(value)};" for name, value in fields.items())
    return f"{filled} document.querySelector('main form').submit()"
