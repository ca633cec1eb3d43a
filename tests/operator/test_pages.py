"""Every page of the operator's admin opens, with and without rows."""

import re
import uuid
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from django.contrib import admin
from django.contrib.admin.utils import label_for_field
from django.contrib.admin.views.main import ChangeList
from django.contrib.messages.storage import default_storage
from django.db import DatabaseError, connection, transaction
from django.db.models import Model
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils.html import strip_tags
from pytest_django import DjangoAssertNumQueries

from apps.core.ttl_cache import clear_all_caches
from tests.factories import UserFactory
from tests.operator.rows import make_one_of_everything, page
from tests.walking import walk, walk_undone

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


def label_of(model: type[Model]) -> str:
    """Name of the table as Django writes it."""
    return model._meta.label


MODELS = sorted(admin.site._registry, key=label_of)


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


def find_labels(model: type[Model], *, changed: Any, listed: Any) -> list[str]:
    """Labels on the page of a row and on the list that are no English words, and values that are written as programs write them."""
    found = []
    for field in [field for fieldset in changed.context_data["adminform"] for line in fieldset for field in line]:
        label = str(field.field["label"] if field.is_readonly else field.field.label)
        value = strip_tags(str(field.contents() if field.is_readonly else "-")).strip()
        if RAW_LABEL.search(label) or RAW_VALUE.search(value):
            found.append(f"{label} = {value[:40]!r}")
    inlines = changed.context_data["inline_admin_formsets"]
    found += [one["label"] for inline in inlines for one in inline.fields() if RAW_LABEL.search(one["label"])]
    headers = [str(label_for_field(name, model, admin.site._registry[model])) for name in admin.site._registry[model].list_display]
    found += [f"column {label}" for label in headers if RAW_LABEL.search(label) or not label.strip()]
    found += [f"filter {spec.title}" for spec in listed.context_data["cl"].filter_specs if RAW_LABEL.search(str(spec.title))]
    columns = re.findall(r'<t[hd] class="field-[^"]*" data-label="Select record"', listed.content.decode())
    return found + ["the first column has no name on phones"] * len(columns)


def row_page(model: type[Model], kind: str) -> str:
    """Path of this page of the first row."""
    row = model._default_manager.first()
    assert row is not None, f"make_one_of_everything lacks {model._meta.label}"
    return page(model, kind, quote(str(row.pk), safe=""))


def open_list(model: type[Model], query: str, *, request: HttpRequest) -> ChangeList | None:
    """The list as its view makes it for this query, its rows and filters read but not rendered; None for a redirect. As the user of a request."""
    asked: Any = RequestFactory().get(page(model, "changelist") + query)
    asked.user, asked.session = request.user, request.session
    asked._messages = default_storage(asked)
    answer = admin.site._registry[model].changelist_view(asked)
    if answer.status_code == 302:
        return None
    assert answer.status_code == 200
    listed: ChangeList = answer.context_data["cl"]
    assert len(listed.result_list) <= listed.result_count
    return listed


def choices_of(listed: ChangeList) -> list[str]:
    """Queries of all choices of all filters."""
    return [choice["query_string"] for spec in listed.filter_specs for choice in spec.choices(listed) if "query_string" in choice]


class TestEveryPage:
    def test_lists_forms_and_rows_open_with_few_queries_and_english_labels(
        self, client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
    ) -> None:
        for model in MODELS:
            assert client.get(page(model, "changelist")).status_code == 200, model
        make_one_of_everything()

        def check(model: type[Model]) -> None:
            with django_assert_max_num_queries(FEW_QUERIES):
                listed = client.get(page(model, "changelist"))
            assert listed.status_code == 200
            with django_assert_max_num_queries(FEW_QUERIES):
                changed = client.get(row_page(model, "change"))
            assert changed.status_code == 200
            with django_assert_max_num_queries(FEW_QUERIES):
                assert client.get(row_page(model, "history")).status_code == 200
            assert find_labels(model, changed=changed, listed=listed) == []
            added = client.get(page(model, "add"))
            can_add = admin.site._registry[model].has_add_permission(listed.wsgi_request)
            assert added.status_code == (200 if can_add else 403)
            if added.status_code == 200 and "adminform" in added.context:
                fields = added.context["adminform"].form.fields
                assert [name for name, field in fields.items() if str(field.label)[0].islower()] == [], "labels begin with a small letter"

        walk_undone(MODELS, check, at_least=38, name=label_of)

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

    def test_search_accepts_any_term(self, client: Client) -> None:
        terms = ("nothing", "7", "00000000-0000-0000-0000-000000000001", "00000000000000000000000000000001", "'%é")
        request = client.get("/admin/").wsgi_request

        def check(model: type[Model]) -> None:
            assert admin.site._registry[model].search_fields
            for term in terms:
                assert open_list(model, f"?{urlencode({'q': term})}", request=request) is not None, term

        walk(MODELS, check, at_least=38, name=label_of)

    def test_every_filter_and_every_order_opens(self, client: Client) -> None:
        make_one_of_everything()
        request, opened = client.get("/admin/").wsgi_request, []

        def check(model: type[Model]) -> None:
            listed = open_list(model, "", request=request)
            assert listed is not None
            every_column = ".".join(f"-{column}" for column in range(1, len(listed.list_display)))
            for query in (*choices_of(listed), f"?o={every_column}"):
                assert open_list(model, query, request=request) is not None, query
                opened.append(query)

        walk(MODELS, check, at_least=38, name=label_of)
        assert len(opened) >= 362

    def test_forms_have_at_most_two_fields_in_a_row(self, client: Client) -> None:
        make_one_of_everything()
        request = client.get("/admin/").wsgi_request
        for model in MODELS:
            row, model_admin = model._default_manager.first(), admin.site._registry[model]
            lines = [line for _, options in model_admin.get_fieldsets(request, row) for line in options["fields"]]
            assert [line for line in lines if not isinstance(line, str) and len(line) > 2] == [], model

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

    def test_a_row_that_is_not_there_is_no_failure(self, client: Client) -> None:
        statuses = {model._meta.label: client.get(page(model, "change", "404404")).status_code for model in MODELS}
        assert {label: status for label, status in statuses.items() if status not in {302, 404}} == {}
        assert len(statuses) >= 38

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
