"""Forms as ElevenLabs' packages write them."""

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict

NULL = "null"


def read_form(data: Any, *, json_fields: tuple[str, ...] = (), renamed: Mapping[str, str] | None = None) -> Any:
    """The form, without JSON fields whose text is `null`, and with names as the serializers have them. Files are not copied."""
    if not isinstance(data, QueryDict):
        return data
    form = QueryDict(mutable=True)
    for name, values in data.lists():
        if name not in json_fields or values != [NULL]:
            form.setlist((renamed or {}).get(name, name), values)
    return form
