"""Jobs, models and the start page in the operator's admin."""

import re
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import resolve
from django.utils import timezone

from apps.billing.models import ServicePrice, TierPrice
from apps.billing.prices import STARTING_SERVICE_PRICES
from apps.billing.selectors import available_millicredits
from apps.billing.service_descriptions import DESCRIPTIONS
from apps.billing.services import reserve_credits, settle_credits
from apps.catalog.models import Engine, StandIn, Worker
from apps.conversations.models import Conversation
from apps.jobs.models import Job
from tests.factories import AccountFactory
from tests.operator.rows import make_job, make_one_of_everything, page, staff

pytestmark = pytest.mark.django_db


class TestJobsAndModels:
    def test_a_job_is_cancelled_after_asking(self, client: Client) -> None:
        account = AccountFactory(credits=1)
        job = make_job(account, state="queued")
        reserve_credits(account.pk, job_uuid=job.uuid, amount_millicredits=68)
        path = f"/admin/jobs/job/{job.pk}/cancel/"
        assert client.get(path).status_code == 200
        job.refresh_from_db()
        assert job.state == "queued"
        assert client.post(path).status_code == 302
        job.refresh_from_db()
        assert job.state == "cancelled"
        assert available_millicredits(account.pk) == 1000
        assert "The job is over" in client.post(path).content.decode()

    def test_cancelling_a_job_requires_the_change_permission(self) -> None:
        reader = Client()
        reader.force_login(staff("view_job"))
        job = make_job(AccountFactory(), state="queued")
        assert reader.get(page(Job, "change", job.pk)).status_code == 200
        assert reader.post(f"/admin/jobs/job/{job.pk}/cancel/").status_code == 403
        job.refresh_from_db()
        assert job.state == "queued"

    def test_a_conversation_shows_its_turns_and_nothing_that_was_said(self, client: Client) -> None:
        make_one_of_everything()
        conversation = Conversation.objects.get()
        shown = client.get(page(Conversation, "change", conversation.pk)).content.decode()
        turn = conversation.turns.get()
        assert (turn.job.uuid.hex[:8] in shown, "0.04" in shown, "private" in shown) == (True, True, False)
        for kind, *found in (("add",), ("delete", conversation.pk)):
            assert client.get(page(Conversation, kind, *found)).status_code == 403

    def test_a_model_is_priced_and_switched_off_and_keeps_its_announcement(self, client: Client) -> None:
        make_one_of_everything()
        TierPrice.objects.create(tier="premium", millicredits_per_1k_characters=4000)
        assert "2 for 1,000 characters (tier)" in client.get("/admin/catalog/engine/").content.decode()
        path = "/admin/catalog/engine/kokoro/change/"
        assert client.post(path, {"tier": "premium", "millicredits_per_1k": "3.5", "name": "Other"}).status_code == 302
        engine = Engine.objects.get()
        assert (engine.tier, engine.millicredits_per_1k, engine.is_enabled, engine.name) == ("premium", 3500, False, "Kokoro")
        assert client.post(path, {"tier": "unheard-of"}).status_code == 200

    def test_recogniser_shows_the_price_of_its_services_and_has_none_itself(self, client: Client) -> None:
        call_command("load_defaults")
        spec = {"id": "whisper", "name": "Whisper", "version": "1"}
        Engine.objects.create(id="whisper", name="Whisper", kind="stt", version="1", queue="whisper", spec=spec, tier="standard")
        shown = client.get("/admin/catalog/engine/whisper/change/").content.decode()
        assert "2 a minute or 5 a minute or 3 a turn" in shown
        assert "millicredits_per_1k" not in shown

    def test_starting_stand_in_can_be_edited_and_disabled_but_not_deleted(self, client: Client) -> None:
        call_command("load_defaults")
        row, path = StandIn.objects.get(model_id="melotts"), "/admin/catalog/standin/{}/{}/"
        body = {"kind": "tts", "tier": "free", "candidates": '["piper"]', "voices": '{"EN-US": "joe"}', "name": "MeloTTS"}
        assert client.post(path.format(row.pk, "change"), body).status_code == 302
        row.refresh_from_db()
        assert (row.candidates, row.voices, row.is_enabled, row.model_id) == (["piper"], {"EN-US": "joe"}, False, "melotts")
        for wrong in ({"candidates": '{"piper": 1}'}, {"candidates": '["piper", 7]'}, {"voices": '["joe"]'}, {"voices": '{"EN-US": 7}'}):
            assert client.post(path.format(row.pk, "change"), body | wrong).status_code == 200
        assert client.post(path.format(row.pk, "delete"), {"post": "yes"}).status_code == 403
        own = StandIn.objects.create(model_id="house-voice", candidates=["piper"])
        assert client.post(path.format(own.pk, "delete"), {"post": "yes"}).status_code == 302
        assert not StandIn.objects.filter(pk=own.pk).exists()

    def test_only_prices_of_services_that_are_charged_exist(self, client: Client) -> None:
        call_command("load_defaults")
        price = ServicePrice.objects.get(service="voice-chat")
        assert client.get("/admin/billing/serviceprice/add/").status_code == 403
        assert client.post(f"/admin/billing/serviceprice/{price.pk}/delete/", {"post": "yes"}).status_code == 403
        body = {"service": "other", "unit": "minute", "millicredits": "1.5"}
        assert client.post(f"/admin/billing/serviceprice/{price.pk}/change/", body).status_code == 302
        price.refresh_from_db()
        assert (price.service, price.unit, price.millicredits) == ("voice-chat", "turn", 1500)

    def test_each_price_names_the_endpoints_that_charge_it_and_others_may_be_deleted(self, client: Client) -> None:
        call_command("load_defaults")
        assert {*DESCRIPTIONS} == {*STARTING_SERVICE_PRICES}
        paths = {path for text in DESCRIPTIONS.values() for path in re.findall(r"/v1/[a-z0-9/-]+/", text)}
        assert len(paths) > 14
        for path in paths:
            resolve(path)
        old = ServicePrice.objects.create(service="voice-massage", unit="minute", millicredits=1)
        assert "no service: not charged" in client.get("/admin/billing/serviceprice/").content.decode()
        assert client.post(f"/admin/billing/serviceprice/{old.pk}/delete/", {"post": "yes"}).status_code == 302
        assert not ServicePrice.objects.filter(pk=old.pk).exists()

    def test_tier_prices_are_neither_added_nor_deleted_while_a_model_can_have_the_tier(self, client: Client) -> None:
        call_command("load_defaults")
        Engine.objects.create(
            id="gold-voice", name="Gold", kind="tts", version="1", queue="gold", spec={}, tier="gold", millicredits_per_1k=1
        )
        gold = TierPrice.objects.create(tier="gold", millicredits_per_1k_characters=9000)
        assert client.get("/admin/billing/tierprice/add/").status_code == 403
        shown = client.get("/admin/billing/tierprice/").content.decode()
        assert ("delete_selected" in shown, "/admin/billing/tierprice/add/" in shown) == (False, False)
        client.post("/admin/billing/tierprice/", {"action": "delete_selected", "_selected_action": [gold.pk], "post": "yes"})
        for price in TierPrice.objects.all():
            assert client.post(f"/admin/billing/tierprice/{price.pk}/delete/", {"post": "yes"}).status_code == 403
        body = {"tier": "silver", "millicredits_per_1k_characters": "8"}
        assert client.post(f"/admin/billing/tierprice/{gold.pk}/change/", body).status_code == 302
        gold.refresh_from_db()
        assert (gold.tier, gold.millicredits_per_1k_characters) == ("gold", 8000)
        Engine.objects.all().delete()
        assert client.post(f"/admin/billing/tierprice/{gold.pk}/delete/", {"post": "yes"}).status_code == 302

    def test_tier_price_names_each_model_that_it_is_charged_for_once(self, client: Client) -> None:
        call_command("load_defaults")
        StandIn.objects.update_or_create(model_id="piper", defaults={"tier": "free", "is_enabled": True})
        Engine.objects.create(id="piper", name="Piper", kind="tts", version="1", queue="piper", spec={}, tier="free")
        cell = re.search(
            r"<td[^>]*field-models[^>]*>(?:(?!</td>).)*piper(?:(?!</td>).)*</td>",
            client.get("/admin/billing/tierprice/").content.decode(),
            re.DOTALL,
        )
        assert cell is not None
        assert cell[0].count("piper") == 1

    def test_models_are_switched_in_the_list(self, client: Client) -> None:
        make_one_of_everything()
        body = {"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "1", "form-0-id": "kokoro", "_save": "Save"}
        assert client.post("/admin/catalog/engine/", body).status_code == 302
        engine = Engine.objects.get()
        assert (engine.is_enabled, engine.tier) == (False, "standard")

    def test_the_start_page_counts_jobs_failures_workers_and_credits(self, client: Client) -> None:
        account = AccountFactory(credits=1)
        for state in ("completed", "completed", "failed", "queued"):
            job = make_job(account, state=state)
        reserve_credits(account.pk, job_uuid=job.uuid, amount_millicredits=68)
        settle_credits(account.pk, job_uuid=job.uuid, reserved_millicredits=68, charged_millicredits=50)
        Worker.objects.create(name="live", boot="a")
        Worker.objects.create(name="silent", boot="a", last_seen_at=timezone.now() - timedelta(minutes=1))
        cards = {card["title"]: (card["value"], card["note"]) for card in client.get("/admin/").context["cards"]}
        assert cards["Workers alive"] == ("1", "1 silent")
        assert cards["Parts waiting"] == ("1", "0 in flight")
        assert cards["Jobs in 24 hours"] == ("4", "68 characters spoken")
        assert cards["Failed in 24 hours"] == ("1", "33.3% of those that ended")
        assert cards["Credits charged in 24 hours"] == ("0.05", "1 account")

    def test_the_start_page_hides_figures_without_the_view_jobs_permission(self) -> None:
        reader = Client()
        reader.force_login(staff("view_plan"))
        response = reader.get("/admin/")
        assert response.status_code == 200
        assert response.context["cards"] == []
