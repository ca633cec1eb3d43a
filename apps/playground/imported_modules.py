"""Modules that a page's script imports, read from the files themselves."""

import posixpath
import re
from functools import cache
from pathlib import Path

from django.contrib.staticfiles import finders

_IMPORT = re.compile(r'^import\b[^;"]*"(\.[^"]+)"', re.MULTILINE)


@cache
def imported_modules(script: str) -> tuple[str, ...]:
    """Static names of all modules that the script imports, directly and through others. FileNotFoundError for one that does not exist."""
    found: dict[str, None] = {}
    waiting = [script]
    while waiting:
        name = waiting.pop()
        path = finders.find(name)
        if path is None:
            raise FileNotFoundError(name)
        for relative in _IMPORT.findall(Path(path).read_text(encoding="utf-8")):
            imported = posixpath.normpath(posixpath.join(posixpath.dirname(name), relative))
            if imported not in found and imported != script:
                found[imported] = None
                waiting.append(imported)
    return tuple(found)
