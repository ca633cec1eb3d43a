"""Page of settings: name and threshold, the export of all data, the deletion."""

import io
import json
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from apps.accounts.models import Account, AccountStatus, Membership, Role
from apps.billing.models import LedgerEntry
from apps.billing.selectors import read_low_threshold
from apps.core.storage import StorageAwayError, get_storage
from apps.mail.models import OutgoingMail
from apps.privacy.models import Erasure, Export, ExportState
from apps.privacy.services import exports
from apps.privacy.services.erasure import continue_erasures
from tests.account_pages.conftest import MemberOf
from tests.account_pages.test_keys import named_key
from tests.web.shell import running_shell

SETTINGS = "/dashboard/settings/"
PASSWORD = "correct horse battery"


def test_owner_changes_name_and_threshold_and_a_viewer_is_offered_neither(browser: Client, account: Account, browser_of: MemberOf) -> None:
    assert browser.post(SETTINGS, {"name": "Ada's studio", "low_credits": "12.5"}).headers["Location"] == SETTINGS
    account.refresh_from_db()
    assert (account.name, read_low_threshold(account.pk)) == ("Ada's studio", 12_500)
    browser.post(SETTINGS, {"name": "Ada's studio", "low_credits": ""})
    assert read_low_threshold(account.pk) is None
    viewer = browser_of(Role.VIEWER, account)
    page = viewer.get(SETTINGS).content.decode()
    assert "Only owners of the account change its settings." in page
    assert "Delete the account" not in page
    refused = browser.post(SETTINGS, {"name": "", "low_credits": "-1"})
    assert refused.status_code == 422
    assert "greater than or equal to 0" in refused.content.decode()


@pytest.mark.django_db(transaction=True)
def test_export_is_made_in_the_background_mailed_and_downloaded_by_the_owner(
    browser: Client, account: Account, membership: Membership, browser_of: MemberOf
) -> None:
    named_key(account, "Ada's laptop")
    assert browser.post(f"{SETTINGS}export/").headers["Location"] == SETTINGS
    assert browser.post(f"{SETTINGS}export/").status_code == 409
    assert "hx-get" in browser.get(f"{SETTINGS}export/state/").content.decode()
    assert exports.make_exports() == 1
    export = Export.objects.get()
    mail = OutgoingMail.objects.get()
    assert (mail.to, mail.subject) == (membership.user.email, "Your export of Ada's account is ready")
    assert f"{SETTINGS}" in mail.text
    address = f"{SETTINGS}export/{export.uuid}/"
    assert address in browser.get(SETTINGS).content.decode()
    assert browser_of().get(address).status_code == 404
    with running_shell() as shell:
        import httpx

        answer = httpx.get(f"{shell.url}{address}", cookies={"sessionid": browser.cookies["sessionid"].value})
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        keys = [json.loads(line) for line in archive.read("rows/accounts.apikey.jsonl").splitlines()]
    assert [(key["name"], "digest" in key) for key in keys] == [("Ada's laptop", False)]
    assert answer.headers["Content-Disposition"].startswith(f'attachment; filename="account-{account.pk}-')


def test_export_is_deleted_after_its_time_and_by_the_next_one(browser: Client, account: Account, membership: Membership) -> None:
    first = exports.request_export(account, requested_by=membership.user)
    exports.make_exports()
    first.refresh_from_db()
    exports.request_export(account, requested_by=membership.user)
    exports.make_exports()
    second = Export.objects.get()
    assert (get_storage().stat(first.key), second.bytes > 0) == (None, True)
    Export.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert browser.get(f"{SETTINGS}export/{second.uuid}/").status_code == 410
    exports.expire_exports()
    assert (Export.objects.count(), get_storage().stat(second.key)) == (0, None)


def test_export_that_fails_is_tried_again_and_given_up_at_last(
    browser: Client, account: Account, membership: Membership, monkeypatch: Any
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise StorageAwayError("away")

    exports.request_export(account, requested_by=membership.user)
    monkeypatch.setattr(get_storage(), "put_file", refuse)
    for _ in range(exports.MOST_ATTEMPTS):
        assert exports.make_exports() == 0
        Export.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))
    exports.expire_exports()
    assert Export.objects.get().state == ExportState.FAILED
    assert "could not be made" in browser.get(SETTINGS).content.decode()
    assert not OutgoingMail.objects.exists()


def test_deletion_needs_the_password_again_and_the_name_of_the_account(client: Client, account: Account, membership: Membership) -> None:
    user = membership.user
    user.set_password(PASSWORD)
    user.save()
    client.force_login(user)
    asked = client.get(f"{SETTINGS}delete/")
    assert asked.headers["Location"].startswith("/account/reauthenticate/?next=")
    assert account.status == AccountStatus.ACTIVE
    assert client.post("/account/reauthenticate/", {"password": "wrong"}).status_code == 200
    client.post(asked.headers["Location"], {"password": PASSWORD})
    page = client.get(f"{SETTINGS}delete/")
    assert "the ledger of credits" in page.content.decode()
    wrong = client.post(f"{SETTINGS}delete/", {"confirmation": "another"})
    assert wrong.status_code == 422
    assert not Erasure.objects.exists()
    gone = client.post(f"{SETTINGS}delete/", {"confirmation": account.name})
    assert gone.headers["Location"] == "/"
    erasure = Erasure.objects.get()
    assert (erasure.account, erasure.requested_by) == (account, user.email)
    assert client.get(SETTINGS).headers["Location"].startswith("/account/login/")
    assert continue_erasures() == 1
    account.refresh_from_db()
    assert (account.name, account.status) == (f"Erased account {account.pk}", AccountStatus.CLOSED)
    assert LedgerEntry.objects.filter(account=account).exists()
