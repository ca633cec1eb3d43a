"""Jobs in flight whose results may be cached: one leads an identical request, others follow it.

A leader's row is deleted in the transaction of its end. Its followers then take its result, or one of them leads.
"""

from typing import Any, Final
from uuid import UUID

from django.db import connection

from apps.cache.models import CacheRole, CacheWork
from apps.cache.tickets import SHARED_SCOPE, CacheTicket

LANE_ORDER: Final = {"live": 0, "normal": 1, "bulk": 2}

LEAD = """
INSERT INTO cache_cachework
    (job_uuid, scope, key, role, lane, is_streamed, engine_id, engine_version, voices, is_writable, hit_millicredits)
VALUES
    (%(job)s, %(scope)s, %(key)s, 'leader', %(lane)s, %(streamed)s, %(engine)s, %(version)s, to_jsonb(%(voices)s::text[]), true, %(price)s)
ON CONFLICT (scope, key) WHERE role = 'leader' DO NOTHING RETURNING job_uuid
"""
LEADERLESS = """
SELECT job_uuid FROM cache_cachework AS work WHERE role = 'follower' AND NOT EXISTS (
    SELECT 1 FROM cache_cachework WHERE scope = work.scope AND key = work.key AND role = 'leader'
) ORDER BY created_at, job_uuid LIMIT %(limit)s
"""


def join_work(ticket: CacheTicket, *, job_uuid: UUID, lane: str, is_streamed: bool, hit_millicredits: int) -> CacheRole:
    """Record a job that is about to be inserted, and its role.

    It follows an identical job in flight whose lane is at least as urgent: nobody who listens waits for bulk work. A stream follows a stream
    only, whose audio it hears while it is made; of any other job its listener would hear nothing before the end.
    """
    values: dict[str, Any] = {
        "job": job_uuid,
        "scope": ticket.scope,
        "key": ticket.key,
        "lane": lane,
        "streamed": is_streamed,
        "engine": ticket.engine_id,
        "version": ticket.engine_version,
        "voices": list(ticket.voices),
        "price": hit_millicredits,
    }
    if (
        ticket.scope != SHARED_SCOPE
    ):  # submissions of several accounts do not follow each other, so they must not wait for rows of each other
        with connection.cursor() as cursor:
            cursor.execute(LEAD, values)
            if cursor.fetchone() is not None:
                return CacheRole.LEADER
    may_follow = ticket.is_read and _can_follow_leader(ticket, lane=lane, is_streamed=is_streamed)
    role = CacheRole.FOLLOWER if may_follow else CacheRole.ALONE
    CacheWork.objects.create(
        job_uuid=job_uuid,
        scope=ticket.scope,
        key=ticket.key,
        role=role,
        lane=lane,
        is_streamed=is_streamed,
        engine_id=ticket.engine_id,
        engine_version=ticket.engine_version,
        voices=list(ticket.voices),
        hit_millicredits=hit_millicredits,
    )
    return role


def pop_cache_work(job_uuid: UUID) -> CacheWork | None:
    """Remove a job that ends or was completed from the cache; returns its row."""
    work = find_work(job_uuid)
    if work is not None:
        CacheWork.objects.filter(pk=job_uuid).delete()
    return work


def find_work(job_uuid: UUID) -> CacheWork | None:
    return CacheWork.objects.filter(pk=job_uuid).first()


def lock_writable(job_uuid: UUID) -> CacheWork | None:
    """Row of a job whose result may be cached, locked against a purge until the transaction ends."""
    return CacheWork.objects.select_for_update(no_key=True).filter(pk=job_uuid, is_writable=True).first()


def list_followers(scope: str, *, key: str) -> list[UUID]:
    """Jobs that follow, the oldest first."""
    followers = CacheWork.objects.filter(scope=scope, key=key, role=CacheRole.FOLLOWER).order_by("created_at", "job_uuid")
    return list(followers.values_list("job_uuid", flat=True))


def list_leaderless(limit: int) -> list[UUID]:
    """Followers whose leader has ended, the oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(LEADERLESS, {"limit": limit})
        return [job_uuid for (job_uuid,) in cursor.fetchall()]


def find_leader(job_uuid: UUID) -> UUID | None:
    """Job that computes in place of this one; None if it follows none, or none computes at the moment."""
    work = CacheWork.objects.filter(pk=job_uuid, role=CacheRole.FOLLOWER).first()
    if work is None:
        return None
    leaders = CacheWork.objects.filter(scope=work.scope, key=work.key, role=CacheRole.LEADER)
    return leaders.values_list("job_uuid", flat=True).first()


def is_follower(job_uuid: UUID) -> bool:
    """True while the job waits for the result of another one."""
    return CacheWork.objects.filter(pk=job_uuid, role=CacheRole.FOLLOWER).exists()


def has_leader(work: CacheWork) -> bool:
    return CacheWork.objects.filter(scope=work.scope, key=work.key, role=CacheRole.LEADER).exists()


def change_role(job_uuid: UUID, *, role: CacheRole) -> None:
    """Give a follower another role. Raises IntegrityError if it is to lead and another job leads meanwhile."""
    CacheWork.objects.filter(pk=job_uuid, role=CacheRole.FOLLOWER).update(role=role)


def _can_follow_leader(ticket: CacheTicket, *, lane: str, is_streamed: bool) -> bool:
    leader = CacheWork.objects.filter(scope=ticket.scope, key=ticket.key, role=CacheRole.LEADER).first()
    if leader is None or (is_streamed and not leader.is_streamed):
        return False
    return LANE_ORDER.get(leader.lane, 0) <= LANE_ORDER.get(lane, 0)
