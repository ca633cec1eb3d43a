"""The dialect of OpenAI's Realtime API: keys and errors are the platform's own, which follow OpenAI's."""

from typing import Final

from apps.core.dialects import Dialect

DIALECT: Final = Dialect(name="realtime", roots=("/v1/", "/api/v1/"), paths=("realtime/",), urlconf="apps.compat.realtime.urls")
