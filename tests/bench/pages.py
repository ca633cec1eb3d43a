"""Pages of the product: bytes over the network, server time, first contentful paint in Chromium."""

import statistics
import time
from typing import Any, Final

import httpx
from django.urls import URLPattern, URLResolver, get_resolver

from apps.core.zones import SITE, zone_of
from tests.flows.browser.sessions import open_session
from tests.flows.running import RunningPlatform
from tests.sweep.browser import browser

REQUESTS: Final = 40
VISITS: Final = 3
PAINT: Final = """new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error("nothing was painted: " + location.pathname)), 20000);
    new PerformanceObserver(list => {
        const paint = list.getEntriesByName("first-contentful-paint")[0];
        if (paint) resolve(paint.startTime);
    }).observe({type: "paint", buffered: true});
})"""
BYTES: Final = """performance.getEntriesByType("resource").concat(performance.getEntriesByType("navigation"))
    .filter(entry => !/\\.(mp3|wav|ogg|opus)(\\?|$)|downloads/.test(entry.name)).reduce((sum, entry) => sum + entry.transferSize, 0)"""


def measure_pages(platform: RunningPlatform, *, email: str) -> dict[str, float]:
    """The worst page of each measure, of all pages without parameters, as a member of an account sees them; each page is printed."""
    session = open_session(platform, email=email)
    figures: list[tuple[float, float, float]] = []
    with browser() as page, httpx.Client(base_url=platform.url, cookies={"sessionid": session}, timeout=60) as client:
        page.set_cookie(platform.url, name="sessionid", value=session)
        for path in pages_without_parameters():
            if not _is_page(client, path):
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


def _is_page(client: httpx.Client, path: str) -> bool:
    """True for a whole page that this person sees; false for what leads elsewhere, for fragments, data, downloads and streams of events."""
    with client.stream("GET", path) as answer:
        headers = answer.headers
        if answer.status_code != 200 or "content-disposition" in headers or not headers.get("content-type", "").startswith("text/html"):
            return False
        return answer.read().lstrip()[:15].lower() == b"<!doctype html>"


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
