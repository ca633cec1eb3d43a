"""`ttsai batch`: many texts to a folder, continued where it was interrupted, nothing paid twice."""

import json
from pathlib import Path

import click
import pytest

from apps.batches.models import Batch
from apps.jobs.models import Job
from tests.factories_jobs import AUDIO
from tests.speech.people import Person, working
from tests.ttsai.cli.customers.conftest import Ttsai
from ttsai.cli.batch_items import read_items
from ttsai.cli.batch_journal import FILE_NAME, SentBatch, open_journal


def test_batch_writes_a_file_for_each_text_and_repeats_failed_ones_only(ttsai: Ttsai, owner: Person, tmp_path: Path) -> None:
    texts = tmp_path / "texts.csv"
    texts.write_text("text,voice,file\nHello there.,am_adam,hello\nGood bye.,nobody,bye\nThe end.,,\n")
    with working():
        first = ttsai("batch", str(texts), "-o", "audio", "--format", "wav", "--json")
    rows = [json.loads(line) for line in first.stdout.splitlines()]
    assert first.exit_code == 7
    assert {row["file"]: row["status"] for row in rows[:-1]} == {"hello.wav": "completed", "bye.wav": "failed", "0003.wav": "completed"}
    assert rows[-1] == {"total": 3, "done": 2, "failed": 1, "credits_used": 0.04}
    assert (tmp_path / "audio" / "hello.wav").read_bytes() == AUDIO
    assert sorted(path.name for path in (tmp_path / "audio").iterdir()) == [FILE_NAME, "0003.wav", "hello.wav"]
    texts.write_text(texts.read_text().replace("nobody", "am_adam"))
    with working():
        second = ttsai("batch", str(texts), "-o", "audio", "--format", "wav", "--json")
    assert [json.loads(line).get("file") for line in second.stdout.splitlines()] == ["bye.wav", None]
    assert (second.exit_code, Batch.objects.count(), owner.millicredits) == (0, 2, 1_000_000 - 40 - 18)
    third = ttsai("batch", str(texts), "-o", "audio", "--format", "wav")  # nothing is left
    assert third.stdout == "3 of 3 texts in audio, 0 credits\n"
    assert Batch.objects.count() == 2


def test_batch_whose_answer_was_lost_is_found_again_and_paid_once(ttsai: Ttsai, owner: Person, tmp_path: Path) -> None:
    (tmp_path / "texts.txt").write_text("Hello there.\n\nGood bye.\n")
    folder = tmp_path / "audio"
    folder.mkdir()
    items = read_items("Hello there.\n\nGood bye.\n", form="txt", defaults={"format": "mp3"})
    with open_journal(folder) as journal:  # as a process leaves it that is killed while it waits for the response
        journal.begin(SentBatch("cli-1", _url(ttsai), items))
    lost = owner.post("/v1/tts/batch/", {"texts": [item.body for item in items]}, idempotency_key="cli-1").json()
    with (folder / FILE_NAME).open("a") as file:
        file.write('{"event": "acc')  # a line that it did not finish
    with working():
        result = ttsai("batch", str(tmp_path / "texts.txt"), "-o", "audio")
    assert result.exit_code == 0
    assert [batch.uuid.hex for batch in Batch.objects.all()] == [lost["batch_id"]]
    assert sorted(path.name for path in folder.iterdir()) == [FILE_NAME, "0001.mp3", "0002.mp3"]
    assert (Job.objects.count(), owner.millicredits) == (2, 1_000_000 - 24 - 18)


def test_second_process_in_the_same_folder_is_refused(tmp_path: Path) -> None:
    with open_journal(tmp_path), pytest.raises(click.ClickException, match="Another process works on the batch"), open_journal(tmp_path):
        pass


@pytest.mark.parametrize(
    ("form", "text", "message"),
    [
        ("csv", "words\nHello\n", "one of them is text; these are words"),
        ("csv", "text;file\na;same\nb;same\n", "line 3: the file same.mp3 is named in line 2 already."),
        ("csv", "text\na,b\n", "more cells than columns"),
        ("jsonl", '{"text": "a", "vioce": "x"}', "line 1: unknown field 'vioce'. Known: text, file, voice"),
        ("jsonl", '"a"\n{', "line 2 is not JSON"),
        ("jsonl", '{"text": "a", "speed": "fast"}', "line 1: speed is 'fast', not a number."),
        ("jsonl", '{"text": "a", "file": "../x"}', "line 1: '../x' is no file name"),
        ("txt", "\n \n", "There is no text."),
    ],
)
def test_invalid_texts_are_refused_with_their_line(form: str, text: str, message: str) -> None:
    with pytest.raises(click.ClickException) as refused:
        read_items(text, form=form, defaults={})
    assert message in refused.value.message


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("texts.txt", b"\n \n"),
        ("texts.txt", b"caf\xe9\n"),
        ("texts.csv", b"words\nHello\n"),
        ("texts.csv", b'text\n"a\n'),
        ("texts.jsonl", b"{"),
        ("texts.jsonl", b'{"text": "a", "vioce": "x"}'),
    ],
)
def test_batch_with_a_faulty_file_of_texts_ends_with_the_code_of_invalid_input(
    ttsai: Ttsai, tmp_path: Path, name: str, content: bytes
) -> None:
    (tmp_path / name).write_bytes(content)
    result = ttsai("batch", str(tmp_path / name), "-o", str(tmp_path / "out"))
    assert (result.exit_code, result.stdout, result.stderr.startswith("Error: "), result.stderr.count("\n")) == (2, "", True, 1)
    assert not (tmp_path / "out").exists()


def _url(ttsai: Ttsai) -> str:
    return str(json.loads(ttsai("whoami", "--json").stdout)["url"])
