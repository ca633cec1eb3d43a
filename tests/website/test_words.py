"""Numbers, sizes, times and states in words."""

import json
import os
import re
import shutil
import subprocess
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from django.template import Context, Template

from apps import website
from apps.billing.models import ServicePrice
from apps.jobs.kinds import job_kinds
from apps.jobs.selectors import PUBLIC_STATES
from apps.uploads.models import UploadState
from apps.website.navigation import TOOLS
from apps.website.service_titles import SERVICES, service_title
from apps.website.words import STATES, format_bytes, format_number, state_label

SIZES = {
    0: "0 bytes",
    1: "1 byte",
    900: "900 bytes",
    1000: "1 kB",
    12_300: "12 kB",
    1_500_000: "1.5 MB",
    999_900: "1 MB",
    20_000_000: "20 MB",
    2_000_000_000: "2 GB",
}


def render(template: str, **context: object) -> str:
    return Template("{% load website %}" + template).render(Context(context))


@pytest.mark.parametrize(("size", "words"), SIZES.items())
def test_sizes_are_decimal_units_with_few_digits(size: int, words: str) -> None:
    assert format_bytes(size) == words
    assert render("{{ size|bytes }}", size=size) == words


@pytest.mark.skipif(shutil.which("node") is None, reason="no JavaScript program")
def test_script_writes_sizes_as_the_server_does(tmp_path: Path) -> None:
    (tmp_path / "formats.mjs").write_text((Path(website.__file__).parent / "static/website/js/formats.js").read_text())
    program = f'import {{ formatBytes }} from "./formats.mjs"; console.log(JSON.stringify({json.dumps(list(SIZES))}.map(formatBytes)));'
    done = subprocess.run(["node", "--input-type=module", "-e", program], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == list(SIZES.values())


@pytest.mark.skipif(shutil.which("node") is None, reason="no JavaScript program")
def test_script_writes_moments_as_the_server_does(tmp_path: Path) -> None:
    (tmp_path / "formats.mjs").write_text((Path(website.__file__).parent / "static/website/js/formats.js").read_text())
    program = (
        'import { formatMoment, shortDay } from "./formats.mjs"; const at = new Date("2026-09-03T04:05:00Z"); '
        "console.log(formatMoment(at)); console.log(shortDay(at));"
    )
    environment = {**os.environ, "TZ": "Asia/Tokyo", "LANG": "de_DE.UTF-8"}
    command = ["node", "--input-type=module", "-e", program]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.splitlines() == ["3 Sep 2026, 13:05", "3 Sep"]


def test_scripts_of_pages_write_no_day_in_a_format_of_their_own() -> None:
    own = re.compile(r"toLocaleDateString|toLocaleTimeString|DateTimeFormat")
    scripts = Path(website.__file__).parents[1].glob("*/static/**/*.js")
    assert not [str(file) for file in scripts if "vendor" not in file.parts and own.search(file.read_text())]


def test_numbers_and_credits_have_commas_and_no_empty_decimals() -> None:
    assert [format_number(value) for value in (12345, 0.25, 3.0, None)] == ["12,345", "0.25", "3", "–"]
    assert [render("{{ value|credits }}", value=value) for value in (12_345_000, 12_345, 0, None)] == ["12,345", "12.345", "0", "–"]


def test_moments_and_days_are_written_one_way_whatever_they_are_given_as() -> None:
    at = datetime(2026, 11, 30, 23, 5, 9, tzinfo=UTC)
    shown = '<time datetime="2026-11-30T23:05:09+00:00" data-local>30 Nov 2026, 23:05 UTC</time>'
    elsewhere = at.astimezone(timezone(timedelta(hours=2)))
    assert [render("{% moment at %}", at=one) for one in (at, elsewhere, at.isoformat(), None)] == [shown, shown, shown, "–"]
    day = '<time datetime="2026-11-30">30 Nov 2026</time>'
    assert [render("{% day at %}", at=one) for one in (at, elsewhere, date(2026, 11, 30), "2026-11-30", None)] == [day, day, day, day, "–"]


def test_pages_of_members_write_no_time_or_size_of_their_own() -> None:
    own = re.compile(r"""\|(?:date:"j |naturaltime|filesizeformat|slice:":19")""")
    folders = [folder for folder in Path(website.__file__).parents[1].iterdir() if folder.name != "operator"]
    assert not [str(file) for folder in folders for file in folder.rglob("*.html") if own.search(file.read_text())]


def test_pages_in_python_write_no_size_of_their_own() -> None:
    own = re.compile(r"""bytes:,\} bytes" if|naturalsize|filesizeformat""")
    folders = [folder for folder in Path(website.__file__).parents[1].iterdir() if folder.name not in {"operator", "website"}]
    assert not [str(file) for folder in folders for file in folder.rglob("*.py") if own.search(file.read_text())]


def test_badges_of_pages_begin_with_a_capital() -> None:
    small = re.compile(r'class="badge[^>]*>[a-z]')
    templates = [file for file in Path(website.__file__).parents[1].rglob("*.html") if "operator" not in file.parts]
    assert not [str(file) for file in templates if small.search(file.read_text())]


def test_every_state_of_jobs_and_uploads_has_a_label_with_a_capital() -> None:
    assert {*PUBLIC_STATES.values(), *UploadState.values} <= STATES.keys()
    assert all(label[0].isupper() for label in STATES.values())
    assert state_label("a_new_state") == "A new state"


@pytest.mark.django_db
def test_every_service_and_kind_has_one_title_and_that_of_its_tool() -> None:
    kinds = {kind.name for kind in job_kinds().values() if not kind.is_internal}
    assert {*kinds, *ServicePrice.objects.values_list("service", flat=True)} <= SERVICES.keys()
    assert len({service.title for service in SERVICES.values()}) == len(SERVICES)
    assert {entry.title for entry in TOOLS} <= {service.title for service in SERVICES.values()}
    assert service_title("new-service").title == "New service"


def test_documents_and_pages_spell_email_one_way() -> None:
    root = Path(website.__file__).parents[2]
    texts = [file for folder in ("docs", "apps") for kind in ("*.md", "*.html", "*.toml") for file in (root / folder).rglob(kind)]
    assert not [str(file) for file in [*texts, root / "CHANGELOG.md"] if re.search(r"\be-mails?\b", file.read_text(), re.IGNORECASE)]
