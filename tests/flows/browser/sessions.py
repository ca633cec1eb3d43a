"""Sessions of people at a running platform."""

import re

import httpx

from tests.flows.keys import in_platform
from tests.flows.running import RunningPlatform
from tests.sweep.browser import Browser

PASSWORD = "correct horse battery staple"


def sign_in(platform: RunningPlatform, page: Browser, *, email: str) -> None:
    """Give the browser the session of a person who owns an account with credits."""
    page.set_cookie(platform.url, name="sessionid", value=open_session(platform, email=email))


def open_session(platform: RunningPlatform, *, email: str) -> str:
    """Cookie of the session of a person who owns an account with credits and may enter the admin."""
    platform.key(email, plan="enterprise", credits_=1000)
    in_platform(platform.instance()["database_url"], lambda: _set_password(email))
    with httpx.Client(base_url=platform.url, follow_redirects=False) as client:
        form = client.get("/admin/login/").text
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form)
        assert token is not None
        answer = client.post("/admin/login/", data={"csrfmiddlewaretoken": token[1], "username": email, "password": PASSWORD})
        assert answer.status_code == 302, answer.text
        return client.cookies["sessionid"]


def _set_password(email: str) -> None:
    from apps.accounts.models import User

    user = User.objects.get(email=email)
    user.set_password(PASSWORD)
    user.is_staff = True  # the login of the admin makes the session
    user.save()
