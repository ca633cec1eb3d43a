"""Pages of the product: bytes over the network, server time, first contentful paint in Chromium."""

import statistics
import time
from typing import Any, Final

import httpx
from django.urls import URLPattern, URLResolver, get_resolver

from apps.core.zones import OPERATOR, SITE, Zone, zone_of
from tests.flows.browser.sessions import open_session
from tests.flows.keys import in_platform
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
    """The worst page of each measure, of all pages without parameters; each page is printed.

    The product's pages are seen by a member of an account, those of the admin by a superuser. The admin's count by their weight: their times are printed.
    """
    site = _measure_zone(platform, SITE, session=open_session(platform, email=email))
    operator = f"operator-{email}"
    session = open_session(platform, email=operator)
    in_platform(platform.instance()["database_url"], lambda: _make_superuser(operator))
    admin = _measure_zone(platform, OPERATOR, session=session)
    _, times, paints = zip(*site, strict=True)
    return {
        "page_kilobytes": max(weight for weight, _, _ in site + admin) / 1000,
        "page_p95_ms": max(times) * 1000,
        "first_paint_ms": max(paints),
    }


def _measure_zone(platform: RunningPlatform, zone: Zone, *, session: str) -> list[tuple[float, float, float]]:
    """Bytes, seconds of the server and milliseconds to the first paint of each page of the zone."""
    figures: list[tuple[float, float, float]] = []
    with browser() as page, httpx.Client(base_url=platform.url, cookies={"sessionid": session}, timeout=60) as client:
        page.set_cookie(platform.url, name="sessionid", value=session)
        for path in pages_without_parameters(zone):
            if not _is_page(client, path):
                continue
            seconds = _server_seconds(client, path)
            weight, paint = _visit(page, platform.url + path)
            figures.append((weight, seconds, paint))
            print(f"{path:32} {weight / 1000:8.1f} kB {seconds * 1000:8.1f} ms at p95 {paint:8.0f} ms to the first paint")
    return figures


def _make_superuser(email: str) -> None:
    from apps.accounts.models import User

    User.objects.filter(email=email).update(is_superuser=True)


def pages_without_parameters(zone: Zone) -> list[str]:
    """Paths of all pages of the zone that need no object."""
    return sorted({f"/{path}" for path in _walk(get_resolver().url_patterns, "") if "<" not in path and zone_of(f"/{path}") is zone})


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
