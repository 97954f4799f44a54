"""Which imports changed a customer. Who may see which biller and kind is part of each statement."""

from typing import Final

from services.notifier.records import CustomerRow
from services.notifier.row_changes import described
from shared.contracts.kinds import ImportKind
from shared.postgres import Connection

MOST_ROWS: Final = 100

# Each branch goes by an index: numbers by biller, logins by realm. Of customers there are few for one email.
_ROWS: Final = """
WITH visible AS (
    SELECT DISTINCT ON (b.id) b.id AS biller_id, b.login_realm_id, r.permission
    FROM crm.biller b JOIN crm.operator_right r ON r.biller_id = b.id OR r.biller_id IS NULL
    WHERE r.subject = $1 AND ($2::bigint IS NULL OR b.id = $2)
    ORDER BY b.id, r.biller_id NULLS LAST
), asked_login AS (
    SELECT l.id
    FROM (SELECT DISTINCT login_realm_id FROM visible) AS realm
    JOIN crm.login l ON l.realm_id = realm.login_realm_id
        AND (lower(l.email) = lower($3) OR l.login_name IS NOT NULL AND lower(l.login_name) = lower($3))
), asked AS (
    SELECT c.id AS customer_id, c.account_number, v.biller_id, v.permission
    FROM visible v
    JOIN crm.customer c ON c.biller_id = v.biller_id AND c.account_number = ANY (ARRAY[$3, upper($3)])
    UNION
    SELECT c.id, c.account_number, v.biller_id, v.permission
    FROM asked_login l
    JOIN crm.customer_login_link k ON k.login_id = l.id
    JOIN crm.customer c ON c.id = k.customer_id
    JOIN visible v ON v.biller_id = c.biller_id
)
SELECT s.import_id, s.biller_name, s.kind, s.file_name, s.requester_name, s.defined_at, a.account_number, r.line_no,
    r.codes
FROM asked a
JOIN crm.customer_login_link k ON k.customer_id = a.customer_id
JOIN execution.row_result r ON r.login_id = k.login_id AND r.outcome = 'applied' AND r.customer_id = a.customer_id
JOIN import_status s ON s.import_id = r.import_id AND s.biller_id = a.biller_id
WHERE a.permission = 'all' OR s.kind = 'paperless'
ORDER BY s.defined_at DESC, r.import_id, r.line_no
LIMIT $4
"""
_CHANGES: Final = "SELECT import_id, line_no, changes FROM execution.changes_of_rows($1, $2)"


async def rows_of_customer(connection: Connection, subject: str, biller_id: int | None, text: str) -> list[CustomerRow]:
    """Applied rows of customers with this account number, email or user name that the person may see, newest first."""
    records = await connection.fetch(_ROWS, subject, biller_id, text, MOST_ROWS)
    found = await connection.fetch(_CHANGES, [one["import_id"] for one in records], [one["line_no"] for one in records])
    changes = {(one["import_id"], one["line_no"]): one["changes"] or () for one in found}
    return [
        CustomerRow(
            **{**record, "kind": ImportKind(record["kind"])},
            changes=described(changes.get((record["import_id"], record["line_no"]), ())),
        )
        for record in records
    ]
