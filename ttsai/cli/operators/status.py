"""`ttsai status`: shows health and load."""

import json
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from ttsai.cli.address import find_address
from ttsai.cli.instance import connect, running_instance
from ttsai.cli.session import Session, run_session, with_session
from ttsai.supervisor.errors import InstanceError


@click.command(name="status")
@with_session
def command(*, url: str, key: str, as_json: bool, quiet: bool) -> None:
    """Show health, models, and (for the instance on this machine) workers and queues. Exit code 1 if something is wrong."""
    shown = run_session(_api_rows, url=url, key=key, as_json=as_json, quiet=quiet)
    shown |= _database_rows() if find_address(url=url, key=key).is_instance else {}
    if as_json:
        click.echo(json.dumps(shown))
    else:
        _print(shown)
    if shown["health"].get("status") != "online" or not any(model["available"] for model in shown["models"]):
        raise SystemExit(1)


async def _api_rows(session: Session) -> dict[str, Any]:
    listed = (await session.api.get("/v1/models/"))["models"]
    models = [model for model in listed if not model.get("served_by")]  # stand-ins are no models of this machine
    return {
        "url": session.api.url,
        "health": await session.api.get("/v1/health/"),
        "models": [{"id": model["id"], "tier": model["tier"], "available": model.get("available", True)} for model in models],
    }


def _database_rows() -> dict[str, Any]:
    """Rows of workers and queues, if this user may read the instance's data."""
    try:
        connect()
        pid = running_instance().pid
    except InstanceError:
        return {}
    import django

    django.setup()
    from django.db.models import Count
    from django.utils import timezone

    from apps.catalog.models import Worker
    from apps.jobs.models import OPEN_STATES, Part

    now = timezone.now()
    workers = [
        {
            "name": worker.name,
            "device": worker.device,
            "seconds_ago": round((now - worker.last_seen_at).total_seconds(), 1),
            "is_stopping": worker.is_stopping,
            "queues": [queue.queue for queue in worker.queues.all()],
        }
        for worker in Worker.objects.prefetch_related("queues")
    ]
    parts = (
        Part.objects.filter(state__in=OPEN_STATES).order_by("queue", "lane").values("queue", "lane", "state").annotate(parts=Count("id"))
    )
    return {"pid": pid, "workers": workers, "queues": list(parts)}


def _print(shown: dict[str, Any]) -> None:
    health, console = shown["health"], Console()
    away = f" ({', '.join(health['away'])} away)" if health.get("away") else ""
    console.print(f"{shown['url']}  {health['status']}{away}, {health['latency_ms']} ms, {health['queue_size']} waiting", highlight=False)
    table = Table("model", "tier", "served", "loaded")
    for model in shown["models"]:
        is_loaded = model["id"] in health["models_loaded"]
        table.add_row(model["id"], model["tier"], "yes" if model["available"] else "no worker", "yes" if is_loaded else "")
    console.print(table)
    if "workers" in shown:
        table = Table("worker", "device", "seen", "queues")
        for worker in shown["workers"]:
            table.add_row(worker["name"], worker["device"], f"{worker['seconds_ago']:.0f} s ago", ", ".join(worker["queues"]))
        console.print(table)
    for row in shown.get("queues", []):
        console.print(f"{row['queue']} {row['lane']}: {row['parts']} parts {row['state']}", highlight=False)
