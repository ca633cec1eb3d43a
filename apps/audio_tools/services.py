"""Requests to audio tools: from a recording to a queued job."""

from apps.audio_tools.declaration import AudioTool, ToolOrder
from apps.audio_tools.kinds import ToolParams
from apps.billing.prices import duration_price_millicredits, service_price
from apps.jobs.services.acceptance import Submission, submit_job
from apps.jobs.services.idempotency import Idempotency
from apps.jobs.services.submit import JobPlan


def request_tool(tool: AudioTool, *, order: ToolOrder, is_awaited: bool, idempotency: Idempotency | None, request_id: str) -> Submission:
    """Price, reserve and queue in one transaction. Raises ApplicationErrors."""
    return submit_job(order.caller, plan_job(tool, order=order, is_awaited=is_awaited), idempotency=idempotency, request_id=request_id)


def plan_job(tool: AudioTool, *, order: ToolOrder, is_awaited: bool) -> JobPlan:
    plan, milliseconds = tool.plan(order), order.milliseconds
    return JobPlan(
        kind=tool.kind,
        engine_id=plan.engine_id,
        queue=plan.queue,
        lane=tool.kind.lanes.choose(milliseconds, is_awaited=is_awaited),
        parts=plan.parts,
        units=milliseconds,
        price_millicredits=duration_price_millicredits(milliseconds, millicredits_per_minute=service_price(plan.price or tool.kind.name)),
        output_format=plan.output_format,
        params=ToolParams(model=plan.engine_id, format=plan.output_format, seconds=milliseconds / 1000, source=order.source.key),
        asked_model=plan.asked_model,
        warnings=plan.warnings,
        webhook_url=order.options["webhook_url"],
    )
