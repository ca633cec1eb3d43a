"""Every page of the operator's admin opens, with and without rows."""

import re
import uuid
from urllib.parse import quote

import pytest
from django.contrib import admin
from django.contrib.admin.utils import label_for_field
from django.db import DatabaseError, connection, transaction
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import strip_tags
from pytest_django import DjangoAssertNumQueries

from apps.core.ttl_cache import clear_all_caches
from tests.factories import UserFactory
from tests.operator.rows import make_one_of_everything, page

pytestmark = pytest.mark.django_db
FEW_QUERIES = 30
"""Most queries of an admin page: the session, the user, its permissions, the list or the row with its tables."""
RAW_LABEL = re.compile(
    r"^is |_|\b(uuid|Uuid|millicredits|Millicredits|minor|api|Api|engine id|1k|tenant|Tenant|external ref|is [a-z]+ed)\b"
)
UNIQUE_TOGETHER = {"key", "block", "digest"}
"""Fields that are unique together with another one."""
RAW_VALUE = re.compile(r"^(|null|\[\]|\{\}|None|(account|address):.*|-?[\d,]+\.\d*0)$")
"""An empty value, a value of JSON or Python, a prefix of programs, zeros behind a decimal point."""
MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)


def add_rows(model: type[Model]) -> int:
    """Copy the first row three times with other unique values; returns 0 for a table whose rows cannot be copied."""
    for number in range(3):
        row = model._default_manager.first()
        assert row is not None
        row._state.adding = True
        for field in model._meta.concrete_fields:
            if field.unique or field.name in UNIQUE_TOGETHER:
                fresh = {"UUIDField": uuid.uuid4(), "BigAutoField": None, "AutoField": None}
                setattr(row, field.attname, fresh.get(field.get_internal_type(), f"copy{number}"))
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except (DatabaseError, ValueError):
            return 0
    return 3


class TestEveryPage:
    @pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
    def test_lists_forms_and_rows_open_with_few_queries(
        self, client: Client, model: type[Model], django_assert_max_num_queries: DjangoAssertNumQueries
    ) -> None:
        assert client.get(page(model, "changelist")).status_code == 200
        make_one_of_everything()
        with django_assert_max_num_queries(FEW_QUERIES):
            listed = client.get(page(model, "changelist"))
        assert listed.status_code == 200
        row = model._default_manager.first()
        assert row is not None, f"make_one_of_everything lacks {model._meta.label}"
        model_admin = admin.site._registry[model]
        for path in (page(model, "change", quote(str(row.pk), safe="")), page(model, "history", quote(str(row.pk), safe=""))):
            with django_assert_max_num_queries(FEW_QUERIES):
                assert client.get(path).status_code == 200
        can_add = model_admin.has_add_permission(listed.wsgi_request)
        assert client.get(page(model, "add")).status_code == (200 if can_add else 403)

    def test_every_list_has_a_search_and_filters(self) -> None:
        lists = {model._meta.label: admin.site._registry[model] for model in MODELS}
        assert [label for label, one in lists.items() if not one.search_fields] == []
        assert [label for label, one in lists.items() if not one.list_filter] == ["auth.Group", "billing.TierPrice"]  # a handful of rows

    def test_more_rows_of_a_list_need_no_more_queries(self, client: Client) -> None:
        make_one_of_everything()
        checked, found = 0, {}
        for model in MODELS:
            clear_all_caches()
            with CaptureQueriesContext(connection) as one:
                client.get(page(model, "changelist"))
            if add_rows(model) == 0:
                continue
            clear_all_caches()
            with CaptureQueriesContext(connection) as several:
                client.get(page(model, "changelist"))
            checked += 1
            if len(several) > len(one):
                found[model._meta.label] = (len(one), len(several))
        assert found == {}
        assert checked >= 20

    @pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
    def test_search_accepts_any_term(self, client: Client, model: type[Model]) -> None:
        if admin.site._registry[model].search_fields:
            for term in ("nothing", "7", "00000000-0000-0000-0000-000000000001", "00000000000000000000000000000001", "'%é"):
                assert client.get(page(model, "changelist"), {"q": term}).status_code == 200

    @pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
    def test_every_filter_and_every_order_opens(self, client: Client, model: type[Model]) -> None:
        make_one_of_everything()
        listed = client.get(page(model, "changelist")).context_data["cl"]
        for spec in listed.filter_specs:
            for choice in spec.choices(listed):
                if "query_string" in choice:
                    assert client.get(page(model, "changelist") + choice["query_string"]).status_code == 200
        every_column = ".".join(f"-{column}" for column in range(1, len(listed.list_display)))
        assert client.get(page(model, "changelist"), {"o": every_column}).status_code == 200

    def test_forms_have_at_most_two_fields_in_a_row(self, client: Client) -> None:
        make_one_of_everything()
        request = client.get("/admin/").wsgi_request
        for model in MODELS:
            row, model_admin = model._default_manager.first(), admin.site._registry[model]
            lines = [line for _, options in model_admin.get_fieldsets(request, row) for line in options["fields"]]
            assert [line for line in lines if not isinstance(line, str) and len(line) > 2] == [], model

    def test_labels_of_form_fields_begin_with_a_capital_letter(self, client: Client) -> None:
        small = []
        for model in MODELS:
            answer = client.get(page(model, "add"))
            if answer.status_code == 200 and "adminform" in answer.context:
                fields = answer.context["adminform"].form.fields
                small += [(model._meta.label, name, str(field.label)) for name, field in fields.items() if str(field.label)[0].islower()]
        assert small == []

    def test_labels_are_english_and_values_are_formatted_on_every_row(self, client: Client) -> None:
        make_one_of_everything()
        found = []
        for model in MODELS:
            row = model._default_manager.first()
            assert row is not None
            answer = client.get(page(model, "change", quote(str(row.pk), safe="")))
            lines = [field for fieldset in answer.context_data["adminform"] for line in fieldset for field in line]
            for field in lines:
                label = str(field.field["label"] if field.is_readonly else field.field.label)
                value = strip_tags(str(field.contents() if field.is_readonly else "-")).strip()
                if RAW_LABEL.search(label) or RAW_VALUE.search(value):
                    found.append(f"{model._meta.label}: {label} = {value[:40]!r}")
            inlines = answer.context_data["inline_admin_formsets"]
            found += [
                f"{model._meta.label}: {one['label']}" for inline in inlines for one in inline.fields() if RAW_LABEL.search(one["label"])
            ]
            listed = client.get(page(model, "changelist"))
            headers = [label_for_field(name, model, admin.site._registry[model]) for name in admin.site._registry[model].list_display]
            found += [f"{model._meta.label}: column {label}" for label in map(str, headers) if RAW_LABEL.search(label) or not label.strip()]
            filters = [str(spec.title) for spec in listed.context_data["cl"].filter_specs]
            found += [f"{model._meta.label}: filter {title}" for title in filters if RAW_LABEL.search(title)]
            columns = re.findall(r'<t[hd] class="field-[^"]*" data-label="Select record"', listed.content.decode())
            found += [f"{model._meta.label}: the first column has no name on phones"] * len(columns)
        assert found == []

    @pytest.mark.parametrize(
        ("path", "shown"),
        [
            ("/admin/jobs/job/", [("Jobs", "/admin/jobs/job/")]),
            ("/admin/catalog/engine/kokoro/change/", [("Models", "/admin/catalog/engine/"), ("kokoro", "/admin/catalog/engine/kokoro/change/")]),
            ("/admin/catalog/engine/kokoro/set_plans/", [("Models", "/admin/catalog/engine/"), ("kokoro", "/admin/catalog/engine/kokoro/change/")]),
        ],
    )  # fmt: skip
    def test_the_trail_names_tables_as_the_menu_and_rows_by_their_own_names(
        self, client: Client, path: str, shown: list[tuple[str, str]]
    ) -> None:
        make_one_of_everything()
        heading = re.search(r"<h1.*?</h1>", client.get(path).content.decode(), re.DOTALL)
        assert heading is not None
        assert [(title, link) for link, title in re.findall(r'<a href="([^"]+)"[^>]*>([^<]+)</a>', heading[0])] == shown

    @pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
    def test_a_row_that_is_not_there_is_no_failure(self, client: Client, model: type[Model]) -> None:
        assert client.get(page(model, "change", "404404")).status_code in {302, 404}

    def test_the_start_page_opens_with_and_without_rows(self, client: Client) -> None:
        assert client.get("/admin/").status_code == 200
        make_one_of_everything()
        assert client.get("/admin/").status_code == 200

    @pytest.mark.parametrize("path", ["/admin/password_change/", "/admin/search/?s=acc", "/admin/jsi18n/"])
    def test_the_sites_own_pages_open(self, client: Client, path: str) -> None:
        assert client.get(path).status_code == 200

    def test_anonymous_visitors_and_customers_get_the_login_page(self, client: Client) -> None:
        stranger = Client()
        assert stranger.get("/admin/login/").status_code == 200
        assert stranger.get("/admin/accounts/account/").status_code == 302
        customer = Client()
        customer.force_login(UserFactory())
        assert customer.get("/admin/accounts/account/").status_code == 302
