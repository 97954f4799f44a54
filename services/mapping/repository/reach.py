"""Which other accounts the login of a planned row owns, as the CRM is now."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from services.mapping.planned import OtherAccounts, PlannedRow, ShownMethod
from shared.postgres import Connection

# Rows that share a login stand together, and it may own thousands of accounts: they are read once for each login.
# The account of the row itself is taken off after that.
_OTHER_ACCOUNTS: Final = """
WITH asked AS (
    SELECT * FROM unnest($2::int[], $3::bigint[], $4::bigint[]) AS a (line_no, login_id, customer_id)
), owned AS MATERIALIZED (
    SELECT l.login_id, c.biller_id, count(*)::int AS accounts,
        (array_agg(c.account_number ORDER BY c.account_number) FILTER (WHERE c.biller_id = $1))[:$5 + 1] AS numbers
    FROM (SELECT DISTINCT login_id FROM asked) l
    JOIN crm.customer_login_link k ON k.login_id = l.login_id AND k.role = 'owner'
    JOIN crm.customer c ON c.id = k.customer_id
    GROUP BY l.login_id, c.biller_id
), other AS (
    SELECT a.line_no, o.biller_id, o.accounts - (own.account_number IS NOT NULL AND o.biller_id = $1)::int AS accounts,
        (array_remove(o.numbers, own.account_number))[:$5] AS numbers
    FROM asked a
    JOIN owned o ON o.login_id = a.login_id
    LEFT JOIN LATERAL (
        SELECT c.account_number
        FROM crm.customer_login_link k JOIN crm.customer c ON c.id = k.customer_id
        WHERE k.customer_id = a.customer_id AND k.login_id = a.login_id AND k.role = 'owner'
    ) own ON true
)
SELECT o.line_no, b.name AS biller, o.accounts, o.numbers
FROM other o JOIN crm.biller b ON b.id = o.biller_id
WHERE o.accounts > 0
ORDER BY o.line_no, b.name
"""
_NUMBERS: Final = 20
_METHODS: Final = """
SELECT line_no, place, kind, account_type, card_brand, last4
FROM validation.replaced_method
WHERE import_id = $1 AND chunk_no = ANY ($2::int[]) AND line_no = ANY ($3::int[])
"""


async def other_accounts(
    connection: Connection, biller_id: int, rows: Sequence[PlannedRow]
) -> dict[int, list[OtherAccounts]]:
    """By line, for each biller with any, how many; account numbers only of this biller, the first of them."""
    columns = (
        [row.line_no for row in rows],
        [row.login_id for row in rows],
        [row.customer_id for row in rows],
    )
    found: dict[int, list[OtherAccounts]] = {}
    for row in await connection.fetch(_OTHER_ACCOUNTS, biller_id, *columns, _NUMBERS):
        one = OtherAccounts(row["biller"], row["accounts"], row["numbers"])
        found.setdefault(row["line_no"], []).append(one)
    return found


async def methods_before(
    connection: Connection, import_id: UUID, rows: Sequence[PlannedRow]
) -> dict[int, dict[int, ShownMethod]]:
    """By line and place of the invoice type, the methods by which the customers of these rows are enrolled."""
    chunks, lines = sorted({row.chunk_no for row in rows}), [row.line_no for row in rows]
    found: dict[int, dict[int, ShownMethod]] = {}
    for row in await connection.fetch(_METHODS, import_id, chunks, lines):
        shown = ShownMethod(row["kind"], row["account_type"], row["card_brand"], row["last4"])
        found.setdefault(row["line_no"], {})[row["place"]] = shown
    return found
