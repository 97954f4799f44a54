"""What imports leave around them, as in a system that has run for long: who did what, dead letters, webhooks."""

from typing import Final
from uuid import UUID, uuid4

import asyncpg

from shared.audit import Act

_ACTS: Final = (Act.FILE_UPLOADED, Act.DEFINED, Act.ROWS_SEEN, Act.DECIDED, Act.STARTED)
_ENTRIES: Final = """
SELECT audit.append(act, 'ivy', 'page from 10.0.0.7', $1, $2, '{}') FROM unnest($3::text[]) AS act
"""
_IMPORTS: Final = "SELECT id, biller_id FROM mapping.import"
_LETTERS: Final = """
INSERT INTO {schema}.dead_letter (topic, partition, record_offset, body, reason, detail, resent_at)
SELECT 'customer-import.import-defined.v1', 0, n, '', 'undecodable', 'The message is no JSON',
    CASE WHEN n % 2 = 0 THEN now() END
FROM generate_series(1, $1::int) AS n
"""
_WEBHOOK: Final = (
    "INSERT INTO notification.webhook (id, biller_id, url, secret, made_by) VALUES ($1, $2, $3, '', 'ivy')"
)
_DELIVERIES: Final = """
INSERT INTO notification.webhook_delivery (id, webhook_id, import_id, occasion, place, body, state, settled_at)
SELECT gen_random_uuid(), $1, id, 'import.finished', 'end', '{}', 'delivered', now() FROM mapping.import
"""
_RIGHTS: Final = """
UPDATE crm.operator_right SET may_audit = true, may_operate = true, may_manage_webhooks = true
WHERE subject = 'ivy' AND biller_id IS NULL
"""
_SCHEMAS: Final = ("mapping", "validation", "execution", "notification")


async def leave_traces(connection: asyncpg.Connection, biller_id: int, letters: int) -> UUID:
    """Entries of the audit trail and deliveries for each import, and that many dead letters; the webhook's ID.

    Ivy may see all of it. The webhook is of a biller that nothing more happens to, so nothing is sent.
    """
    await connection.execute(_RIGHTS)
    for one in await connection.fetch(_IMPORTS):  # each its own transaction: the chain grows by a few entries at once
        await connection.execute(_ENTRIES, one["id"], one["biller_id"], list(_ACTS))
    for schema in _SCHEMAS:
        await connection.execute(_LETTERS.replace("{schema}", schema), letters // len(_SCHEMAS))
    webhook = uuid4()
    await connection.execute(_WEBHOOK, webhook, biller_id, "https://hooks.example.com/imports")
    await connection.execute(_DELIVERIES, webhook)
    return webhook
