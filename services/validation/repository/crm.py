"""The rows that lead beside what the CRM knows of their accounts (rules 3.3 to 3.5)."""

from dataclasses import dataclass
from typing import Final

from services.validation.subject import Subject
from shared.postgres import Connection

_CHOSEN: Final = """
CREATE TEMP TABLE chosen ON COMMIT DROP AS
SELECT wanted.position::int AS position, t.id AS invoice_type_id, wanted.code
FROM unnest($2::text[]) WITH ORDINALITY AS wanted (code, position)
JOIN crm.invoice_type t ON t.biller_id = $1 AND t.code = wanted.code
"""

# How an account number is written in the CRM, for billers that do not mind case; empty for the others.
_SPELLING: Final = """
CREATE TEMP TABLE spelling ON COMMIT DROP AS
SELECT DISTINCT ON (upper(account_number)) upper(account_number) AS folded, account_number AS stored
FROM crm.customer
WHERE biller_id = $1 AND $2
ORDER BY upper(account_number), id
"""

# "code" is the one that decides the row; null while it is open.
_FACING: Final = """
CREATE TEMP TABLE facing ON COMMIT DROP AS
SELECT s.line_no, s.ordinal, s.identity, s.method_kind,
       s.customer_name IS NOT NULL AS has_name,
       c.id AS customer_id,
       l.id AS login_id, l.email AS login_email, lower(l.email) AS login_identity, l.status AS login_status,
       l.login_name AS old_login_name,
       CASE
           -- 3.3: not found; a customer can be made where that is wanted and there is a name for it
           WHEN c.id IS NULL AND NOT $2 THEN 'C202'
           WHEN c.id IS NULL AND s.customer_name IS NULL THEN 'R127'
           -- 3.4: not active, or this kind of payment is blocked
           WHEN c.status <> 'active' AND $3 = 'registration' THEN 'C235'
           WHEN c.status <> 'active' THEN 'R111'
           WHEN s.method_kind = 'ach' AND c.block_eft OR s.method_kind = 'card' AND c.block_cc THEN 'R112'
           -- 3.5: the owner's login cannot be used
           WHEN l.status IN ('locked', 'disabled') THEN 'C217'
           -- Paperless, 6: a registration import has brought another email that nobody has confirmed yet
           WHEN $3 = 'paperless' AND l.import_kind = 'registration' AND l.status = 'invited'
               AND lower(l.email) IS DISTINCT FROM s.identity THEN 'C231'
       END AS code
FROM staged s
LEFT JOIN spelling p ON p.folded = s.account_number
LEFT JOIN crm.customer c ON c.biller_id = $1 AND c.account_number = coalesce(p.stored, s.account_number)
LEFT JOIN crm.customer_login_link k ON k.customer_id = c.id AND k.role = 'owner'
LEFT JOIN crm.login l ON l.id = k.login_id
WHERE s.verdict IS NULL AND NOT EXISTS (SELECT FROM aside x WHERE x.line_no = s.line_no)
"""

# Logins of the rows that own more than one account: how many here, and whether at another biller too.
_BUSY: Final = """
CREATE TEMP TABLE busy ON COMMIT DROP AS
WITH several AS (
    SELECT k.login_id
    FROM crm.customer_login_link k
    WHERE k.role = 'owner' AND k.login_id IN (SELECT f.login_id FROM facing f WHERE f.login_id IS NOT NULL)
    GROUP BY k.login_id
    HAVING count(*) > 1
)
SELECT k.login_id, count(*) FILTER (WHERE c.biller_id = $1) AS here, bool_or(c.biller_id <> $1) AS elsewhere
FROM several
JOIN crm.customer_login_link k ON k.login_id = several.login_id AND k.role = 'owner'
JOIN crm.customer c ON c.id = k.customer_id
GROUP BY k.login_id
"""

# Accounts with other users and no owner (W324).
_BESIDE: Final = """
CREATE TEMP TABLE beside ON COMMIT DROP AS
SELECT DISTINCT f.customer_id
FROM facing f
JOIN crm.customer_login_link k ON k.customer_id = f.customer_id
WHERE f.login_id IS NULL AND f.code IS NULL
"""

_REACHED: Final = """
SELECT count(*) AS reached,
       count(*) FILTER (WHERE customer_id IS NULL) AS missing,
       count(*) FILTER (WHERE customer_id IS NULL AND has_name) AS nameable
FROM facing
"""


@dataclass(frozen=True, slots=True)
class Reached:
    """Leading rows, those not found among them, and those of these that a customer could be made of (C201)."""

    rows: int
    missing: int
    nameable: int


async def face(connection: Connection, subject: Subject, *, create: bool) -> None:
    """Join the leading rows with the CRM."""
    await connection.execute(_CHOSEN, subject.biller_id, list(subject.invoice_types))
    await connection.execute(_SPELLING, subject.biller_id, subject.folds_case)
    await connection.execute("ANALYZE spelling")
    await connection.execute(_FACING, subject.biller_id, create, subject.kind)
    await connection.execute("ANALYZE facing")
    await connection.execute(_BUSY, subject.biller_id)
    await connection.execute("ANALYZE busy")
    await connection.execute(_BESIDE)
    await connection.execute("ANALYZE beside")


async def reached(connection: Connection) -> Reached:
    """How many rows were looked up."""
    rows = await connection.fetch(_REACHED)
    return Reached(*rows[0])
