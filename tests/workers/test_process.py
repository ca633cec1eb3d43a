"""Whole worker: a real process, a real broker, the silence engine."""

import hashlib
import json
import signal
import time
import wave
from collections import Counter
from pathlib import Path

import pytest

from tests.flows.following import wait_until
from tests.workers.messages import Platform, address_of, speak_message
from tests.workers.running_worker import RunningWorker
from tests.workers.valkey_server import ValkeyServer
from workers.contract.live_audio import LiveAudio
from workers.contract.messages import Manifest, PartMessage, PartOutcome, QueueSlots
from workers.contract.names import CANCEL_CHANNEL, audio_stream, cancel_key
from workers.contract.outputs import AUDIO, TIMINGS, StoredOutput
from workers.contract.references import Address

TEXT = "Hello there. This is a test. And this is the end."
SENTENCES = 3


def do(worker: RunningWorker, message: PartMessage) -> PartOutcome:
    worker.platform.give(message, group="silence")
    return worker.platform.wait_for_outcome(message.token)


def slow(seconds: float) -> dict[str, str]:
    return {"TTSAI_SILENCE_COMPUTE_SECONDS": str(seconds)}


def wait_until_started(worker: RunningWorker, message: PartMessage) -> None:
    deadline = time.monotonic() + 20
    while message.token not in {start.token for start in worker.platform.started()}:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_part_is_started_finished_and_has_a_manifest(unharmed_worker: RunningWorker) -> None:
    message = speak_message(TEXT)
    outcome = do(unharmed_worker, message)
    (announcement,) = unharmed_worker.platform.announcements()
    assert (announcement.worker, announcement.device, len(announcement.boot)) == ("worker-1", "cpu", 32)
    assert [spec.id for spec in announcement.engines] == ["silence"]
    assert announcement.queues == (
        QueueSlots("silence", slots=32, reserved_slots=8, hard_slots=64),
        QueueSlots("codec", slots=32, reserved_slots=8, hard_slots=64),
    )
    (start,) = [start for start in unharmed_worker.platform.started() if start.token == message.token]
    assert (start.worker, start.boot) == ("worker-1", announcement.boot)

    audio = unharmed_worker.read(address_of(message))
    with wave.open(str(unharmed_worker.folder / "objects" / address_of(message).location)) as file:
        assert file.getframerate() == 24_000
        seconds = file.getnframes() / 24_000
    manifest = Manifest.from_dict(unharmed_worker.read_json(message.manifest))
    assert (outcome.status, outcome.units_done, outcome.manifest) == ("completed", len(TEXT), manifest)
    assert manifest.details.keys() == {"engine", "engine_version", "compute_seconds"}
    assert (manifest.job, manifest.part, manifest.token) == (message.job, 0, message.token)
    written = unharmed_worker.read(address_of(message, TIMINGS))
    assert manifest.outputs == (
        StoredOutput(
            AUDIO,
            "audio/wav",
            bytes=len(audio),
            sha256=hashlib.sha256(audio).hexdigest(),
            audio_seconds=pytest.approx(seconds, abs=1e-3),
            sample_rate=24_000,
        ),
        StoredOutput(TIMINGS, "application/json", bytes=len(written), sha256=hashlib.sha256(written).hexdigest()),
    )
    assert manifest.units_done == len(TEXT)

    words = json.loads(written)
    assert [word["word"] for word in words] == TEXT.split()
    assert [TEXT[word["start_character"] : word["end_character"]] for word in words] == TEXT.split()
    assert all(0 <= word["start"] < word["end"] <= seconds for word in words)
    assert [word["start"] for word in words] == sorted(word["start"] for word in words)


def test_a_repeated_message_is_done_once(unharmed_worker: RunningWorker) -> None:
    message = speak_message("Once.")
    for _ in range(3):
        unharmed_worker.platform.give(message, group="silence")
    unharmed_worker.platform.wait_for_outcome(message.token)
    do(unharmed_worker, speak_message("Afterwards."))
    assert len([start for start in unharmed_worker.platform.started() if start.token == message.token]) == 1
    assert len([end for end in unharmed_worker.platform.outcomes() if end.token == message.token]) == 1


def test_listener_gets_the_samples_of_the_file_sentence_by_sentence(unharmed_worker: RunningWorker) -> None:
    message = speak_message(TEXT, lane="live", stream="job:1:events", has_listener=True)
    do(unharmed_worker, message)
    entries = unharmed_worker.platform.client.xrange(audio_stream(message.job, message.part))
    chunks = [LiveAudio.from_fields(fields) for _, fields in entries]
    assert len(chunks) > SENTENCES  # and the silence after the last
    assert [chunk.index for chunk in chunks] == list(range(len(chunks)))
    assert [chunk.is_last for chunk in chunks] == [False] * (len(chunks) - 1) + [True]
    assert b"".join(chunk.samples for chunk in chunks) == unharmed_worker.read(address_of(message))[44:]
    assert not any(b"samples" in fields for _, fields in unharmed_worker.platform.client.xrange("job:1:events"))


def test_expected_failures_have_a_code_and_unexpected_ones_are_internal_errors(unharmed_worker: RunningWorker) -> None:
    expected = do(unharmed_worker, speak_message("Hello.", voice="nobody"))
    assert (expected.status, expected.error_code, expected.is_retryable) == ("failed", "unknown_voice", False)
    silent = do(unharmed_worker, speak_message("***"))
    assert (silent.error_code, silent.is_retryable) == ("nothing_to_say", False)
    unknown = do(unharmed_worker, speak_message("Hello.", kind="sing"))
    assert (unknown.error_code, unknown.is_retryable) == ("internal_error", True)
    nonsense = speak_message("Hello.", work={"nonsense": True}, request_id="req_nonsense")
    broken = do(unharmed_worker, nonsense)
    assert (broken.status, broken.error_code, broken.error_message) == ("failed", "internal_error", "An unexpected error occurred.")
    lines = [line for line in unharmed_worker.log.splitlines() if f"part_broke token={nonsense.token}" in line]
    ids = f" worker=worker-1 job={nonsense.job} part=0 request=req_nonsense tenant={nonsense.tenant}"
    assert [line.endswith(ids) for line in lines] == [True]
    late = do(unharmed_worker, speak_message("Hello.", deadline_at=time.time() - 1))
    assert (late.error_code, late.is_retryable) == ("timed_out", False)
    assert do(unharmed_worker, speak_message("Hello.")).status == "completed"


def test_an_output_outside_of_the_shared_folder_is_refused(unharmed_worker: RunningWorker) -> None:
    outcome = do(unharmed_worker, speak_message("Hello.", output=Address("folder", "../escaped.wav")))
    assert (outcome.status, outcome.error_code) == ("failed", "storage_unavailable")
    assert not (unharmed_worker.folder / "escaped.wav").exists()


def test_logs_hold_no_text_and_no_addresses(unharmed_worker: RunningWorker) -> None:
    do(unharmed_worker, speak_message("The secret word is swordfish."))
    do(
        unharmed_worker,
        speak_message("The secret [fail] is swordfish.", output=Address("url", "http://127.0.0.1:9/key?X-Amz-Signature=swordfish")),
    )
    unharmed_worker.wait_for_log("part_failed")
    assert "swordfish" not in unharmed_worker.log


@pytest.mark.parametrize("worker", [slow(1.0)], indirect=True)
def test_a_part_is_cancelled_in_the_middle(worker: RunningWorker) -> None:
    text = "One sentence. " * 100
    message = speak_message(text, stream="job:1:events")
    worker.platform.give(message, group="silence")
    while not worker.platform.client.xlen("job:1:events"):
        time.sleep(0.01)
    worker.platform.client.set(cancel_key(message.token), "1")
    worker.platform.client.publish(CANCEL_CHANNEL, message.token)
    outcome = worker.platform.wait_for_outcome(message.token)
    assert outcome.status == "cancelled"
    assert outcome.units_done in {14 * sentences for sentences in range(1, 4)}
    assert not (worker.folder / "objects" / address_of(message).location).exists()
    assert list((worker.folder / "objects/.unfinished").iterdir()) == []


@pytest.mark.parametrize("worker", [slow(60)], indirect=True)
def test_cancelling_does_not_wait_for_the_running_sentence(worker: RunningWorker) -> None:
    message = speak_message("One sentence.")
    worker.platform.give(message, group="silence")
    wait_until_started(worker, message)
    worker.platform.client.set(cancel_key(message.token), "1")
    worker.platform.client.publish(CANCEL_CHANNEL, message.token)
    outcome = worker.platform.wait_for_outcome(message.token)
    assert (outcome.status, outcome.units_done) == ("cancelled", 0)


def test_a_part_that_was_cancelled_before_it_came_is_not_begun(unharmed_worker: RunningWorker) -> None:
    message = speak_message("Hello.")
    unharmed_worker.platform.client.set(cancel_key(message.token), "1")
    outcome = do(unharmed_worker, message)
    assert (outcome.status, outcome.units_done) == ("cancelled", 0)


def test_a_killed_worker_announces_a_new_boot(worker: RunningWorker) -> None:
    assert worker.end(signal.SIGKILL) == -signal.SIGKILL
    worker.start()
    first, second = worker.platform.announcements()
    assert first.worker == second.worker == "worker-1"
    assert first.boot != second.boot
    assert do(worker, speak_message("Hello.")).status == "completed"


@pytest.mark.parametrize("worker", [slow(1.0)], indirect=True)
def test_a_broker_that_restarts_empty_gets_the_finish_and_a_new_announcement(worker: RunningWorker, own_valkey: ValkeyServer) -> None:
    message = speak_message(TEXT)
    worker.platform.give(message, group="silence")
    wait_until_started(worker, message)
    announced = len(worker.platform.announcements())
    own_valkey.kill()
    worker.wait_for_log("subscription_lost")
    own_valkey.start()
    assert worker.platform.wait_for_outcome(message.token).status == "completed"
    worker.wait_for_announcements(announced + 1, seconds=5)
    assert do(worker, speak_message("Afterwards.")).status == "completed"


@pytest.mark.parametrize("worker", [slow(0.5)], indirect=True)
def test_stopping_worker_finishes_its_parts_in_flight(worker: RunningWorker) -> None:
    message = speak_message("One. Two.")
    worker.platform.give(message, group="silence")
    wait_until_started(worker, message)
    assert worker.end(signal.SIGTERM) == 0
    assert worker.platform.wait_for_outcome(message.token).status == "completed"
    last = worker.platform.heartbeats()[-1]
    assert (last.is_stopping, last.in_flight) == (True, ())
    assert [outcome.token for outcome in last.finished] == [message.token]


@pytest.mark.parametrize("worker", [{**slow(60), "TTSAI_STOP_SECONDS": "0.3"}], indirect=True)
def test_stopping_worker_gives_up_parts_that_take_too_long(worker: RunningWorker) -> None:
    message = speak_message("One.")
    worker.platform.give(message, group="silence")
    wait_until_started(worker, message)
    assert worker.end(signal.SIGTERM) == 0
    reported = [[held.token for held in beat.in_flight] for beat in worker.platform.heartbeats() if beat.is_stopping]
    assert (reported[0], reported[-1]) == ([message.token], [])
    assert worker.platform.outcomes() == []


@pytest.mark.parametrize("stopped_worker", [slow(20)], indirect=True)
def test_live_messages_are_taken_first_and_no_more_than_there_are_threads(stopped_worker: RunningWorker) -> None:
    worker = stopped_worker
    lanes = ["bulk"] * 20 + ["normal"] * 180 + ["live"] * 4  # more normal ones than 128 threads: what is taken later stays behind
    messages = {(message := speak_message("One.", lane=lane)).token: message for lane in lanes}
    for message in messages.values():
        worker.platform.give(message, group="silence")
    worker.start()
    deadline = time.monotonic() + 10
    while len(worker.platform.started()) < 128 and time.monotonic() < deadline:
        time.sleep(0.01)
    wait_until(lambda: any(len(beat.in_flight) == 128 for beat in worker.platform.heartbeats()))  # a beat after the last thread began
    taken = [messages[start.token].lane for start in worker.platform.started()]
    assert Counter(taken) == {"live": 4, "normal": 124}  # threads tell of their start in any order
    left = {lane: worker.platform.client.llen(f"engine.silence.{lane}") for lane in ("live", "normal", "bulk")}
    assert left == {"live": 0, "normal": 56, "bulk": 20}


def test_worker_waits_for_its_broker_and_logs_it(stopped_worker: RunningWorker, own_valkey: ValkeyServer) -> None:
    worker = stopped_worker
    own_valkey.kill()
    worker.start(wait=False)
    worker.wait_for_log(f"broker_away address=127.0.0.1:{own_valkey.port}")
    own_valkey.start()
    worker.wait_for_announcements(1)
    worker.end(signal.SIGTERM)
    own_valkey.kill()
    worker.start(wait=False)
    worker.wait_for_log("broker_away", count=2)
    assert worker.end(signal.SIGTERM) == 0


def test_a_second_worker_of_the_same_name_does_not_start(worker: RunningWorker) -> None:
    second = RunningWorker(worker.folder, worker.platform, worker.broker_url)
    second.start(wait=False)
    assert second.process is not None
    assert second.process.wait(20) == 2
    assert "a worker named worker-1 runs already; set TTSAI_WORKER_NAME" in worker.log


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({"TTSAI_WORKER_CORES": "none"}, "TTSAI_WORKER_CORES must be a number, not 'none'"),
        ({"TTSAI_ENGINES": "nobody"}, "TTSAI_ENGINES names nobody, but the engines are:"),
    ],
)
def test_a_wrong_setting_is_one_line_and_a_status(
    own_valkey: ValkeyServer, tmp_path: Path, environment: dict[str, str], sentence: str
) -> None:
    worker = RunningWorker(tmp_path, Platform(own_valkey.client, own_valkey.url), own_valkey.url, environment)
    worker.start(wait=False)
    assert worker.process is not None
    assert worker.process.wait(20) == 2
    (line,) = worker.log.splitlines()
    assert line.startswith(f"workers: {sentence}")
