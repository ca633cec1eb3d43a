"""Requests of people whose login is erased while they run end at the login page, and bring nobody back."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.signals import user_logged_in
from django.db import transaction
from django.test import Client
from django.utils import timezone

from apps.accounts.models import Account, ApiKey, Membership, Role, User
from apps.accounts.services import create_key, keys
from apps.core.erased_people import ErasedPersonError
from apps.identity.adapters import AccountAdapter
from apps.jobs.models import Job
from apps.privacy.models import Erasure
from apps.privacy.services import continue_erasures, exports, request_erasure
from tests.factories import AccountFactory, MembershipFactory
from tests.fresh_state import fresh_state
from tests.identity.people import LOGIN, last_code, log_in, person
from tests.operator.rows import make_job

EMAIL = "ada@example.com"


@pytest.fixture
def ada(db: None, settings: Any, tmp_path: Path) -> Any:
    """Owner of an account, in committed rows: the database checks references at the end of a statement only then."""
    with fresh_state(settings, tmp_path):
        yield person(EMAIL)


def erase(user: User) -> None:
    User.objects.get(pk=user.pk).delete()


@pytest.mark.django_db(transaction=True)
class TestCommitted:
    def test_a_login_in_the_moment_of_the_erasure_ends_at_the_login_page(self, ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
        plain = AccountAdapter.pre_login

        def erased_first(adapter: AccountAdapter, request: Any, user: Any, **kwargs: Any) -> Any:
            erase(user)
            return plain(adapter, request, user, **kwargs)

        monkeypatch.setattr(AccountAdapter, "pre_login", erased_first)
        client = Client()
        answer = log_in(client, EMAIL)
        assert (answer.status_code, answer.headers["Location"]) == (302, LOGIN)
        assert "This login was deleted." in client.get(LOGIN).content.decode()
        assert (User.objects.count(), EmailAddress.objects.count()) == (0, 0)

    def test_an_erasure_after_the_password_was_checked_leaves_no_session_and_no_person(self, ada: User) -> None:
        def erased_now(sender: Any, user: Any, **_: Any) -> None:
            erase(user)

        user_logged_in.connect(erased_now)
        try:
            client = Client()
            answer = log_in(client, EMAIL)
        finally:
            user_logged_in.disconnect(erased_now)
        assert (answer.status_code, answer.headers["Location"]) == (302, LOGIN)
        assert client.get("/dashboard/").status_code == 302
        assert (User.objects.count(), Account.objects.count()) == (0, 0)

    def test_a_new_password_does_not_bring_an_erased_person_back(self, ada: User) -> None:
        client = Client()
        client.post("/account/password/reset/", {"email": EMAIL})
        client.post("/account/password/reset/confirm-code/", {"code": last_code(EMAIL)})
        erase(ada)
        answer = client.post(
            "/account/password/reset/complete/", {"password1": "another long sentence", "password2": "another long sentence"}
        )
        assert answer.status_code < 500
        assert not User.objects.exists()

    @pytest.mark.parametrize("path", ["/web/v1/keys/", "/dashboard/keys/new/", "/dashboard/settings/export/"])
    def test_a_change_in_the_moment_of_the_erasure_is_refused_and_writes_nothing(
        self, ada: User, path: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        membership = MembershipFactory(user=ada, account=AccountFactory(credits=1), role=Role.OWNER)
        client = Client()
        client.force_login(ada)

        def erased_first(plain: Callable[..., Any]) -> Callable[..., Any]:
            def called(*args: Any, **kwargs: Any) -> Any:
                erase(ada)
                return plain(*args, **kwargs)

            return called

        for module, name in ((keys, "_issue"), (exports, "request_export")):
            monkeypatch.setattr(module, name, erased_first(getattr(module, name)))
        body = {"name": "mine", "access": "all"}
        answer = client.post(path, body, content_type="application/json") if path.startswith("/web/") else client.post(path, body)
        assert answer.status_code in {302, 401}, answer.content
        assert not ApiKey.objects.exists()
        assert Account.objects.get(pk=membership.account_id).status == "active"


@pytest.mark.django_db
def test_saving_a_person_who_is_gone_makes_no_new_one() -> None:
    user = person()
    erase(user)
    user.set_password("another long sentence")
    for fields in (None, ["password"]):
        with pytest.raises(ErasedPersonError), transaction.atomic():
            user.save(update_fields=fields)
    assert not User.objects.exists()


def test_rows_written_by_a_request_in_flight_after_the_erasure_are_erased_by_the_next_run(ada: User) -> None:
    account = AccountFactory(credits=1)
    MembershipFactory(user=ada, account=account, role=Role.OWNER)
    request_erasure(account, requested_by=EMAIL)
    assert continue_erasures() == 1
    late, _ = create_key(account, name="late")
    job = make_job(account, state="completed", result={"key": "a/b"})
    assert continue_erasures() == 1
    job.refresh_from_db()
    assert (job.result, ApiKey.objects.filter(pk=late.pk).exists()) == (None, False)
    assert Erasure.objects.get().finished_at is not None
    assert continue_erasures() == 0


def test_an_erasure_waits_for_a_job_that_was_accepted_while_it_ran(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    account = AccountFactory(credits=1)
    MembershipFactory(user=ada, account=account, role=Role.OWNER)
    request_erasure(account, requested_by=EMAIL)
    made: list[Job] = []

    def accepted_meanwhile(_account_id: int) -> int:
        made.extend([] if made else [make_job(account, state="running")])
        return 0

    monkeypatch.setattr("apps.privacy.services.erasure.remove_account_voices", accepted_meanwhile)
    assert continue_erasures() == 0
    assert Membership.objects.filter(account=account).exists()
    Job.objects.update(state="cancelled", finished_at=timezone.now())
    assert continue_erasures() == 1
    assert not Membership.objects.filter(account=account).exists()
