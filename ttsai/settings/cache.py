"""Settings of the cache of speech, one environment variable each."""

from ttsai.settings import environment

TTSAI_CACHE = environment.text("TTSAI_CACHE", "on").lower() not in {"off", "0", "false", "no"}
"""False (`off`): nothing is cached and identical requests do not join. A plan may decide otherwise."""

TTSAI_CACHE_BYTES = environment.number("TTSAI_CACHE_BYTES", 2_000_000_000)
"""Size of the cached results; the least recently used ones beyond it are dropped. 0 caches none. Results that jobs still refer to do not
count: they are their customers'.
"""

TTSAI_CACHE_ACCOUNT_BYTES = environment.number("TTSAI_CACHE_ACCOUNT_BYTES", TTSAI_CACHE_BYTES // 4)
"""Most bytes of one account's cached results."""

TTSAI_CACHE_PRICE_PERCENT = environment.number("TTSAI_CACHE_PRICE_PERCENT", 0)
"""Price of a result from the cache, in percent of the request's price."""

TTSAI_CACHE_SHARE_PREVIEWS = environment.text("TTSAI_CACHE_SHARE_PREVIEWS", "off").lower() in {"on", "1", "true", "yes"}
"""True (`on`): accounts share results whose text is the preview sentence of a built-in voice. All other results belong to one account."""
