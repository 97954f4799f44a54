"""What an operator of the system asks the database."""

from typing import Final

from shared.postgres import Connection

_UNFINISHED: Final = """
    SELECT o.import_id, o.biller_name AS biller, o.kind, o.state, o.undecided, o.waiting_reason, o.chunks,
           o.chunks_done, extract(epoch FROM now() - coalesce(o.waiting_since, o.updated_at))::float8 AS seconds,
           paused.reason AS paused
    FROM notification.import_status o
    LEFT JOIN LATERAL (
        SELECT p.reason FROM execution.pause p
        WHERE p.resumed_at IS NULL AND o.state IN ('approved', 'running')
            AND (p.import_id IS NULL OR mapping.first_import(p.import_id) = mapping.first_import(o.import_id))
            AND (p.biller_id IS NULL OR p.biller_id = o.biller_id)
        ORDER BY p.paused_at LIMIT 1
    ) AS paused ON true
    WHERE o.finished_at IS NULL
      AND o.state NOT IN ('rejected', 'completed', 'completed_with_errors', 'failed', 'cancelled')
    ORDER BY seconds DESC, o.import_id
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
        UNION ALL SELECT 'executor', 'batches', j.started_at
            FROM execution.chunk c JOIN execution.job j USING (import_id) WHERE c.state = 'pending'
        UNION ALL SELECT 'notifier', 'emails', queued_at FROM notification.mail WHERE state = 'pending'
        UNION ALL SELECT 'notifier', 'emails', queued_at FROM notification.notice
            WHERE state = 'pending' AND not_before <= now()
        UNION ALL SELECT 'notifier', 'emails not sent', queued_at FROM notification.mail WHERE state = 'given_up'
        UNION ALL SELECT 'notifier', 'emails not sent', queued_at FROM notification.notice WHERE state = 'given_up'
        UNION ALL SELECT 'notifier', 'webhooks', d.queued_at
            FROM notification.webhook_delivery d
            JOIN notification.webhook w ON w.id = d.webhook_id AND w.removed_at IS NULL WHERE d.state = 'pending'
        UNION ALL SELECT 'notifier', 'webhooks not delivered', d.queued_at
            FROM notification.webhook_delivery d
            JOIN notification.webhook w ON w.id = d.webhook_id AND w.removed_at IS NULL WHERE d.state = 'given_up'
    )
    SELECT service, queue, count(*) AS waiting, extract(epoch FROM now() - min(since))::float8 AS seconds
    FROM waiting GROUP BY service, queue ORDER BY seconds DESC, service, queue
"""


async def unfinished_imports(connection: Connection) -> list[dict[str, object]]:
    """Imports that have not ended, by how long they are as they are."""
    return [dict(row) for row in await connection.fetch(_UNFINISHED)]


async def queues(connection: Connection) -> list[dict[str, object]]:
    """What waits in each service; what has nothing waiting is not listed."""
    return [dict(row) for row in await connection.fetch(_QUEUES)]
