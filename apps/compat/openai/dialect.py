"""The dialect of OpenAI's audio API: keys and errors are the platform's own, which follow OpenAI's."""

from typing import Final

from apps.core.dialects import Dialect

DIALECT: Final = Dialect(name="openai", roots=("/v1/", "/api/v1/"), paths=("audio/",), urlconf="apps.compat.openai.urls")
