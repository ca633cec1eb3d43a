"""Batches in the operator's admin: items, and cancelling with a confirmation."""

import pytest
from django.test import Client

from apps.accounts.models import User
from apps.batches.models import Batch
from apps.billing.selectors import available_millicredits
from tests.batches.making import batch_of, jobs_of
from tests.factories_jobs import caller, finished, part_of, started, work_off
from tests.operator.conftest import client, operator
from tests.operator.rows import page, staff

__all__ = ["client", "operator"]

HELLO = {"text": "Hello there."}


def test_batch_result_shows_cost_and_error_of_each_item(client: Client) -> None:
    batch = batch_of(caller(), HELLO, {"text": "Hello.", "voice": "<b>nobody</b>"}, HELLO, webhook_url="https://example.com/hook")
    finished(started(part_of(jobs_of(batch)[0])))
    shown = client.get(page(Batch, "change", batch.pk)).content.decode()
    for text in (
        "2 of 3, 1 failed",
        "0.024",
        "refused",
        "Unknown voice",
        "&lt;b&gt;nobody",
        "https://example.com/hook",
        jobs_of(batch)[2].uuid.hex[:8],
    ):
        assert text in shown
    assert "2 of 3" in client.get(page(Batch, "changelist"), {"q": batch.uuid.hex}).content.decode()


def test_a_batch_is_cancelled_after_asking(client: Client) -> None:
    by = caller()
    batch = batch_of(by, HELLO, HELLO)
    path = f"/admin/batches/batch/{batch.pk}/cancel/"
    assert path in client.get(page(Batch, "change", batch.pk)).content.decode()
    assert client.get(path).status_code == 200
    batch.refresh_from_db()
    assert batch.ended_count == 0
    assert client.post(path).status_code == 302
    batch.refresh_from_db()
    assert (batch.ended_count, batch.is_over, available_millicredits(by.required_account.pk)) == (2, True, 1_000_000)
    assert "The batch is over" in client.post(path).content.decode()
    assert path not in client.get(page(Batch, "change", batch.pk)).content.decode()


@pytest.mark.usefixtures("operator")
def test_cancelling_a_batch_requires_the_change_permission() -> None:
    reader = Client()
    user: User = staff("view_batch", "view_batchitem")
    reader.force_login(user)
    batch = batch_of(caller(), HELLO)
    assert reader.get(page(Batch, "change", batch.pk)).status_code == 200
    assert reader.post(f"/admin/batches/batch/{batch.pk}/cancel/").status_code == 403
    batch.refresh_from_db()
    assert batch.ended_count == 0
    work_off()
    batch.refresh_from_db()
    assert batch.is_over
