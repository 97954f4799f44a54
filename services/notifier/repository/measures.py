"""Numbers of what waits in the whole system, for the metrics."""

from datetime import timedelta
from typing import Final

from services.notifier.domain import IN_PROGRESS
from services.notifier.records import Measured
from shared.postgres import Connection

_IMPORTS: Final = """
    SELECT state, count(*) AS imports,
        extract(epoch FROM now() - min(coalesce(waiting_since, in_review_since, updated_at)))::float8 AS oldest
    FROM import_standing WHERE state = ANY ($1) GROUP BY state
"""
# KEDA asks the same (deploy/kubernetes/executor-scaling.yaml).
_CHUNKS: Final = """
    SELECT count(*) FROM execution.chunk c
    WHERE c.state = 'pending' AND c.not_before < 'infinity' AND c.import_id IN (
        SELECT j.import_id FROM execution.job j
        WHERE j.finished_at IS NULL AND j.waiting_since IS NULL AND NOT EXISTS (
            SELECT FROM execution.pause p WHERE p.resumed_at IS NULL AND j.state = 'running'
                AND (p.import_id IS NULL OR mapping.first_import(p.import_id) = mapping.first_import(j.import_id))
                AND (p.biller_id IS NULL OR p.biller_id = j.biller_id)
        )
    )
"""
_LETTERS: Final = """
    SELECT 'mapping' AS service, count(*) AS open FROM mapping.dead_letter WHERE resent_at IS NULL
    UNION ALL SELECT 'validation', count(*) FROM validation.dead_letter WHERE resent_at IS NULL
    UNION ALL SELECT 'executor', count(*) FROM execution.dead_letter WHERE resent_at IS NULL
    UNION ALL SELECT 'notifier', count(*) FROM notification.dead_letter WHERE resent_at IS NULL
"""
_INSTANCES: Final = """
    SELECT 'mapping' AS service, count(*) AS alive FROM mapping.instance WHERE seen_at >= now() - $1::interval
    UNION ALL SELECT 'validation', count(*) FROM validation.instance WHERE seen_at >= now() - $1::interval
    UNION ALL SELECT 'executor', count(*) FROM execution.instance WHERE seen_at >= now() - $1::interval
    UNION ALL SELECT 'notifier', count(*) FROM notification.instance WHERE seen_at >= now() - $1::interval
"""
_MAILS: Final = """
    SELECT count(*) FILTER (WHERE state = 'pending') AS waiting,
        coalesce(extract(epoch FROM now() - min(queued_at) FILTER (WHERE state = 'pending')), 0)::float8 AS oldest,
        count(*) FILTER (WHERE state = 'given_up' AND queued_at > now() - interval '4 days') AS not_sent
    FROM (
        SELECT state, queued_at FROM mail
        WHERE state = 'pending' OR state = 'given_up' AND queued_at > now() - interval '4 days'
        UNION ALL SELECT state, queued_at FROM notice
        WHERE state = 'pending' AND (attempts > 0 OR not_before <= now())
            OR state = 'given_up' AND queued_at > now() - interval '4 days'
        UNION ALL SELECT state, queued_at FROM customer_email
        WHERE state = 'given_up' AND bounced_at IS NULL AND queued_at > now() - interval '4 days'
    ) AS of_all
"""
_WEBHOOKS: Final = """
    SELECT count(*) FILTER (WHERE d.state = 'pending') AS waiting,
        count(*) FILTER (WHERE d.state = 'given_up' AND d.queued_at > now() - interval '8 days') AS not_delivered
    FROM webhook w JOIN webhook_delivery d ON d.webhook_id = w.id
    WHERE w.removed_at IS NULL AND d.state IN ('pending', 'given_up')
"""
_PAUSES: Final = "SELECT count(*) FROM execution.pause WHERE resumed_at IS NULL"


async def read(connection: Connection, gone_after: timedelta) -> Measured:
    imports = await connection.fetch(_IMPORTS, [state.value for state in IN_PROGRESS])
    letters = await connection.fetch(_LETTERS)
    instances = await connection.fetch(_INSTANCES, gone_after)
    [mails] = await connection.fetch(_MAILS)
    [webhooks] = await connection.fetch(_WEBHOOKS)
    return Measured(
        imports={row["state"]: row["imports"] for row in imports},
        oldest={row["state"]: row["oldest"] for row in imports},
        letters={row["service"]: row["open"] for row in letters},
        instances={row["service"]: row["alive"] for row in instances},
        chunks=await connection.fetchval(_CHUNKS),
        mails=mails["waiting"],
        oldest_mail=mails["oldest"],
        not_sent=mails["not_sent"],
        webhooks=webhooks["waiting"],
        webhooks_not_delivered=webhooks["not_delivered"],
        pauses=await connection.fetchval(_PAUSES),
    )
