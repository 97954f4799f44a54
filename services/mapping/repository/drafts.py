"""SQL of the wizard: drafts, account numbers for the preview, progress of a check."""

from collections.abc import Collection
from typing import Any, Final
from uuid import UUID

from services.mapping.draft import Content
from services.mapping.records import Draft, Existing, OpenDraft
from shared.postgres import Connection

_NEW: Final = "INSERT INTO draft (id, subject, biller_id) VALUES ($1, $2, $3)"
_FIND: Final = """
SELECT id, biller_id, content, import_id, attempt, updated_at FROM draft WHERE id = $1 AND subject = $2
"""
_LOCK: Final = "SELECT id, biller_id, content, import_id, attempt, updated_at FROM draft WHERE id = $1 FOR UPDATE"
_OF_IMPORT: Final = """
SELECT id, biller_id, content, import_id, attempt, updated_at FROM draft WHERE import_id = $1 AND subject = $2
"""
_SAVE: Final = "UPDATE draft SET biller_id = $2, content = $3, updated_at = now() WHERE id = $1"
_BECOME: Final = "UPDATE draft SET import_id = $2, attempt = $3, updated_at = now() WHERE id = $1"
_DELETE: Final = "DELETE FROM draft WHERE id = $1 AND subject = $2"
_OPEN: Final = """
SELECT d.id, d.content, d.updated_at, d.import_id, b.name AS biller_name, i.state
FROM draft d JOIN crm.biller b ON b.id = d.biller_id LEFT JOIN import i ON i.id = d.import_id
WHERE d.subject = $1 AND (i.state IS NULL OR i.state IN ('checking', 'held', 'rejected'))
ORDER BY d.updated_at DESC LIMIT $2
"""
_RECENT_BILLERS: Final = """
SELECT biller_id FROM draft WHERE subject = $1 GROUP BY biller_id ORDER BY max(updated_at) DESC LIMIT 5
"""
_EXISTING: Final = """
SELECT account_number AS number, account_number AS stored, status
FROM crm.customer
WHERE biller_id = $1 AND account_number = ANY ($2::text[])
"""
# As the check finds them: of several that differ in case only, the customer of the lowest id counts. No index of the
# CRM knows them, so that the numbers of all customers are read, but only where a number has letters.
_EXISTING_IN_ANY_CASE: Final = """
SELECT DISTINCT ON (asked.number) asked.number, c.account_number AS stored, c.status
FROM unnest($2::text[]) AS asked (number)
JOIN crm.customer c ON c.biller_id = $1 AND upper(c.account_number) = asked.number
ORDER BY asked.number, c.id
"""
# From both ends of the index: the first by id would mean reading past the customers of all other billers.
_SOME_NUMBERS: Final = """
(SELECT account_number FROM crm.customer WHERE biller_id = $1 ORDER BY account_number LIMIT $2)
UNION
(SELECT account_number FROM crm.customer WHERE biller_id = $1 ORDER BY account_number DESC LIMIT $2)
"""
_NEIGHBORS: Final = """
SELECT asked.number, near.account_number, near.status
FROM unnest($2::text[]) AS asked (number)
CROSS JOIN LATERAL (
    (SELECT account_number, status FROM crm.customer WHERE biller_id = $1 AND account_number >= asked.number
     ORDER BY account_number LIMIT 5)
    UNION ALL
    (SELECT account_number, status FROM crm.customer WHERE biller_id = $1 AND account_number < asked.number
     ORDER BY account_number DESC LIMIT 5)
) AS near
"""
_PROGRESS: Final = """
SELECT v.bytes_read, v.bytes_total, v.rows_read, EXISTS (
    SELECT FROM validation.import_check c JOIN validation.import_check a ON a.biller_id = c.biller_id
    WHERE c.import_id = i.id AND c.state = 'pending' AND a.state = 'approved'
        AND (a.kind <> c.kind OR a.file_sha256 <> c.file_sha256)
) AS is_behind
FROM import i LEFT JOIN notification.import_view v ON v.import_id = i.id WHERE i.id = $1
"""
_WITHOUT: Final = """
WITH active AS (SELECT id FROM crm.customer WHERE biller_id = $1 AND status = 'active'),
types AS (SELECT id, code FROM crm.invoice_type WHERE biller_id = $1 AND active),
billed AS (
    SELECT i.invoice_type_id, count(DISTINCT i.customer_id) AS customers
    FROM crm.invoice i JOIN active ON active.id = i.customer_id
    WHERE i.invoice_type_id IN (SELECT id FROM types)
    GROUP BY i.invoice_type_id
)
SELECT types.code, (SELECT count(*) FROM active) - coalesce(billed.customers, 0) AS customers
FROM types LEFT JOIN billed ON billed.invoice_type_id = types.id
"""
_FILE_NAME: Final = "SELECT f.name FROM import i JOIN secure_file f ON f.id = i.file_id WHERE i.id = $1"
_CHECK_STATE: Final = "SELECT state FROM validation.import_check WHERE import_id = $1"


async def new_draft(connection: Connection, draft_id: UUID, subject: str, biller_id: int) -> None:
    await connection.execute(_NEW, draft_id, subject, biller_id)


async def find_draft(connection: Connection, draft_id: UUID, subject: str) -> Draft | None:
    return _draft(await connection.fetchrow(_FIND, draft_id, subject))


async def lock_draft(connection: Connection, draft_id: UUID) -> Draft | None:
    return _draft(await connection.fetchrow(_LOCK, draft_id))


async def draft_of_import(connection: Connection, import_id: UUID, subject: str) -> Draft | None:
    return _draft(await connection.fetchrow(_OF_IMPORT, import_id, subject))


def _draft(row: Any) -> Draft | None:
    return None if row is None else Draft(**{**row, "content": Content.model_validate(row["content"])})


async def save_draft(connection: Connection, draft_id: UUID, biller_id: int, content: Content) -> None:
    await connection.execute(_SAVE, draft_id, biller_id, content.model_dump(mode="json"))


async def become(connection: Connection, draft_id: UUID, import_id: UUID, attempt: int) -> None:
    await connection.execute(_BECOME, draft_id, import_id, attempt)


async def delete_draft(connection: Connection, draft_id: UUID, subject: str) -> None:
    await connection.execute(_DELETE, draft_id, subject)


async def open_drafts(connection: Connection, subject: str, limit: int) -> list[OpenDraft]:
    rows = await connection.fetch(_OPEN, subject, limit)
    return [OpenDraft(**{**row, "content": Content.model_validate(row["content"])}) for row in rows]


async def recent_billers(connection: Connection, subject: str) -> list[int]:
    return [row["biller_id"] for row in await connection.fetch(_RECENT_BILLERS, subject)]


async def existing(
    connection: Connection, biller_id: int, numbers: Collection[str], *, fold_case: bool
) -> dict[str, Existing]:
    """The customers with these numbers, which are in upper case where the biller does not mind case."""
    lettered = {number for number in numbers if number != number.lower()} if fold_case else set()
    rows = await connection.fetch(_EXISTING, biller_id, [number for number in numbers if number not in lettered])
    if lettered:
        rows += await connection.fetch(_EXISTING_IN_ANY_CASE, biller_id, list(lettered))
    return {row["number"]: Existing(row["stored"], row["status"]) for row in rows}


async def some_numbers(connection: Connection, biller_id: int, limit: int = 200) -> list[str]:
    return [row["account_number"] for row in await connection.fetch(_SOME_NUMBERS, biller_id, limit)]


async def neighbors(connection: Connection, biller_id: int, numbers: Collection[str]) -> dict[str, list[Existing]]:
    """Customers whose numbers come before and behind each of these."""
    found: dict[str, list[Existing]] = {number: [] for number in numbers}
    for row in await connection.fetch(_NEIGHBORS, biller_id, list(found)):
        found[row["number"]].append(Existing(row["account_number"], row["status"]))
    return found


async def progress(connection: Connection, import_id: UUID) -> dict[str, Any]:
    """How far the check is, and whether an import of its biller has to end before it."""
    return dict(await connection.fetchrow(_PROGRESS, import_id) or {})


async def customers_without(connection: Connection, biller_id: int) -> dict[str, int]:
    """Active customers of the biller who have no bill of each type."""
    return {row["code"]: row["customers"] for row in await connection.fetch(_WITHOUT, biller_id)}


async def file_name(connection: Connection, import_id: UUID) -> str:
    name: str | None = await connection.fetchval(_FILE_NAME, import_id)
    return name or ""


async def newest_state(connection: Connection, import_id: UUID) -> str | None:
    state: str | None = await connection.fetchval(_CHECK_STATE, import_id)
    return state
