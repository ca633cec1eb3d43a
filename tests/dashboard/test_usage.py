"""The usage page has the numbers of GET /v1/usage/; its CSV file too."""

import csv
import io
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from apps.accounts.callers import Caller
from apps.accounts.models import Account, ApiKey
from apps.jobs.models import Job
from tests.factories import bearer, make_key
from tests.factories_jobs import submit_many, work_off


@pytest.mark.parametrize("group", ["day", "model", "key"])
def test_the_table_and_the_file_have_the_numbers_of_the_api(owner: Client, sender: Caller, account: Account, group: str) -> None:
    jobs = submit_many(sender, count=3)
    work_off()
    Job.objects.filter(pk=jobs[0].pk).update(created_at=timezone.now() - timedelta(days=3), engine_id="piper", api_key=None)
    _, secret = make_key(account)
    said = Client().get("/v1/usage/", {"group_by": group}, headers=bearer(secret)).json()
    table = owner.get("/dashboard/usage/", {"group_by": group}).context["table"]
    assert table.total == said["total"]
    measures = ("jobs", "completed", "failed", "cancelled", "characters", "credits")
    shown = [row.measures for row in table.rows if row.measures["jobs"]]
    assert shown == [{name: row[name] for name in measures} for row in said["usage"]]
    answer = owner.get("/dashboard/usage/download/", {"group_by": group})
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert [float(row["credits"]) for row in rows if row["jobs"] != "0"] == [row["credits"] for row in said["usage"]]
    assert answer.headers["Content-Disposition"].endswith(f'-by-{group}.csv"')


def test_days_without_use_have_rows_of_zeros(owner: Client) -> None:
    table = owner.get("/dashboard/usage/", {"from": "2026-02-27", "to": "2026-03-02"}).context["table"]
    assert [(row.name, row.measures["jobs"]) for row in table.rows] == [
        ("2026-02-27", 0),
        ("2026-02-28", 0),
        ("2026-03-01", 0),
        ("2026-03-02", 0),
    ]


INVALID: list[tuple[dict[str, str], str]] = [
    ({"from": "nonsense"}, "from must be a day such as 2026-01-31."),
    ({"from": "2026-02-02", "to": "2026-02-01"}, "`from` is after `to`."),
    ({"from": "2020-01-01", "to": "2026-02-01"}, "At most 366 days per request."),
    ({"group_by": "planet"}, "group_by is one of day, model, key."),
]


def test_an_invalid_period_is_explained_beside_the_usual_one(owner: Client) -> None:
    for query, message in INVALID:
        answer = owner.get("/dashboard/usage/", query)
        assert answer.status_code == 400
        assert message in answer.content.decode()
        assert owner.get("/dashboard/usage/download/", query).status_code == 400


def test_a_key_named_like_a_formula_is_text_in_the_file(owner: Client, sender: Caller) -> None:
    ApiKey.objects.update(name='=HYPERLINK("x")')
    submit_many(sender, count=1)
    rows = list(csv.reader(io.StringIO(owner.get("/dashboard/usage/download/", {"group_by": "key"}).content.decode())))
    assert rows[1][0].startswith("'=HYPERLINK")
