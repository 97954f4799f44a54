"""History that has been kept long enough: what happened to an import, and its emails."""

from datetime import timedelta
from typing import Final

from shared.postgres import Connection

_IMPORTS_AT_ONCE: Final = 20

_REMOVE_HISTORY: Final = """
WITH outdated AS MATERIALIZED (
    SELECT o.import_id
    FROM validation.outdated_import o
    WHERE o.ended_at < now() - $1::interval AND (
        EXISTS (SELECT FROM trail WHERE import_id = o.import_id)
        OR EXISTS (SELECT FROM mail WHERE import_id = o.import_id AND state <> 'pending')
        OR EXISTS (SELECT FROM notice WHERE import_id = o.import_id AND state <> 'pending')
        OR EXISTS (SELECT FROM webhook_delivery WHERE import_id = o.import_id AND state <> 'pending')
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
)
SELECT count(*) FROM outdated
"""


async def remove_history(connection: Connection, keep: timedelta) -> int:
    """Remove the history of some imports that ended longer ago than that; of how many."""
    removed: int = await connection.fetchval(_REMOVE_HISTORY, keep, _IMPORTS_AT_ONCE)
    return removed
