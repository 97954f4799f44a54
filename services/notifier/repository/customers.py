"""Which imports changed a customer. Who may see which biller and kind is part of each statement."""

from typing import Final

from services.notifier.records import CustomerRow
from services.notifier.row_changes import described, types_in
from shared.contracts.kinds import ImportKind
from shared.postgres import Connection

MOST_ROWS: Final = 100

_ROWS: Final = """
SELECT s.import_id, s.biller_name, s.kind, s.undoes, s.file_name, s.requester_name, s.defined_at, c.account_number,
    r.line_no, r.codes
FROM customers_called($1, $2, $3) c
JOIN execution.row_result r ON r.login_id = c.login_id AND r.outcome = 'applied' AND r.customer_id = c.customer_id
JOIN import_status s ON s.import_id = r.import_id AND s.biller_id = c.biller_id
WHERE c.permission = 'all' OR s.kind = 'paperless'
ORDER BY s.defined_at DESC, r.import_id, r.line_no
LIMIT $4
"""
_TYPES: Final = "SELECT id, alias FROM crm.invoice_type WHERE id = ANY ($1::bigint[])"
_CHANGES: Final = "SELECT import_id, line_no, changes FROM execution.changes_of_rows($1, $2)"


async def rows_of_customer(connection: Connection, subject: str, biller_id: int | None, text: str) -> list[CustomerRow]:
    """Applied rows of customers with this account number, email or user name that the person may see, newest first."""
    records = await connection.fetch(_ROWS, subject, biller_id, text, MOST_ROWS)
    found = await connection.fetch(_CHANGES, [one["import_id"] for one in records], [one["line_no"] for one in records])
    changes = {(one["import_id"], one["line_no"]): one["changes"] or () for one in found}
    named = await connection.fetch(_TYPES, sorted(types_in([one for row in changes.values() for one in row])))
    types = {one["id"]: one["alias"] for one in named}
    return [
        CustomerRow(
            **{**record, "kind": ImportKind(record["kind"])},
            changes=described(changes.get((record["import_id"], record["line_no"]), ()), types),
        )
        for record in records
    ]
