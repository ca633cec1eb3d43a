"""Output file of `ttsai say`: checked before a request is sent, and never left incomplete."""

import os
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from tests.servers import free_port
from ttsai.cli import main
from ttsai.cli.output_file import choose_format, find_obstacle, open_output

TTSAI = str(Path(sys.executable).with_name("ttsai"))


def say(target: str, *options: str, text: str = "Hello.", given: bytes | None = None) -> Result:
    """Run the command with no server: requests that are sent fail with "No answer"."""
    url = f"http://127.0.0.1:{free_port()}"
    return CliRunner().invoke(main, ["say", text, "-o", target, "--url", url, *options], input=given)


def test_say_into_a_missing_folder_is_refused_before_the_request(tmp_path: Path) -> None:
    result = say(f"{tmp_path}/nowhere/x.mp3")
    assert result.exit_code == 2
    assert f"The folder {tmp_path}/nowhere does not exist: make it first, or name another." in result.stderr


@pytest.mark.parametrize("name", ["", "new/"])
def test_say_into_a_folder_asks_for_a_file_in_it(tmp_path: Path, name: str) -> None:
    result = say(f"{tmp_path}/{name}")
    assert result.exit_code == 2
    assert f"{tmp_path}/{name} is a folder: name a file in it" in result.stderr


def test_say_below_a_file_is_refused_before_the_request(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert find_obstacle(f"{tmp_path}/file/x.mp3") == f"{tmp_path}/file is not a folder."


def test_say_with_an_ending_of_no_format_lists_the_formats(tmp_path: Path) -> None:
    result = say(f"{tmp_path}/x.docx")
    assert result.exit_code == 2
    assert "Unknown audio format .docx. Use one of mp3, wav, flac, ogg, opus, aac, m4a, m4b, pcm, or pass --format." in result.stderr


def test_say_with_a_name_too_long_gives_the_reason(tmp_path: Path) -> None:
    assert find_obstacle(f"{tmp_path}/{'x' * 300}.mp3").endswith("cannot be written: File name too long.")


def test_say_of_bytes_that_are_no_text_names_the_first(tmp_path: Path) -> None:
    result = say(f"{tmp_path}/x.mp3", text="-", given=b"Hello \xff")
    assert (result.exit_code, result.stderr) == (2, "Error: The text is not UTF-8: byte 0xff at offset 6.\n")


def test_say_with_a_writable_file_gets_as_far_as_the_request(tmp_path: Path) -> None:
    result = say(f"{tmp_path}/x.mp3")
    assert result.exit_code == 3
    assert result.stderr.startswith("Error: No answer from")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to become somebody else")
def test_a_file_that_another_user_may_not_write_is_an_obstacle() -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        drop = "from ttsai.cli.output_file import find_obstacle; import os; os.setgid(65534); os.setuid(65534)"
        program = f"{drop}; print(find_obstacle({f'{folder}/x.mp3'!r}))"
        shown = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert shown == f"{folder}/x.mp3 cannot be written: permission denied for {folder}.\n"


@pytest.mark.parametrize(
    ("path", "given", "expected"),
    [
        ("x.wav", None, "wav"),
        ("x.WAV", None, "wav"),
        ("x", None, "mp3"),
        ("x.docx", "flac", "flac"),
        ("-", None, "mp3"),
        (None, None, "mp3"),
    ],
)
def test_the_format_is_that_asked_for_else_that_of_the_name(path: str | None, given: str | None, expected: str) -> None:
    assert choose_format(Path(path) if path else None, given=given) == expected


def test_audio_replaces_the_file_behind_a_link_in_one_step(tmp_path: Path) -> None:
    (tmp_path / "link.mp3").symlink_to(tmp_path / "real.mp3")
    with open_output(tmp_path / "link.mp3") as file:
        file.write(b"abc")
    assert (tmp_path / "real.mp3").read_bytes() == b"abc"
    assert {path.name for path in tmp_path.iterdir()} == {"link.mp3", "real.mp3"}


def test_audio_that_breaks_off_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    target = tmp_path / "x.mp3"
    target.write_bytes(b"before")

    def chunks() -> Iterator[bytes]:
        yield b"half"
        raise ConnectionError

    with pytest.raises((ConnectionError, click.ClickException)), open_output(target) as file:
        file.writelines(chunks())
    assert target.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [target]


def test_a_device_is_written_to_and_stays_a_device() -> None:
    with open_output(Path("/dev/null")) as device:
        assert device.write(b"abc") == 3
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)


def test_a_full_disk_is_one_clear_line() -> None:
    with (
        pytest.raises(click.ClickException, match=r"^/dev/full cannot be written: No space left on device\.$"),
        open_output(Path("/dev/full")) as device,
    ):
        device.write(b"abc")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--url", "http://[::"], "is not a valid server URL"),
        (["--url", "http://127.0.0.1:1", "--key", "clé"], "The key contains invalid characters"),
    ],
)
def test_an_address_or_key_that_cannot_be_sent_is_one_clear_line(options: list[str], message: str) -> None:
    done = subprocess.run([TTSAI, "voices", *options], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert message in done.stderr
    assert "Traceback" not in done.stderr
