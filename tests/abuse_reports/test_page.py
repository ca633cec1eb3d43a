"""The public page of abuse reports."""

import pytest
from django.test import Client

from apps.abuse_reports.models import AbuseReport
from tests.factories import AccountFactory
from tests.routes.voices import make_voice

pytestmark = pytest.mark.django_db
FORM = {"reason": "my_voice", "description": "I never agreed to this.", "email": ""}


def test_a_report_is_sent_without_a_login_and_stored(client: Client) -> None:
    voice = make_voice(AccountFactory())
    page = client.get("/report/", {"voice": voice.voice_id})
    assert (page.status_code, f'value="{voice.voice_id}"' in page.content.decode()) == (200, True)
    sent = client.post("/report/", {**FORM, "subject": voice.voice_id}, REMOTE_ADDR="2001:db8::7")
    assert (sent.status_code, sent["Location"]) == (302, "/report/sent/")
    report = AbuseReport.objects.get()
    assert (report.voice, report.reason, report.block, report.state) == (voice, "my_voice", "2001:db8::/64", "open")
    assert client.get("/report/sent/").status_code == 200


@pytest.mark.parametrize(
    ("wrong", "reported"),
    [
        ({"subject": "voice_unknown"}, "There is no voice and no result"),
        ({"description": "short"}, "at least 10 characters"),
        ({"reason": "boredom"}, "not one of the available choices"),
        ({"email": "nobody"}, "valid email address"),
    ],
)
def test_a_wrong_report_is_explained_beside_its_field(client: Client, wrong: dict[str, str], reported: str) -> None:
    answer = client.post("/report/", {**FORM, "subject": make_voice(AccountFactory()).voice_id, **wrong})
    assert (answer.status_code, reported in answer.content.decode()) == (400, True)
    assert not AbuseReport.objects.exists()


def test_a_report_from_another_site_is_refused() -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/report/", {**FORM, "subject": make_voice(AccountFactory()).voice_id}).status_code == 403
    assert not AbuseReport.objects.exists()
