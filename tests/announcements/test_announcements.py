"""Announcements: who sees which, in which order, and how a person closes one."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from apps.accounts.models import Account, User
from apps.announcements.models import Announcement, Dismissal, Level
from apps.announcements.selectors import list_announcements
from apps.announcements.services import announce_to_account, dismiss
from apps.core.errors import NotFoundError
from tests.factories import AccountFactory, MembershipFactory, PlanFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def account() -> Account:
    return AccountFactory()


@pytest.fixture
def user(account: Account) -> User:
    return MembershipFactory(account=account).user


def texts(account: Account | None, user: User) -> list[str]:
    return [announcement.text for announcement in list_announcements(account, user=user)]


def test_announcements_for_all_plans_and_accounts_take_one_query(
    account: Account, user: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    Announcement.objects.create(text="for all")
    Announcement.objects.create(text="for the plan").plans.add(account.plan)
    Announcement.objects.create(text="for another plan").plans.add(PlanFactory())
    announce_to_account(account, text="for the account", level=Level.INFO)
    announce_to_account(AccountFactory(), text="for another account", level=Level.INFO)
    with django_assert_num_queries(1):
        assert texts(account, user) == ["for the account", "for the plan", "for all"]
    assert texts(None, user) == ["for all"]


def test_problems_come_first_and_only_within_their_period(account: Account, user: User) -> None:
    now = timezone.now()
    Announcement.objects.create(text="over", ends_at=now - timedelta(seconds=1), starts_at=now - timedelta(days=1))
    Announcement.objects.create(text="not yet", starts_at=now + timedelta(hours=1))
    Announcement.objects.create(text="problem", level=Level.PROBLEM, ends_at=now + timedelta(hours=1))
    Announcement.objects.create(text="warning", level=Level.WARNING)
    Announcement.objects.create(text="information")
    assert texts(account, user) == ["problem", "warning", "information"]


def test_a_dismissed_announcement_is_hidden_from_that_person_alone(account: Account, user: User) -> None:
    other = MembershipFactory(account=account).user
    shown = Announcement.objects.create(text="closed by one")
    dismiss(shown.pk, user=user)
    dismiss(shown.pk, user=user)
    assert (texts(account, user), texts(account, other), Dismissal.objects.count()) == ([], ["closed by one"], 1)


def test_announcements_that_cannot_be_closed_or_are_of_another_account_are_not_found(account: Account, user: User) -> None:
    permanent = Announcement.objects.create(text="stays", is_dismissible=False)
    foreign = announce_to_account(AccountFactory(), text="foreign", level=Level.INFO)
    for announcement_id in (permanent.pk, foreign.pk, 404_404):
        with pytest.raises(NotFoundError):
            dismiss(announcement_id, user=user)
    assert texts(account, user) == ["stays"]


@pytest.mark.parametrize("link", ["javascript:alert(1)", "//evil.example", "/\\evil.example", "http://example.com"])
def test_a_link_that_is_no_page_is_refused(link: str) -> None:
    with pytest.raises(ValidationError, match="is no address"):
        Announcement(text="x", link=link).clean()


def test_a_period_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(ValidationError, match="not after the start"):
        Announcement(text="x", ends_at=timezone.now() - timedelta(days=1)).clean()


def test_the_template_tag_escapes_the_text_and_is_empty_for_visitors(account: Account, user: User) -> None:
    Announcement.objects.create(text="<script>alert(1)</script>", link="/status/", is_dismissible=False)
    template = Template("{% load announcements %}{% show_announcements account %}")
    request = RequestFactory().get("/dashboard/")
    request.user = user
    shown = template.render(Context({"request": request, "account": account}))
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown
    assert '<a href="/status/">More</a>' in shown
    assert template.render(Context({})).strip() == ""
