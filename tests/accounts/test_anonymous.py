"""Characters without a key: by address block and UTC day, exact also where requests race."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest
from django.db import connection, transaction

from apps.accounts.models import AnonymousUse
from apps.accounts.services import count_anonymous_characters, forget_anonymous_use
from apps.core.errors import TooManyRequestsError

NOON = datetime(2026, 11, 21, 12, 0, 0, tzinfo=UTC)
BLOCK = "203.0.113.7"


@pytest.mark.django_db
def test_characters_add_up_to_the_limit_and_not_beyond() -> None:
    assert count_anonymous_characters(BLOCK, characters=3000, limit=5000, now=NOON) == 3000
    assert count_anonymous_characters(BLOCK, characters=2000, limit=5000, now=NOON) == 5000
    with pytest.raises(TooManyRequestsError) as caught:
        count_anonymous_characters(BLOCK, characters=1, limit=5000, now=NOON)
    assert caught.value.code == "daily_characters_exceeded"
    assert caught.value.headers == {"Retry-After": str(12 * 3600 + 1)}
    assert AnonymousUse.objects.get().characters == 5000


@pytest.mark.django_db
def test_a_text_that_does_not_fit_leaves_the_rest_for_a_shorter_one() -> None:
    count_anonymous_characters(BLOCK, characters=4000, limit=5000, now=NOON)
    with pytest.raises(TooManyRequestsError):
        count_anonymous_characters(BLOCK, characters=1001, limit=5000, now=NOON)
    assert count_anonymous_characters(BLOCK, characters=1000, limit=5000, now=NOON) == 5000


@pytest.mark.django_db
def test_a_first_text_above_the_limit_is_refused_and_not_counted() -> None:
    with pytest.raises(TooManyRequestsError):
        count_anonymous_characters(BLOCK, characters=5001, limit=5000, now=NOON)
    assert not AnonymousUse.objects.exists()


@pytest.mark.django_db
def test_anonymous_characters_are_counted_by_block_and_day() -> None:
    count_anonymous_characters(BLOCK, characters=5000, limit=5000, now=NOON)
    assert count_anonymous_characters("2001:db8:1:2::/64", characters=5000, limit=5000, now=NOON) == 5000
    midnight = datetime(2026, 11, 22, 0, 0, 0, tzinfo=UTC)
    assert count_anonymous_characters(BLOCK, characters=5000, limit=5000, now=midnight) == 5000


@pytest.mark.django_db
def test_a_job_that_is_not_accepted_after_all_is_not_counted() -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        fail_after_counting()
    assert count_anonymous_characters(BLOCK, characters=5000, limit=5000, now=NOON) == 5000


def fail_after_counting() -> None:
    count_anonymous_characters(BLOCK, characters=5000, limit=5000, now=NOON)
    raise RuntimeError


@pytest.mark.django_db
def test_addresses_are_forgotten_after_the_next_day() -> None:
    for day in (19, 20, 21):
        AnonymousUse.objects.create(block=BLOCK, day=date(2026, 11, day), characters=1)
    assert forget_anonymous_use(now=NOON) == 1
    assert list(AnonymousUse.objects.values_list("day", flat=True)) == [date(2026, 11, 21), date(2026, 11, 20)]


@pytest.mark.django_db(transaction=True)
def test_forty_requests_at_once_are_granted_exactly_the_limit() -> None:
    def ask(_number: int) -> bool:
        try:
            count_anonymous_characters(BLOCK, characters=300, limit=5000, now=NOON)
        except TooManyRequestsError:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(20) as pool:
        granted = sum(pool.map(ask, range(40)))
    assert granted == 16
    assert AnonymousUse.objects.get().characters == 4800
