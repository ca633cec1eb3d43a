"""Pages of the tools: what they offer is what the API accepts and what is installed."""

import gzip
import json
import posixpath
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from apps.accounts.models import Account, AnonymousUse, Plan, Role
from apps.accounts.selectors import ANONYMOUS_PLAN
from apps.core import ttl_cache
from apps.playground.tools import TOOL_PAGES
from apps.playground.tools.choices import voice_options
from apps.playground.tools.declaration import SOURCE_FIELDS, ToolPage, Visitor
from apps.voices.models import Enrolment, EnrolmentState
from apps.website.navigation import TOOLS
from tests.factories import AccountFactory, MembershipFactory
from tests.factories_jobs import announce, caller, engine_spec
from tests.fresh_state import fresh_state
from tests.pages.dashboard import make_voice
from workers.contract.engines import Directions

pytestmark = pytest.mark.usefixtures("_platform")

NO_VOICES: dict[str, Any] = {"voices": (), "default_voice": ""}
REQUESTS = [request for page in TOOL_PAGES for request in page.requests]


@pytest.fixture
def _platform(db: None, settings: Any, tmp_path: Path) -> Iterator[None]:
    with fresh_state(settings, tmp_path):
        announce(
            engine_spec(),
            engine_spec("whisper", kind="stt", languages=("en", "es", "de"), has_translation=True, **NO_VOICES),
            engine_spec("apertium", kind="translate", languages=("en", "es"), directions=(Directions("en", ("es", "it")),), **NO_VOICES),
            engine_spec("offline", kind="chat", languages=(), **NO_VOICES),
            engine_spec("spleeter", kind="separate", languages=(), stems=(2,), **NO_VOICES),
            engine_spec("deepfilternet", kind="enhance", languages=(), **NO_VOICES),
            engine_spec("wpe", kind="dereverb", languages=(), **NO_VOICES),
            engine_spec("world", kind="voice-convert", languages=(), **NO_VOICES),
        )
        yield


class Controls(HTMLParser):
    """Names of a page's controls that are sent, with their options; ids, and what refers to ids."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.options: dict[str, list[str]] = {}
        self.ids: list[str] = []
        self.labelled: set[str] = set()
        self.values: dict[str, str] = {}
        self._select = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if "id" in given:
            self.ids.append(given["id"])
        if "for" in given:
            self.labelled.add(given["for"])
        if "data-field" in given:
            self.options.setdefault(given["name"], [])
            self.values[given["name"]] = given.get("value", "")
            self._select = given["name"] if tag == "select" else ""
        if tag == "option" and self._select:
            self.options[self._select].append(given["value"])

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""


def shown(page: ToolPage, client: Client | None = None) -> str:
    answer = (client or Client()).get(f"/{page.slug}/")
    assert answer.status_code == 200
    return str(answer.content.decode())


def member(role: Role = Role.OWNER) -> Client:
    client = Client()
    client.force_login(MembershipFactory(role=role).user)
    return client


def test_page_fields_and_left_out_ones_are_the_fields_of_the_api() -> None:
    for request in REQUESTS:
        offered = {one.name for one in request.fields} | set(request.fixed)
        assert not offered & request.left_out, request.name
        known = offered | request.left_out | SOURCE_FIELDS | {request.file_field}
        assert known == set(request.serializer().fields) | {"file"}, request.name


def test_each_tool_page_has_its_own_title_description_and_menu_entry() -> None:
    for page in TOOL_PAGES:
        html = shown(page)
        assert f"<title>{page.title} · " in html
        assert f'<meta name="description" content="{page.lead}">'.replace("'", "&#x27;") in html
        assert [entry.title for entry in TOOLS if entry.path == f"/{page.slug}/"] == [page.title]
        assert sum(page.title == other.title or page.lead == other.lead for other in TOOL_PAGES) == 1


def test_each_tool_page_is_shown_with_few_queries(django_assert_max_num_queries: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        ttl_cache, "time", SimpleNamespace(monotonic=lambda: 0.0)
    )  # the catalogue is read once, however slow the machine is
    client = member()
    shown(TOOL_PAGES[0], client)
    for page in TOOL_PAGES:
        with django_assert_max_num_queries(7):
            shown(page, client)
        with django_assert_max_num_queries(3):
            shown(page)


def test_tool_pages_obey_the_policy_and_name_files_that_exist() -> None:
    client = member()
    for page in TOOL_PAGES:
        answer = client.get(f"/{page.slug}/")
        html = answer.content.decode()
        assert "script-src 'self';" in answer.headers["Content-Security-Policy"]
        assert not re.search(r'\son\w+="|\sstyle="|<script(?![^>]*src=)', html)
        named = re.findall(r'(?:src|href|data-sample)="/static/([^"#]+)', html)
        assert f"playground/js/tools/pages/{page.name}.js" in named
        assert [path for path in named if finders.find(path) is None] == []


def test_each_tool_page_has_at_most_300_kilobytes_compressed() -> None:
    for page in TOOL_PAGES:
        html = shown(page)
        files = {one for one in re.findall(r'(?:src|href)="/static/([^"#]+)', html) if not one.endswith(".mp3")}
        loaded = _with_imports(files | {"website/icons.svg", "vendor/geist/geist-mono-latin.woff2"})
        assert sum(map(_compressed_bytes, loaded)) + len(gzip.compress(html.encode())) < 300_000, page.slug


def _with_imports(files: set[str]) -> set[str]:
    """The files with the modules that they import, and those that these import."""
    known, new = set(files), set(files)
    while new:
        imported = set()
        for one in new:
            if one.endswith(".js"):
                text = Path(str(finders.find(one))).read_text()
                imported |= {posixpath.normpath(f"{posixpath.dirname(one)}/{path}") for path in re.findall(r'from "(\.[^"]+)"', text)}
        new = imported - known
        known |= new
    return known


@cache
def _compressed_bytes(path: str) -> int:
    content = Path(str(finders.find(path))).read_bytes()
    return len(content) if path.endswith(".woff2") else len(gzip.compress(content))


def test_each_control_of_a_tool_page_has_a_label_and_ids_are_unique() -> None:
    plan = caller().plan
    for page in TOOL_PAGES:
        controls = Controls(shown(page))
        assert sorted(controls.ids) == sorted(set(controls.ids)), page.slug
        offered = {f"{one.name}-{field.name}" for one in page.requests for field in one.fields if field.is_offered(Visitor(plan))}
        assert offered <= controls.labelled, page.slug


def test_visitors_are_asked_to_sign_up_before_anything_is_sent() -> None:
    for page in TOOL_PAGES:
        if page.slug == "voice-cloning":  # has no model here
            continue
        html = shown(page)
        assert f"/account/signup/?next=/{page.slug}/" in html
        assert ('data-tool-part="action"' in html) == ("data-trial" in html) == (page.slug != "voice-chat")
        assert ("data-examples-only" in html) == (page.slug == "voice-chat")
        assert 'data-chat="send"' not in html


def test_visitors_see_the_limits_of_their_own_plan_until_the_operator_closes_the_tools() -> None:
    page = next(one for one in TOOL_PAGES if one.slug == "dereverb")
    assert 'data-max-seconds="300"' in shown(page)
    assert "5 minutes of recordings a day, files of up to 8 MB" in shown(page)
    AnonymousUse.objects.create(block="127.0.0.1", day=datetime.now(UTC).date(), audio_milliseconds=299_900)
    assert "free 5 minutes of recordings are used up" in shown(page)
    Plan.objects.filter(slug=ANONYMOUS_PLAN).update(anonymous_services=[])
    ttl_cache.clear_all_caches()
    assert 'data-tool-part="action"' not in shown(page)
    assert "This tool needs a free account" in shown(page)


def test_members_see_the_limits_and_prices_that_the_api_applies() -> None:
    rates = {
        "speech-to-text": "2 credits for a minute of audio",
        "speech-translation": "5 credits for a minute of audio",
        "voice-changer": "3 credits for a minute of audio",
        "stem-splitter": "3 credits for a minute, two stems; 4 credits for a minute, more stems",
        "audio-enhancer": "2 credits for a minute of audio",
        "dereverb": "2 credits for a minute of audio",
        "key-bpm-finder": "Free",
        "audio-converter": "Free",
        "voice-chat": "3 credits for a turn",
        "voice-cloning": "",
    }
    client = member()
    for page in TOOL_PAGES:
        html = shown(page, client)
        assert "data-visitor" not in html
        assert page.slug == "voice-chat" or f'data-max-bytes="{page.limits.max_bytes}"' in html
        assert rates[page.slug] in html


def test_roles_without_the_scope_get_no_button() -> None:
    page = next(one for one in TOOL_PAGES if one.slug == "audio-enhancer")
    assert 'data-tool-part="action"' in shown(page, member(Role.DEVELOPER))
    for role in (Role.VIEWER, Role.BILLING):
        html = shown(page, member(role))
        assert 'data-tool-part="action"' not in html
        assert "Your role in this account does not run tools" in html


def test_only_installed_choices_are_offered() -> None:
    offered = {page.slug: Controls(shown(page)).options for page in TOOL_PAGES}
    assert offered["stem-splitter"]["stems"] == ["2"]
    assert offered["speech-to-text"]["language"] == ["auto", "en", "de", "es"]
    assert offered["speech-translation"]["target_language"] == ["en"]  # no voice speaks the others
    assert "super_resolution" not in offered["audio-enhancer"]
    assert offered["audio-enhancer"]["strength"] == ["1", "2", "3"]
    assert offered["dereverb"]["type"] == ["echo", "reverb", "both"]
    assert offered["audio-converter"]["bitrate"] == ["0", "64", "128", "192", "256", "320"]
    assert {option.value for option in voice_options(Visitor(caller().plan))} == set(offered["voice-changer"]["target_voice"])


def test_defaults_of_controls_are_those_of_the_api() -> None:
    html = shown(next(one for one in TOOL_PAGES if one.slug == "dereverb"))
    assert '<option value="3" selected>3, medium</option>' in html
    assert '<option value="both" selected>' in html
    converter = shown(next(one for one in TOOL_PAGES if one.slug == "audio-converter"))
    assert '<option value="mp3" selected>MP3</option>' in converter
    assert 'name="bitrate" data-field data-default="0"' in converter


def test_a_tool_without_a_model_says_so_and_has_no_button() -> None:
    page = next(one for one in TOOL_PAGES if one.slug == "voice-cloning")
    html = shown(page, member())
    assert "no model that clones voices yet" in html
    assert 'data-tool-part="action"' not in html


def test_visitors_clone_once_and_read_that_an_account_keeps_and_fits_the_voice() -> None:
    cloning = engine_spec("kokoro-clone", voices=(), default_voice="", base_engine="kokoro", has_cloning=True)
    announce(cloning, engine_spec("kokoro-enrol", kind="enrol", voices=(), default_voice="", base_engine="kokoro"))
    page = next(one for one in TOOL_PAGES if one.slug == "voice-cloning")
    html = shown(page)
    for part in ('data-tool-part="action"', "data-trial", "data-unkept", "data-sign-up", "Kept with the result, for 1 day"):
        assert part in html, part
    assert "data-keep" not in html
    owners = shown(page, member())
    assert "data-keep" in owners
    assert "data-unkept" not in owners


def test_samples_and_example_results_exist_and_stay_below_600_kilobytes() -> None:
    folder = Path(str(finders.find("playground/samples")))
    samples = {f"{sample.name}.mp3" for page in TOOL_PAGES for sample in page.samples}
    examples = {f"{page.slug}.json": json.loads((folder / f"{page.slug}.json").read_text()) for page in TOOL_PAGES if page.has_example}
    sounds = {example["result_url"].rpartition("/")[2] for example in examples.values() if "result_url" in example}
    sounds |= {one["url"].rpartition("/")[2] for example in examples.values() for one in example.get("outputs", ())}
    assert {path.name for path in folder.iterdir()} == samples | examples.keys() | sounds
    assert {example["status"] for example in examples.values()} == {"completed"}
    assert sum(path.stat().st_size for path in folder.iterdir()) < 600_000
    assert [page.slug for page in TOOL_PAGES if not page.samples] == []
    assert [page.slug for page in TOOL_PAGES if not page.has_example] == ["voice-chat"]


def test_own_voices_are_offered_to_their_account_alone_while_they_may_speak() -> None:
    announce(engine_spec(has_cloning=True))
    first, second = AccountFactory(), AccountFactory()
    voice = make_voice(first)

    def own_voices(account: Account) -> list[str]:
        return [one.value for one in voice_options(Visitor(account.plan, caller(account))) if one.group == "Your voices"]

    assert (own_voices(first), own_voices(second)) == ([voice.voice_id], [])
    Enrolment.objects.filter(pk=voice.enrolment_id).update(is_revoked=True)
    assert own_voices(first) == []
    Enrolment.objects.filter(pk=voice.enrolment_id).update(is_revoked=False, state=EnrolmentState.FAILED)
    assert own_voices(first) == []
