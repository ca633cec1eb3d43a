"""Identifiers in requests."""

import uuid

import pytest

from apps.core.ids import find_uuid, request_id_from

JOB = uuid.UUID("0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d")


@pytest.mark.parametrize("text", [JOB.hex, str(JOB), str(JOB).upper()])
def test_both_spellings_of_a_uuid_are_equal(text: str) -> None:
    assert find_uuid(text) == JOB


@pytest.mark.parametrize("text", ["", "x", JOB.hex[:-1], f"{JOB.hex}0", f"{{{JOB}}}", f"urn:uuid:{JOB}", f" {JOB}", "a-" * 16, "٠" * 32])
def test_other_texts_are_not_a_uuid(text: str) -> None:
    assert find_uuid(text) is None


def test_a_sane_request_id_is_kept_and_any_other_replaced() -> None:
    assert request_id_from("order-17.b:2_c") == "order-17.b:2_c"
    for header in ("", "a b", "x" * 65, "a\nb", "<script>"):
        made = request_id_from(header)
        assert made.startswith("req_")
        assert len(made) == 36
    assert request_id_from("") != request_id_from("")
