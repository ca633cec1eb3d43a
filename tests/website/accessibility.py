"""axe-core in a page of the browser: violations of WCAG 2.2 A and AA."""

import json
from pathlib import Path
from typing import Any, Final

from tests.sweep.browser import Browser

AXE: Final = Path(__file__).resolve().parents[1] / "data" / "axe" / "axe.min.js"
RUN: Final = """axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"], resultTypes: ["violations"]})
    .then(result => JSON.stringify(result.violations))"""


def serious_violations(page: Browser) -> list[str]:
    """Serious and critical violations of the page being shown, each with its rule and the first elements."""
    complaints = list(page.complaints)
    page.value(AXE.read_text() + "; true")
    found: list[dict[str, Any]] = json.loads(page.value(RUN))
    page.complaints[:] = complaints  # axe adds style elements, which the policy of the page forbids
    return [
        f"{violation['id']}: {violation['help']}: {[node['html'][:160] for node in violation['nodes'][:3]]}"
        for violation in found
        if violation["impact"] in {"serious", "critical"}
    ]
