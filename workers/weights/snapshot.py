"""Downloads a translation model from a hub at a fixed revision; files are verified by the hub's digests of that revision."""

import hashlib
import json
import re
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

from workers.translation.folder import find_models
from workers.weights.sources.base import Progress, SourceError, Workspace
from workers.weights.sources.hub import HubFile, hub_address, hub_api, translate_client_errors
from workers.weights.store import READ_BYTES, sha256_of
from workers.weights.translation_folders import FOLDER

if TYPE_CHECKING:
    from huggingface_hub.hf_api import RepoFile

MOST_ENTRIES: Final = 10_000
MOST_BYTES: Final = 20 << 30
RECORD: Final = "snapshot.json"
"""File in the model's folder with its origin and digests."""

WANTED: Final = re.compile(
    r"model\.bin|config\.json|(?:shared|source|target)_vocabulary\.(?:json|txt)|vocabulary\.(?:json|txt)|(?:source|target)\.spm|[\w.-]*sentencepiece[\w.-]*\.model"
)
"""Files of a CTranslate2 model; no other file of a repository is downloaded."""
NAME: Final = re.compile(r"([A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95})@([0-9a-f]{40})")

KNOWN: Final = {
    "nllb": "entai2965/nllb-200-distilled-600M-ctranslate2@59019383de3a7c3f73348840dd22fb5178889602",
    "opus-mt-en-es": "gaudi/opus-mt-en-es-ctranslate2@e705cd3cb5836fcae1d0697565c172f0251e8569",
}
"""Short names. NLLB's weights are CC-BY-NC-4.0, for no commercial use; OPUS-MT's are CC-BY-4.0."""


@dataclass(frozen=True, slots=True)
class HubEntry:
    """One file of a revision, as the hub lists it."""

    path: str
    size_bytes: int
    sha256: str
    """SHA-256 of an LFS file; empty if git holds the file itself."""
    git_sha1: str
    """Git's name of the file, for the small ones."""

    def matches(self, file: Path) -> bool:
        """True if the file's content is what the revision names."""
        if self.sha256:
            return sha256_of(file) == self.sha256
        return git_digest(file) == self.git_sha1


def pull_snapshot(root: Path, name: str, *, progress: Progress) -> Path:
    """The folder of the model `owner/name@revision`, or of a short name, complete and verified. Raises SourceError."""
    found = NAME.fullmatch(KNOWN.get(name, name))
    if found is None:
        raise SourceError(f"{name!r} is neither {' nor '.join(KNOWN)} nor owner/name@revision with a revision of 40 digits")
    repository, revision = found.groups()
    target = root / FOLDER / repository.replace("/", "--")
    if _is_pulled(target, repository=repository, revision=revision):
        return target
    entries = _list_files(repository, revision=revision)
    (root / FOLDER).mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=root / FOLDER, prefix=".pull-") as temporary:
        folder = Path(temporary) / target.name
        folder.mkdir()
        workspace = Workspace(Path(temporary), progress)
        for entry in entries:
            file = folder / entry.path
            HubFile(repository, revision, entry.path).fetch(file, size_bytes=entry.size_bytes, workspace=workspace)
            if not entry.matches(file):
                raise SourceError(f"{repository} gave a {entry.path} that is not the one of its revision {revision[:12]}")
        if not find_models([folder]):
            raise SourceError(
                f"{repository} holds no model that is known here: OPUS-MT's are known by their names, NLLB's by their vocabulary"
            )
        digests = {entry.path: sha256_of(folder / entry.path) for entry in entries}
        (folder / RECORD).write_text(json.dumps({"repository": repository, "revision": revision, "sha256": digests}, indent=1))
        if target.exists():
            shutil.rmtree(target)
        folder.replace(target)
    return target


def git_digest(file: Path) -> str:
    """Digest by which git names a file of this content (https://git-scm.com/book/en/v2/Git-Internals-Git-Objects)."""
    digest = hashlib.sha1(f"blob {file.stat().st_size}\0".encode(), usedforsecurity=False)
    with file.open("rb") as stream:
        while block := stream.read(READ_BYTES):
            digest.update(block)
    return digest.hexdigest()


def _is_pulled(target: Path, *, repository: str, revision: str) -> bool:
    try:
        record = json.loads((target / RECORD).read_text())
        return (record["repository"], record["revision"]) == (repository, revision)
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _list_files(repository: str, *, revision: str) -> Sequence[HubEntry]:
    """Wanted files of the revision. Raises SourceError if it is no CTranslate2 model."""
    from huggingface_hub.hf_api import RepoFolder

    url = f"{hub_address()}/{repository}/tree/{revision}"
    try:
        with translate_client_errors(url):
            listed = list(islice(hub_api().list_repo_tree(repository, revision=revision), MOST_ENTRIES + 1))
        wanted = [_entry(one) for one in listed if not isinstance(one, RepoFolder) and WANTED.fullmatch(one.path)]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise SourceError(f"{url} does not list files") from error
    if len(listed) > MOST_ENTRIES:
        raise SourceError(f"{url} lists more than {MOST_ENTRIES} files")
    if "model.bin" not in {entry.path for entry in wanted}:
        raise SourceError(f"{repository} holds no CTranslate2 model: it has no model.bin")
    if sum(entry.size_bytes for entry in wanted) > MOST_BYTES:
        raise SourceError(f"{repository} is larger than {MOST_BYTES >> 30} GB")
    return wanted


def _entry(listed: "RepoFile") -> HubEntry:
    return HubEntry(listed.path, listed.size, listed.lfs.sha256 if listed.lfs else "", listed.blob_id)
