"""What waits in the whole system, for those who look after it: of imports of any biller, but numbers and ids only."""

from datetime import timedelta
from typing import Final

import asyncpg

from services.notifier.domain import IN_PROGRESS
from services.notifier.records import Alive, Queue, Unfinished
from shared.contracts.kinds import ImportKind
from shared.postgres import Connection

_UNFINISHED: Final = """
    SELECT o.import_id, mapping.first_import(o.import_id) AS first_import, o.biller_id, o.biller_name, o.kind, o.state,
        o.undecided, o.waiting_reason, o.chunks, o.chunks_done,
        coalesce(o.waiting_since, o.in_review_since, o.updated_at) AS since, ahead.import_id AS behind,
        tried.batches AS tried_again, tried.problem, count(*) OVER () AS of_all
    FROM import_standing o
    LEFT JOIN LATERAL (
        SELECT a.import_id FROM validation.import_check c
        JOIN validation.import_check a ON a.biller_id = c.biller_id AND a.state = 'approved'
            AND a.import_id <> c.import_id AND (a.kind <> c.kind OR a.file_sha256 <> c.file_sha256)
        WHERE c.import_id = o.import_id AND c.state = 'pending' AND o.state = 'checking' LIMIT 1
    ) AS ahead ON true
    LEFT JOIN LATERAL (
        SELECT count(*)::int AS batches, max(c.last_problem) AS problem FROM execution.chunk c
        WHERE c.import_id = o.import_id AND c.state = 'pending' AND (c.attempts > 0 OR c.postponed > 0)
            AND c.not_before < 'infinity'
    ) AS tried ON o.state = 'running'
    WHERE o.state = ANY ($1)
    ORDER BY since, o.import_id LIMIT $2
"""
_QUEUES: Final = """
    WITH waiting (service, queue, since) AS (
        SELECT 'mapping', 'unpublished messages', created_at FROM mapping.outbox
            WHERE published_at IS NULL AND set_aside_at IS NULL
        UNION ALL SELECT 'validation', 'unpublished messages', created_at FROM validation.outbox
            WHERE published_at IS NULL AND set_aside_at IS NULL
        UNION ALL SELECT 'executor', 'unpublished messages', created_at FROM execution.outbox
            WHERE published_at IS NULL AND set_aside_at IS NULL
        UNION ALL SELECT 'notifier', 'unpublished messages', created_at FROM notification.outbox
            WHERE published_at IS NULL AND set_aside_at IS NULL
        UNION ALL SELECT 'mapping', 'dead letters', created_at FROM mapping.dead_letter WHERE resent_at IS NULL
        UNION ALL SELECT 'validation', 'dead letters', created_at FROM validation.dead_letter WHERE resent_at IS NULL
        UNION ALL SELECT 'executor', 'dead letters', created_at FROM execution.dead_letter WHERE resent_at IS NULL
        UNION ALL SELECT 'notifier', 'dead letters', created_at FROM notification.dead_letter WHERE resent_at IS NULL
        UNION ALL SELECT 'executor', CASE
                WHEN j.paused_at IS NOT NULL AND j.continued_at IS NULL OR EXISTS (
                    SELECT FROM execution.pause p WHERE p.resumed_at IS NULL
                        AND (p.import_id IS NULL
                            OR mapping.first_import(p.import_id) = mapping.first_import(j.import_id))
                        AND (p.biller_id IS NULL OR p.biller_id = j.biller_id)
                ) THEN 'paused batches' ELSE 'batches' END, j.started_at
            FROM execution.chunk c JOIN execution.job j USING (import_id)
            WHERE c.state = 'pending' AND c.not_before < 'infinity'
        UNION ALL SELECT 'notifier', 'emails', queued_at FROM mail WHERE state = 'pending'
        UNION ALL SELECT 'notifier', 'emails', queued_at FROM notice WHERE state = 'pending' AND not_before <= now()
        UNION ALL SELECT 'notifier', 'emails not sent', queued_at FROM mail WHERE state = 'given_up'
        UNION ALL SELECT 'notifier', 'emails not sent', queued_at FROM notice WHERE state = 'given_up'
        UNION ALL SELECT 'notifier', 'webhooks', d.queued_at
            FROM webhook_delivery d JOIN webhook w ON w.id = d.webhook_id AND w.removed_at IS NULL
            WHERE d.state = 'pending'
        UNION ALL SELECT 'notifier', 'webhooks not delivered', d.queued_at
            FROM webhook_delivery d JOIN webhook w ON w.id = d.webhook_id AND w.removed_at IS NULL
            WHERE d.state = 'given_up'
    )
    SELECT service, queue, count(*) AS waiting, min(since) AS since
    FROM waiting GROUP BY service, queue ORDER BY since, service, queue
"""
_INSTANCES: Final = """
    WITH known (service, id, name, version, started_at, seen_at, work, problems, limits) AS (
        SELECT 'mapping', id, name, version, started_at, seen_at, work, problems, limits FROM mapping.instance
        UNION ALL
        SELECT 'validation', id, name, version, started_at, seen_at, work, problems, limits FROM validation.instance
        UNION ALL
        SELECT 'executor', id, name, version, started_at, seen_at, work, problems, limits FROM execution.instance
        UNION ALL
        SELECT 'notifier', id, name, version, started_at, seen_at, work, problems, limits FROM notification.instance
    )
    SELECT service, name, version, started_at, seen_at, seen_at >= now() - $1::interval AS is_alive, work, problems,
        limits
    FROM known ORDER BY service, is_alive DESC, started_at, id LIMIT 500
"""


async def unfinished(connection: Connection, limit: int) -> tuple[list[Unfinished], int]:
    rows = await connection.fetch(_UNFINISHED, [state.value for state in IN_PROGRESS], limit)
    return [_unfinished(row) for row in rows], rows[0]["of_all"] if rows else 0


async def queues(connection: Connection) -> list[Queue]:
    return [Queue(**row) for row in await connection.fetch(_QUEUES)]


async def instances(connection: Connection, gone_after: timedelta) -> list[Alive]:
    return [Alive(**row) for row in await connection.fetch(_INSTANCES, gone_after)]


def _unfinished(row: asyncpg.Record) -> Unfinished:
    values = dict(row)
    del values["of_all"]
    values["kind"] = ImportKind(values["kind"])
    return Unfinished(**values)
