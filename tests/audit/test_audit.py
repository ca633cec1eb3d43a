"""The audit log: what an entry holds, and that nothing changes it."""

import pytest
from django.db import IntegrityError, transaction
from django.test import RequestFactory

from apps.audit.models import AuditEntry
from apps.audit.services import HIDDEN, Action, differences, plain, record_action, snapshot
from tests.factories import AccountFactory, UserFactory, make_key

pytestmark = pytest.mark.django_db


def record() -> AuditEntry:
    request = RequestFactory().post("/admin/", REMOTE_ADDR="192.0.2.7")
    request.user = UserFactory(email="operator@example.com")
    request.request_id = "request-7"  # type: ignore[attr-defined]
    account = AccountFactory(name="Somebody")
    return record_action(
        request, Action(name="suspend", obj=account, message="unpaid", before={"status": "active"}, after={"status": "suspended"})
    )


def test_an_entry_tells_who_did_what_to_which_object_from_where() -> None:
    entry = AuditEntry.objects.get(pk=record().pk)
    assert (entry.actor, entry.action, entry.outcome, entry.message) == ("operator@example.com", "suspend", "done", "unpaid")
    assert (entry.object_type, entry.object_name) == ("accounts.account", f"Somebody (#{entry.account_id})")
    assert (entry.before, entry.after) == ({"status": "active"}, {"status": "suspended"})
    assert (entry.address, entry.request_id, str(entry.account_id)) == ("192.0.2.7", "request-7", entry.object_id)


def test_entries_are_neither_changed_nor_deleted() -> None:
    entry = record()
    with pytest.raises(IntegrityError, match="never changed or deleted"), transaction.atomic():
        AuditEntry.objects.filter(pk=entry.pk).update(message="other")
    with pytest.raises(IntegrityError, match="never changed or deleted"), transaction.atomic():
        entry.delete()
    assert AuditEntry.objects.get().message == "unpaid"


def test_a_snapshot_holds_no_secret_and_the_differences_of_two_only_what_changed() -> None:
    key, _ = make_key()
    before = snapshot(key)
    key.name = "other"
    assert (before["digest"], before["name"]) == (HIDDEN, "test")
    assert differences(before, snapshot(key)) == ({"name": "test"}, {"name": "other"})


def test_long_texts_and_odd_values_are_kept_as_short_json() -> None:
    assert plain("a" * 600) == "a" * 500 + "…"
    assert plain({"key": "b" * 600}).endswith("…")
    assert (plain(None), plain(7), plain(["x"]), plain(b"\xff")) == (None, 7, ["x"], "b'\\xff'")
