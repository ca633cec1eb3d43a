"""Forms as OpenAI's packages write them: lists as `name[]` or repeated names, objects as `name[key]`."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.http import QueryDict

_OBJECT = re.compile(r"(\w{1,100})\[(\w{1,100})\]")


def read_form(data: Any, *, lists: Iterable[str], objects: Iterable[str]) -> Any:
    """Body whose fields `lists` are lists and whose fields `objects` are JSON. Blank entries of lists count as omitted."""
    if not isinstance(data, QueryDict):
        return {name.removesuffix("[]"): value for name, value in data.items()} if isinstance(data, Mapping) else data
    form = QueryDict(mutable=True)  # and no dict: REST framework reads a form's empty fields as left out
    found: dict[str, list[Any]] = {name: [] for name in lists}
    parsed: dict[str, dict[str, Any]] = {name: {} for name in objects}
    for name, values in data.lists():
        bare, nested = name.removesuffix("[]"), _OBJECT.fullmatch(name)
        if bare in found:
            found[bare] += [value for value in values if _is_filled(value)]
        elif nested is not None and nested[1] in parsed:
            parsed[nested[1]][nested[2]] = values[-1]
        else:
            form.setlist(name, values)
    for name, entries in found.items():
        if entries:
            form.setlist(name, entries)
    for name, members in parsed.items():
        if members:
            form[name] = json.dumps(members)
    return form


def _is_filled(value: Any) -> bool:
    return not isinstance(value, str) or bool(value.strip())
