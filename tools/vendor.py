"""Copies the browser's libraries, the typefaces and the icons from npm packages into the repository: `python -m tools.vendor`.

`apps/website/static/vendor/vendor.toml` lists the packages with the digest of npm's archive and each file with its own. `--record` writes the digests of
a new row; without it a file that differs is an error. The program `npm` is needed here only, never to run the platform.
"""

import base64
import hashlib
import io
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from pathlib import Path
from typing import Any, Final

FOLDER: Final = Path(__file__).resolve().parents[1] / "apps" / "website" / "static" / "vendor"
TABLE: Final = FOLDER / "vendor.toml"
ICONS: Final = FOLDER.parent / "website" / "icons.svg"


def read_table() -> dict[str, Any]:
    """Rows of vendor.toml."""
    return tomllib.loads(TABLE.read_text())


def digest_of(content: bytes) -> str:
    """SHA-512 as npm writes it."""
    return "sha512-" + base64.b64encode(hashlib.sha512(content).digest()).decode()


def wrong_files(table: dict[str, Any] | None = None) -> list[str]:
    """Paths of vendored files that are missing or differ from their digest."""
    wrong = []
    for package in (table or read_table())["package"]:
        for file in package["files"]:
            path = FOLDER / file["to"]
            if not path.is_file() or digest_of(path.read_bytes()) != file["digest"]:
                wrong.append(file["to"])
    return wrong


def _download(name: str, version: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        command = ["npm", "pack", "--silent", f"{name}@{version}"]
        subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
        (archive,) = Path(folder).glob("*.tgz")
        return archive.read_bytes()


def _members(archive: bytes) -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(archive)) as packed:
        return {
            member.name.partition("/")[2]: extracted.read()
            for member in packed.getmembers()
            if member.isfile() and (extracted := packed.extractfile(member)) is not None
        }


def write_sprite(members: dict[str, bytes], names: list[str]) -> None:
    """Write `website/icons.svg` with one symbol for each icon."""
    symbols = []
    for name in sorted(names):
        drawing = members[f"icons/{name}.svg"].decode()
        shapes = " ".join(drawing[drawing.index(">", drawing.index("<svg")) + 1 : drawing.rindex("</svg>")].split())
        symbols.append(
            f'<symbol id="{name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round">{shapes}</symbol>'
        )
    ICONS.write_text('<svg xmlns="http://www.w3.org/2000/svg">\n<!-- Icons of Lucide, ISC -->\n' + "\n".join(symbols) + "\n</svg>\n")


def main() -> None:
    is_recording = "--record" in sys.argv
    text = TABLE.read_text()
    for package in read_table()["package"]:
        archive = _download(package["name"], package["version"])
        text = _check(text, package["name"], package["digest"], digest_of(archive), is_recording=is_recording)
        members = _members(archive)
        for file in package["files"]:
            content = members[file["from"]]
            text = _check(text, file["to"], file["digest"], digest_of(content), is_recording=is_recording)
            path = FOLDER / file["to"]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        if "icons" in package:
            write_sprite(members, package["icons"])
    TABLE.write_text(text)


def _check(text: str, name: str, recorded: str, found: str, *, is_recording: bool) -> str:
    if recorded == found:
        return text
    if not is_recording:
        sys.exit(f"{name} is not the file that vendor.toml records: {found}. Run with --record if the version was changed on purpose.")
    marker = f'"{recorded}"'
    place = text.index(marker, text.index(f'"{name}"'))
    return text[:place] + f'"{found}"' + text[place + len(marker) :]


if __name__ == "__main__":
    main()
