"""Pages of the product: bytes over the network, server time, first contentful paint in Chromium."""

import statistics
import time
from typing import Any, Final

import httpx
from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

from apps.accounts.models import User
from apps.core.zones import SITE, zone_of
from tests.flows.keys import in_platform
from tests.flows.running import RunningPlatform
from tests.sweep.browser import browser

REQUESTS: Final = 40
VISITS: Final = 3
PAINT: Final = """new Promise(resolve => new PerformanceObserver(list => {
    const paint = list.getEntriesByName("first-contentful-paint")[0];
    if (paint) resolve(paint.startTime);
}).observe({type: "paint", buffered: true}))"""
BYTES: Final = """performance.getEntriesByType("resource").concat(performance.getEntriesByType("navigation"))
    .filter(entry => !/\\.(mp3|wav|ogg|opus)(\\?|$)|downloads/.test(entry.name)).reduce((sum, entry) => sum + entry.transferSize, 0)"""


def measure_pages(platform: RunningPlatform, *, email: str) -> dict[str, float]:
    """The worst page of each measure, of all pages without parameters, as a member of an account sees them; each page is printed."""
    session = in_platform(platform.instance()["database_url"], lambda: _open_session(email))
    figures: list[tuple[float, float, float]] = []
    with browser() as page, httpx.Client(base_url=platform.url, cookies={"sessionid": session}, timeout=60) as client:
        page.set_cookie(platform.url, name="sessionid", value=session)
        for path in pages_without_parameters():
            if client.get(path).status_code != 200:  # it leads elsewhere, or is not for this person
                continue
            seconds = _server_seconds(client, path)
            weight, paint = _visit(page, platform.url + path)
            figures.append((weight, seconds, paint))
            print(f"{path:32} {weight / 1000:8.1f} kB {seconds * 1000:8.1f} ms at p95 {paint:8.0f} ms to the first paint")
    weights, times, paints = zip(*figures, strict=True)
    return {"page_kilobytes": max(weights) / 1000, "page_p95_ms": max(times) * 1000, "first_paint_ms": max(paints)}


def pages_without_parameters() -> list[str]:
    """Paths of all pages of the site that need no object."""
    return sorted({f"/{path}" for path in _walk(get_resolver().url_patterns, "") if "<" not in path and zone_of(f"/{path}") is SITE})


def _walk(patterns: list[Any], before: str) -> list[str]:
    found = []
    for pattern in patterns:
        path = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            found += _walk(pattern.url_patterns, path)
        elif isinstance(pattern, URLPattern) and not set("^$(?") & set(path):
            found.append(path)
    return found


def _server_seconds(client: httpx.Client, path: str) -> float:
    """95th percentile of the page's answers, one after the other."""
    seconds = []
    for _ in range(REQUESTS):
        started = time.perf_counter()
        client.get(path)
        seconds.append(time.perf_counter() - started)
    return statistics.quantiles(seconds, n=20)[-1]


def _visit(page: Any, url: str) -> tuple[float, float]:
    """Bytes of a first visit, without a cache, and the median of the first paint of some."""
    weights, paints = [], []
    for _ in range(VISITS):
        page.call("Network.clearBrowserCache")
        page.open(url)
        paints.append(float(page.value(PAINT)))
        weights.append(float(page.value(BYTES)))
    return weights[0], statistics.median(paints)


def _open_session(email: str) -> str:
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    user, session = User.objects.get(email=email), SessionStore()
    session[SESSION_KEY], session[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session.create()
    return str(session.session_key)
