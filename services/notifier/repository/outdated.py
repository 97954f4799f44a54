"""What has been kept long enough: what happened to an import, its emails, and what is left of webhooks."""

from datetime import timedelta
from typing import Final

from shared.postgres import Connection

_IMPORTS_AT_ONCE: Final = 20
_PINGS_AT_ONCE: Final = 1_000

_REMOVE_HISTORY: Final = """
WITH outdated AS MATERIALIZED (
    SELECT o.import_id
    FROM validation.outdated_import o
    WHERE o.ended_at < now() - $1::interval AND (
        EXISTS (SELECT FROM trail WHERE import_id = o.import_id)
        OR EXISTS (SELECT FROM mail WHERE import_id = o.import_id AND state <> 'pending')
        OR EXISTS (SELECT FROM notice WHERE import_id = o.import_id AND state <> 'pending')
        OR EXISTS (SELECT FROM webhook_delivery WHERE import_id = o.import_id AND state <> 'pending')
        OR EXISTS (SELECT FROM customer_email_run WHERE import_id = o.import_id AND done_at IS NOT NULL)
    )
    LIMIT $2
), events AS (
    DELETE FROM trail WHERE import_id IN (SELECT import_id FROM outdated)
), mails AS (
    DELETE FROM mail WHERE import_id IN (SELECT import_id FROM outdated) AND state <> 'pending'
), notices AS (
    DELETE FROM notice WHERE import_id IN (SELECT import_id FROM outdated) AND state <> 'pending'
), deliveries AS (
    DELETE FROM webhook_delivery WHERE import_id IN (SELECT import_id FROM outdated) AND state <> 'pending'
), customers AS (
    DELETE FROM customer_email WHERE import_id IN (
        SELECT r.import_id FROM customer_email_run r JOIN outdated o USING (import_id) WHERE r.done_at IS NOT NULL
    )
), runs AS (
    DELETE FROM customer_email_run WHERE import_id IN (SELECT import_id FROM outdated) AND done_at IS NOT NULL
)
SELECT count(*) FROM outdated
"""
# The events of imports that a removed webhook was sent are history: it stays as long as they do.
_REMOVE_OF_WEBHOOKS: Final = """
WITH pings AS (
    DELETE FROM webhook_delivery
    WHERE id IN (
        SELECT id FROM webhook_delivery WHERE import_id IS NULL AND settled_at < now() - $1::interval LIMIT $2
    )
    RETURNING id
), secrets AS (
    UPDATE webhook SET former_secret = NULL, former_until = NULL
    WHERE former_secret IS NOT NULL AND former_until < now()
    RETURNING id
), webhooks AS (
    DELETE FROM webhook w
    WHERE w.removed_at < now() - $1::interval
        AND NOT EXISTS (SELECT FROM webhook_delivery d WHERE d.webhook_id = w.id)
    RETURNING id
)
SELECT (SELECT count(*) FROM pings) + (SELECT count(*) FROM secrets) + (SELECT count(*) FROM webhooks)
"""


async def remove_history(connection: Connection, keep: timedelta) -> int:
    """Remove the history of some imports that ended longer ago than that; of how many."""
    removed: int = await connection.fetchval(_REMOVE_HISTORY, keep, _IMPORTS_AT_ONCE)
    return removed


async def remove_of_webhooks(connection: Connection, keep: timedelta) -> int:
    """Remove pings and removed webhooks of longer ago than that, and former secrets that sign no more; how many."""
    removed: int = await connection.fetchval(_REMOVE_OF_WEBHOOKS, keep, _PINGS_AT_ONCE)
    return removed
