"""Messages of versions before named outputs."""

import pytest

from workers.contract.messages import Heartbeat, Manifest, PartMessage
from workers.contract.references import Address
from workers.contract.transcription import ListenWork

OLDER_MANIFEST = {"job": "j", "part": 0, "token": "t", "output_bytes": 5, "output_sha256": "a" * 64, "has_timings": True, "units_done": 3}


def test_a_manifest_of_an_older_worker_lists_no_outputs() -> None:
    assert Manifest.from_dict(OLDER_MANIFEST) == Manifest("j", 0, "t", outputs=(), units_done=3)


def test_a_heartbeat_with_an_older_outcome_can_be_read() -> None:
    outcome = {"job": "j", "part": 0, "token": "t", "worker": "w", "status": "completed", "manifest": OLDER_MANIFEST}
    read = Heartbeat.from_dict({"worker": "w", "boot": "b", "sent_at": 1, "in_flight": [{"token": "u"}], "finished": [outcome]})
    assert [held.token for held in read.in_flight] == ["u"]
    assert [finished.manifest for finished in read.finished] == [Manifest("j", 0, "t", units_done=3)]


def test_a_part_message_of_an_older_platform_cannot_be_read() -> None:
    older = {
        **dict.fromkeys(("job", "token", "kind", "tenant", "lane"), ""),
        "part": 0,
        "work": {},
        "job_created_at": 0,
        "deadline_at": 0,
        **{name: {"kind": "folder", "location": name} for name in ("output", "manifest")},
    }
    with pytest.raises(TypeError, match="outputs"):
        PartMessage.from_dict(older)


def test_message_with_a_renamed_field_is_written_and_read_under_the_old_key() -> None:
    work = ListenWork("whisper", Address("folder", "a.wav"), analysis=Address("folder", "a.json"))
    written = work.to_dict()
    assert (written["survey"]["location"], "analysis" in written) == ("a.json", False)
    assert ListenWork.from_dict(written) == work
