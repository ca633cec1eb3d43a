"""Downloads weight sets: resumed where it stopped, verified, each file put in place atomically."""

import errno
import fcntl
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from workers.weights.catalogue import Derivation, WeightFile, WeightSet
from workers.weights.sources.base import Progress, Source, SourceError, Workspace
from workers.weights.sources.folder import FolderFile
from workers.weights.store import WeightStore, sha256_of

SPARE_BYTES: Final = 64 << 20
"""Space left free beside what a pull needs."""


class WeightsError(Exception):
    """A pull failed; the code is for programs, the message one line for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class PullResult:
    """Result of a pull for one set."""

    name: str
    fetched_files: int
    """Number of files that were incomplete before."""
    size_bytes: int


def pull(store: WeightStore, names: Sequence[str], *, progress: Progress, folder: Path | None = None) -> list[PullResult]:
    """Complete the named sets; a folder given here or by TTSAI_WEIGHTS_FROM is tried first. Raises WeightsError."""
    unknown = [name for name in names if name not in store.sets]
    if unknown:
        raise WeightsError("unknown_set", f"There is no weight set {unknown[0]}. Available: {', '.join(store.sets)}")
    if all(store.is_complete(name) for name in names):
        return [PullResult(name, 0, store.sets[name].size_bytes) for name in names]  # before the lock: the folder may be read-only
    given = os.environ.get("TTSAI_WEIGHTS_FROM")
    folder = folder or (Path(given) if given else None)
    try:
        with _pull_lock(store, progress=progress):
            return [_pull_set(store, store.sets[name], folder=folder, progress=progress) for name in names]
    except OSError as error:
        raise _describe_os_error(error, store=store) from error


def _pull_set(store: WeightStore, weights: WeightSet, *, folder: Path | None, progress: Progress) -> PullResult:
    if store.is_complete(weights.name):
        return PullResult(weights.name, 0, weights.size_bytes)
    store.remove_stamp(weights)
    missing = [file for file in weights.files if not store.has_file(weights, file)]
    _check_space(store, missing)
    workspace = Workspace(store.root / ".downloads", progress)
    workspace.downloads.mkdir(parents=True, exist_ok=True)
    for file in missing:
        _pull_file(store, weights, file=file, folder=folder, workspace=workspace)
    store.write_stamp(weights)
    shutil.rmtree(workspace.downloads, ignore_errors=True)
    return PullResult(weights.name, len(missing), weights.size_bytes)


def _pull_file(store: WeightStore, weights: WeightSet, *, file: WeightFile, folder: Path | None, workspace: Workspace) -> None:
    reasons: list[str] = []
    for source, derivation in _candidates(weights, file, folder=folder):
        sha256, size_bytes = (file.raw_sha256, file.raw_size_bytes) if derivation else (file.sha256, file.size_bytes)
        # Named by its digest, so that what one source began another may finish.
        part = workspace.downloads / f"{sha256}.part"
        try:
            _fetch_verified(source, part, sha256=sha256, size_bytes=size_bytes, workspace=workspace)
        except SourceError as error:
            reasons.append(str(error))
            continue
        _finish(part, derivation=derivation, target=store.folder(weights.name) / file.name, sha256=file.sha256)
        return
    raise WeightsError("no_source", f"No source has {weights.name}/{file.name}: {'; '.join(reasons) or 'none is listed'}")


def _fetch_verified(source: Source, part: Path, *, sha256: str, size_bytes: int, workspace: Workspace) -> None:
    """Download into part; if it continued an earlier attempt and has a wrong digest, once more from the beginning."""
    while True:
        is_resumed = part.exists()
        source.fetch(part, size_bytes=size_bytes, workspace=workspace)
        if sha256_of(part) == sha256:
            return
        part.unlink()
        if not is_resumed:
            raise SourceError(f"{source.label} gave a file with another sha256 than {sha256}")


def _candidates(weights: WeightSet, file: WeightFile, *, folder: Path | None) -> Iterator[tuple[Source, Derivation | None]]:
    if folder is not None:
        path = folder / weights.name / file.name
        yield FolderFile(path), None  # another installation's folder holds files as they are used,
        if file.derivation:
            yield FolderFile(path), file.derivation  # a mirror perhaps as they were published
    for source in file.sources:
        yield source, file.derivation


def _finish(part: Path, *, derivation: Derivation | None, target: Path, sha256: str) -> None:
    if derivation:
        with part.open("ab") as stream:
            stream.write(derivation.appended)
        if sha256_of(part) != sha256:
            part.unlink()
            raise WeightsError("bad_derivation", f"{target.name} was derived to another sha256 than {sha256}")
    _sync(part)
    target.parent.mkdir(parents=True, exist_ok=True)
    part.replace(target)
    _sync(target.parent)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _pull_lock(store: WeightStore, *, progress: Progress) -> Iterator[None]:
    """Wait while another process pulls into the same folder."""
    store.root.mkdir(parents=True, exist_ok=True)
    with (store.root / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            progress.note("Another pull is running; waiting for it.")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _check_space(store: WeightStore, missing: Sequence[WeightFile]) -> None:
    # Twice: the packages that hold the files lie beside them until the set is complete.
    needed_bytes = 2 * sum(file.size_bytes for file in missing) + SPARE_BYTES
    if missing and shutil.disk_usage(store.root).free < needed_bytes:
        raise _disk_full(store, needed_bytes=needed_bytes)


def _disk_full(store: WeightStore, *, needed_bytes: int) -> WeightsError:
    free_megabytes = shutil.disk_usage(store.root).free >> 20
    message = f"The disk of {store.root} is full: {free_megabytes} MB are free and {needed_bytes >> 20} MB are needed."
    return WeightsError("disk_full", message)


def _describe_os_error(error: OSError, *, store: WeightStore) -> WeightsError:
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return WeightsError("disk_full", f"The disk of {store.root} is full.")
    place = error.filename or store.root
    return WeightsError("not_writable", f"The weights cannot be written: {place}: {error.strerror}")
