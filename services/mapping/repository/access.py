"""Who may do what, as it stands in the CRM."""

from typing import Final

from services.mapping.records import Access
from shared.postgres import Connection

# A person is named as at the last sign-in, else as in the newest imports, else by the ID of the account. Of those who
# approve, the row of the biller wins over the row for every biller, as everywhere (shared/rights.py).
_ACCESS: Final = """
WITH named AS (
    SELECT requester ->> 'subject' AS subject, max(requester ->> 'name') AS name
    FROM (SELECT requester FROM mapping.import ORDER BY created_at DESC LIMIT 1000) AS newest GROUP BY 1
)
SELECT r.biller_id, b.name AS biller_name, r.permission, r.may_approve, r.may_replace_owner, r.may_undo, r.may_operate,
    r.may_audit, ARRAY(
        SELECT coalesce(nullif(p.name, ''), named.name, o.subject)
        FROM (
            SELECT DISTINCT ON (subject) subject, may_approve FROM crm.operator_right
            WHERE biller_id = r.biller_id OR biller_id IS NULL ORDER BY subject, biller_id NULLS LAST
        ) AS o LEFT JOIN named USING (subject) LEFT JOIN mapping.person p USING (subject)
        WHERE o.may_approve AND o.subject <> $1 ORDER BY 1 LIMIT 20
    ) AS approvers
FROM crm.operator_right r LEFT JOIN crm.biller b ON b.id = r.biller_id
WHERE r.subject = $1
ORDER BY r.biller_id IS NOT NULL, b.name, r.biller_id LIMIT 200
"""


async def of_person(connection: Connection, subject: str) -> list[Access]:
    """The rights of a person, that for every biller first, each with the others who may approve there."""
    return [Access(**row) for row in await connection.fetch(_ACCESS, subject)]
