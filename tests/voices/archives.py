"""Archives of voices, taken apart and put together."""

import io
import json
import zipfile
from typing import Any


def unpacked(content: bytes) -> tuple[dict[str, bytes], dict[str, Any]]:
    """Files of an archive, and its manifest."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    return files, json.loads(files.pop("manifest.json"))


def packed(files: dict[str, bytes], manifest: Any, *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
        if manifest is not None:
            archive.writestr("manifest.json", manifest if isinstance(manifest, bytes) else json.dumps(manifest))
    return target.getvalue()
