"""Statements on growing tables use an index."""

from django.db import connection, transaction

from apps.jobs.models import Job
from apps.uploads.models import Upload


def plan_of(statement: str) -> str:
    """Query plan, without the choices for small tables."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
        cursor.execute(f"EXPLAIN {statement}")
        return "\n".join(line for (line,) in cursor.fetchall())


def test_the_admins_list_of_jobs_is_read_in_the_order_of_an_index() -> None:
    plan = plan_of(str(Job.objects.order_by("-created_at", "-uuid")[:100].query))
    assert "Index Scan using jobs_by_age" in plan
    assert "Sort" not in plan


def test_the_source_of_an_ended_job_is_found_by_an_index() -> None:
    with connection.cursor() as cursor:
        statement = cursor.mogrify(*Upload.objects.filter(key="account-1/x").query.sql_with_params())
    plan = plan_of(statement)
    assert "uploads_by_key" in plan
    assert "Seq Scan" not in plan
