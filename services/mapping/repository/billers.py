"""Billers as the CRM has them."""

from collections.abc import Sequence
from typing import Final

from services.mapping.records import Biller, InvoiceType, ListedBiller
from shared.postgres import Connection

_OF_PERSON: Final = """
    SELECT b.id, b.name, r.permission, r.may_approve
    FROM crm.biller b
    CROSS JOIN LATERAL (
        SELECT permission, may_approve FROM crm.operator_right
        WHERE subject = $1 AND (biller_id = b.id OR biller_id IS NULL)
        ORDER BY biller_id NULLS LAST LIMIT 1
    ) r
    WHERE b.status = 'active' AND strpos(lower(b.name), lower($2)) > 0
    ORDER BY b.name LIMIT $3
"""
_FIND: Final = """
    SELECT id, name, mcl_enabled AS linked_accounts, account_number_case = 'insensitive' AS folds_case
    FROM crm.biller WHERE id = $1 AND status = 'active'
"""


_EMAILS_OFF: Final = "SELECT EXISTS (SELECT FROM notification.customer_emails_off WHERE biller_id = $1)"


async def emails_are_off(connection: Connection, biller_id: int) -> bool:
    return bool(await connection.fetchval(_EMAILS_OFF, biller_id))


async def of_person(connection: Connection, subject: str, text: str, limit: int) -> list[ListedBiller]:
    rows = await connection.fetch(_OF_PERSON, subject, text, limit)
    return [ListedBiller(row["id"], row["name"], row["permission"], row["may_approve"]) for row in rows]


async def find(connection: Connection, biller_id: int) -> Biller | None:
    """The biller, if it is active."""
    row = await connection.fetchrow(_FIND, biller_id)
    return None if row is None else Biller(**row)


async def invoice_types(connection: Connection, biller_id: int) -> list[InvoiceType]:
    rows = await connection.fetch(
        "SELECT code, alias, autopay_allowed, paperless_allowed FROM crm.invoice_type "
        "WHERE biller_id = $1 AND active ORDER BY id",
        biller_id,
    )
    return [InvoiceType(row["code"], row["alias"], row["autopay_allowed"], row["paperless_allowed"]) for row in rows]


async def names_of_types(connection: Connection, biller_id: int) -> dict[str, str]:
    return {one.code: one.alias for one in await invoice_types(connection, biller_id)}


async def ids_of_types(connection: Connection, biller_id: int, codes: Sequence[str]) -> list[int]:
    rows = await connection.fetch(
        "SELECT id FROM crm.invoice_type WHERE biller_id = $1 AND code = ANY ($2::text[])", biller_id, list(codes)
    )
    return [row["id"] for row in rows]


async def count_customers(connection: Connection, biller_id: int) -> int:
    return int(await connection.fetchval("SELECT count(*) FROM crm.customer WHERE biller_id = $1", biller_id))
