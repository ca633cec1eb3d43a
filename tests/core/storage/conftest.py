"""Fixture with both stores."""

from pathlib import Path

import pytest

from apps.core.storage import Storage
from apps.core.storage.folder import FolderStorage
from tests.s3 import S3Server


@pytest.fixture(params=["folder", "s3"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    if request.param == "folder":
        store = FolderStorage(tmp_path / "objects")
        store.create()
        return store
    server: S3Server = request.getfixturevalue("s3_server")
    return server.storage()
