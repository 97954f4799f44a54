"""Rules autopay-14 and autopay-15: when customers are debited first, as far as the CRM knows their bills."""

from datetime import date
from typing import Final

from shared.contracts.plan import CollectionDay, FirstCollection
from shared.postgres import Connection

# The open bills of the enrollments that rows to apply start or move; of each row its first day with a collection, or
# null where there is none.
_BY_DAY: Final = """
SELECT day, count(*) AS customers, sum(amount) AS amount
FROM (
    SELECT DISTINCT ON (line_no) line_no, day, amount
    FROM (
        SELECT d.line_no, sum(i.balance) AS amount,
            CASE
                WHEN b.day >= greatest(s.starts_on, $1::date) AND b.day <= coalesce(s.ends_on, 'infinity')
                    AND i.balance <= coalesce(s.max_amount, 'infinity') THEN b.day
            END AS day
        FROM decided d
        JOIN staged s ON s.line_no = d.line_no
        JOIN crm.invoice i ON i.customer_id = d.customer_id
        JOIN chosen_type t ON t.invoice_type_id = i.invoice_type_id
        LEFT JOIN seen_type e ON e.customer_id = d.customer_id AND e.position = t.position
        CROSS JOIN LATERAL (SELECT coalesce(i.autopay_collection_date, i.due_date) AS day) AS b
        WHERE d.code IS NULL AND i.balance > 0 AND e.same IS NOT TRUE
        GROUP BY 1, 3
    ) AS by_row
    ORDER BY line_no, day NULLS LAST
) AS first
GROUP BY day
ORDER BY day NULLS LAST
"""


async def forecast(connection: Connection, applied: int, effective: date | None) -> FirstCollection:
    """``applied`` is how many rows, which are as many customers, are to be applied."""
    rows = await connection.fetch(_BY_DAY, effective)
    days = tuple(CollectionDay(**row) for row in rows if row["day"])
    billed = sum(row["customers"] for row in rows)
    return FirstCollection.of(
        days,
        without_open_bill=applied - billed,
        not_collected=billed - sum(one.customers for one in days),
    )
