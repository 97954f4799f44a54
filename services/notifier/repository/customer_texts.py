"""The texts that billers have of their own, and what fills them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from services.notifier.customer_texts import About, Facts, Text
from shared.contracts.kinds import ImportKind
from shared.postgres import Connection

_NEWEST: Final = """
SELECT DISTINCT ON (about) about, subject, body, changed_by, changed_at
FROM customer_text WHERE biller_id = $1 ORDER BY about, version DESC
"""
_LOCK: Final = "SELECT pg_advisory_xact_lock(hashtextextended('customer_text', $1))"
_SAVE: Final = """
INSERT INTO customer_text (biller_id, about, version, subject, body, changed_by)
SELECT $1, $2, coalesce(max(version), 0) + 1, $3, $4, $5 FROM customer_text WHERE biller_id = $1 AND about = $2
"""
_FACTS: Final = """
SELECT biller_id, biller_name, email, user_name, customer_name, account_numbers, bill_types, method_kind, account_type,
    card_brand, last4, former_email
FROM customer_email_facts($1, $2)
"""
# The first applied row of the newest import that applied any: a real one, found by keys.
_RECENT: Final = """
SELECT o.import_id, r.login_id
FROM (
    SELECT import_id FROM import_status
    WHERE biller_id = $1 AND kind = $2 AND undoes IS NULL AND applied > 0 AND finished_at IS NOT NULL
    ORDER BY finished_at DESC LIMIT 1
) AS o
CROSS JOIN LATERAL (
    SELECT login_id FROM execution.row_result
    WHERE import_id = o.import_id AND outcome = 'applied' AND undone_by IS NULL AND login_id IS NOT NULL
    ORDER BY line_no LIMIT 1
) AS r
"""


@dataclass(frozen=True, slots=True)
class OwnText:
    """The newest version of a biller's text; None: back to the default."""

    text: Text | None
    changed_by: str
    changed_at: datetime


async def of_biller(connection: Connection, biller_id: int) -> dict[About, OwnText]:
    known = set(About)
    return {
        About(row["about"]): OwnText(
            None if row["subject"] is None else Text(row["subject"], row["body"]), row["changed_by"], row["changed_at"]
        )
        for row in await connection.fetch(_NEWEST, biller_id)
        if row["about"] in known
    }


async def save(connection: Connection, biller_id: int, about: About, text: Text | None, changed_by: str) -> None:
    """A new version, one after the other; None leads back to the default."""
    await connection.execute(_LOCK, biller_id)
    subject, body = (None, None) if text is None else (text.subject, text.body)
    await connection.execute(_SAVE, biller_id, about.value, subject, body, changed_by)


async def facts_of(connection: Connection, import_id: UUID, login_id: int) -> Facts | None:
    row = await connection.fetchrow(_FACTS, import_id, login_id)
    return None if row is None else Facts(**row)


async def recent(connection: Connection, biller_id: int, kind: ImportKind) -> tuple[UUID, int] | None:
    row = await connection.fetchrow(_RECENT, biller_id, kind)
    return None if row is None else (row["import_id"], row["login_id"])
