"""The page `/`: its form, limits and examples, for visitors and members."""

import gzip
import json
import re
from html import unescape
from typing import Any

from django.test import Client

from apps.accounts.models import AnonymousUse, Membership, Plan, Role
from apps.accounts.services.anonymous import count_anonymous_characters
from apps.core.addresses import address_block
from apps.playground.examples import EXAMPLES
from apps.playground.imported_modules import imported_modules
from tests.factories import MembershipFactory
from tests.factories_jobs import announce, engine_spec, finished, part_of, started, submit
from tests.factories_jobs import caller as caller_with_key
from workers.text.markup.parse import parse_markup


def config_of(page: str) -> Any:
    """Configuration that the page gives its script."""
    return json.loads(unescape(page.partition('data-config="')[2].partition('"')[0]))


def test_speak_page_for_a_visitor_shows_an_example_model_and_free_allowance(visitor: Client) -> None:
    page = visitor.get("/").content.decode()
    config = config_of(page)
    assert EXAMPLES[0].text in unescape(page)
    assert [(model["id"], model["allowed"], model["maxCharacters"]) for model in config["models"]] == [("kokoro", True, 5000)]
    assert config["models"][0]["sample"] == "/v1/voices/kokoro/af_bella/preview/"
    assert config["allowance"].items() >= {"kind": "characters", "left": 5000, "limit": 5000}.items()
    assert 'data-has-account="false"' in page
    assert 'data-voice="af_bella">Bella<' in page
    assert 'href="/account/signup/"' in page


def test_speak_page_offers_a_sample_of_every_model_in_the_list(visitor: Client) -> None:
    announce(engine_spec("kokoro"), engine_spec("premium", suggested_tier="premium"))
    page = visitor.get("/").content.decode()
    rows = dict(re.findall(r'<li class="voice-row" data-model="(\w+)">(.*?)</li>', page, re.DOTALL))
    assert list(rows) == ["kokoro", "premium"]
    assert [re.findall(r'aria-label="Hear [^"]+"( disabled)?>', row) for row in rows.values()] == [[""], [""]]
    assert ["disabled" in row.rpartition("voice-choose")[2].partition(">")[0] for row in rows.values()] == [False, True]


def test_speak_page_subtracts_the_characters_that_the_address_used_today(visitor: Client) -> None:
    count_anonymous_characters(address_block("127.0.0.1"), characters=4990, limit=5000)
    assert config_of(visitor.get("/").content.decode())["allowance"]["left"] == 10
    assert visitor.get("/playground/allowance/").json()["allowance"]["left"] == 10
    assert AnonymousUse.objects.get().characters == 4990


def test_speak_page_for_a_member_shows_the_credits_of_the_account(browser_of_owner: Client) -> None:
    page = browser_of_owner.get("/").content.decode()
    assert config_of(page)["allowance"] == {"kind": "credits", "left": 1000, "limit": None, "renewed_in_seconds": None}
    assert "TTSAI_API_KEY" in page
    assert "sk-tts-" not in page


def test_speak_page_takes_voice_model_and_text_from_the_address_escaped(visitor: Client) -> None:
    page = visitor.get("/", {"voice": "af_<b>", "text": "</textarea><script>alert(1)</script>", "model": "nothing"}).content.decode()
    assert 'data-voice="af_&lt;b&gt;"' in page
    assert "&lt;/textarea&gt;&lt;script&gt;" in page
    assert "<script>alert" not in page


def test_speak_page_shows_models_of_other_plans_as_unavailable(visitor: Client) -> None:
    Plan.objects.filter(slug="anonymous").update(allowed_models=["pico"])
    announce(engine_spec(), engine_spec("pico"))
    page = visitor.get("/").content.decode()
    assert [(model["id"], model["allowed"]) for model in config_of(page)["models"]] == [("pico", True), ("kokoro", False)]
    assert "· with an account" in page


def test_examples_are_valid_markup_without_warnings() -> None:
    assert {example.title: parse_markup(example.text).warnings for example in EXAMPLES if parse_markup(example.text).warnings} == {}


def test_speak_page_of_a_member_needs_few_queries(browser_of_owner: Client, django_assert_max_num_queries: Any) -> None:
    browser_of_owner.get("/")
    with django_assert_max_num_queries(6):
        browser_of_owner.get("/")


def test_speak_page_of_a_visitor_needs_one_query(visitor: Client, django_assert_max_num_queries: Any) -> None:
    visitor.get("/")
    with django_assert_max_num_queries(1):
        visitor.get("/")


def test_recent_results_are_those_of_the_own_account_only(browser_of_owner: Client, owner: Membership) -> None:
    for by in (caller_with_key(owner.account), caller_with_key()):
        job = submit(by, "Hello there.").job
        finished(started(part_of(job)))
    [result] = browser_of_owner.get("/playground/recent/").json()["results"]
    assert (result["text"], result["voice"], result["voiceName"], result["format"]) == ("Hello there.", "af_bella", "Bella", "mp3")
    assert Client().get("/playground/recent/").json() == {"results": []}


def test_page_preloads_every_module_that_its_script_imports(visitor: Client) -> None:
    page = visitor.get("/").content.decode()
    preloaded = set(re.findall(r'<link rel="modulepreload" href="/static/([^"]+)">', page))
    assert preloaded >= {"playground/js/api.js", "playground/js/sse.js", "website/js/site.js", "vendor/wavesurfer/wavesurfer.esm.js"}
    assert preloaded == set(imported_modules("playground/js/speak.js"))


def test_page_without_audio_is_below_300_kilobytes_compressed(visitor: Client) -> None:
    page = visitor.get("/", headers={"Accept-Encoding": "gzip"})
    names = set(re.findall(r'(?:src|href)="(/static/[^"#]+)', gzip.decompress(page.content).decode()))
    answers = [visitor.get(name, headers={"Accept-Encoding": "gzip"}) for name in names]
    sizes = [int(answer.headers["Content-Length"]) for answer in answers]
    for answer in answers:
        answer.close()
    assert 50_000 < len(page.content) + sum(sizes) < 300_000


def test_member_of_the_billing_role_sees_neither_texts_nor_own_voices(owner: Membership) -> None:
    finished(started(part_of(submit(caller_with_key(owner.account), "Hello there.").job)))
    payer = Client()
    payer.force_login(MembershipFactory(account=owner.account, role=Role.BILLING).user)
    assert payer.get("/playground/recent/").json() == {"results": []}
    assert not any(voice["own"] for voice in payer.get("/playground/voices/").json()["voices"])
    assert "Your role in this account does not speak texts" in payer.get("/").content.decode()
