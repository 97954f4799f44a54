"""The leading rows looked up in the CRM, with what it knows of their accounts (rules customer-* and owner-*)."""

from dataclasses import dataclass
from typing import Any, Final

from services.validation.domain.names import names_agree
from services.validation.repository.tables import WorkingTables
from services.validation.subject import Subject
from shared.contracts.codes.names import CREATE, NOT_FOUND
from shared.contracts.fields import takes_bank_accounts
from shared.postgres import Connection

_CHOSEN_TYPE: Final = """
SELECT wanted.position::int AS position, t.id AS invoice_type_id, wanted.code
FROM unnest($2::text[]) WITH ORDINALITY AS wanted (code, position)
JOIN crm.invoice_type t ON t.biller_id = $1 AND t.code = wanted.code
"""

# How an account number is written in the CRM, for billers that do not mind case; empty for the others.
_SPELLING: Final = """
SELECT DISTINCT ON (upper(account_number)) upper(account_number) AS folded, account_number AS stored
FROM crm.customer
WHERE biller_id = $1 AND $2
ORDER BY upper(account_number), id
"""

# "told" are the codes that the row has from the file; "code" is the one that decides the row, null while it is open.
# "also" are the codes it goes on with because of an answer, and "kept_email" is the login's own that takes the place of
# the row's. Staged columns are compared byte by byte; against the CRM's, its own collation is used, or its indexes
# could not be.
_LOOKUP: Final = """
SELECT s.line_no, s.ordinal, s.codes AS told,
       CASE WHEN k.keeps THEN lower(l.email) ELSE s.identity END AS identity,
       CASE WHEN k.keeps THEN l.email END AS kept_email,
       s.method_kind, nullif(s.link_role, 'owner') AS link_role,
       s.customer_name IS NOT NULL AND s.is_stand_in IS NULL AS is_nameable,
       CASE WHEN s.customer_name IS NOT NULL AND c.id IS NOT NULL THEN seen_name_1(c.name) END AS seen_name,
       lower(s.customer_name) <> lower(nullif(c.name, '')) AS differs,
       c.id AS customer_id,
       l.id AS login_id, l.email AS login_email, l.status AS login_status,
       CASE WHEN $3 = 'registration' THEN lower(l.email) END AS login_identity,
       CASE WHEN $3 = 'paperless' THEN k.keeps IS NOT TRUE AND lower(l.email) IS DISTINCT FROM s.identity END
           AS differs_email,
       CASE WHEN $3 = 'paperless' THEN lower(l.login_name) = lower(l.email) END AS is_named_by_email,
       CASE
           WHEN l.id IS NULL THEN NULL
           WHEN $3 = 'paperless' THEN seen_mailbox_1(l.login_name, l.email_cc, l.email_verified_at, l.import_kind)
           WHEN $3 = 'registration'
               THEN seen_person_1(l.login_name, l.first_name, l.last_name, l.phone, l.import_kind)
       END AS seen_login,
       CASE
           -- customer-3: not found; a customer can be made where that is wanted and there is a name for it
           WHEN c.id IS NULL AND NOT $2 THEN 'C202'
           WHEN c.id IS NULL AND s.is_stand_in THEN 'R108'
           WHEN c.id IS NULL AND s.customer_name IS NULL THEN 'R127'
           -- customer-6: not active, or this kind of payment is blocked
           WHEN c.status <> 'active' AND $3 <> 'registration' THEN 'R111'
           WHEN c.status <> 'active' AND NOT $4 THEN 'C235'
           WHEN s.method_kind = 'ach' AND c.block_eft OR s.method_kind = 'card' AND c.block_cc THEN 'R112'
           -- owner-1: the owner's login cannot be used
           WHEN l.status IN ('locked', 'disabled') THEN 'C217'
           -- Paperless, 6: a registration import has brought another email that nobody has confirmed yet
           WHEN k.is_invited AND $5 IS DISTINCT FROM 'use_file' AND k.keeps IS NOT TRUE THEN 'C231'
       END AS code,
       CASE
           WHEN c.status <> 'active' AND $3 = 'registration' AND $4 THEN ARRAY['C235']
           WHEN k.is_invited AND ($5 = 'use_file' OR k.keeps) THEN ARRAY['C231']
       END AS also
FROM staged s
LEFT JOIN not_leading x ON x.line_no = s.line_no
LEFT JOIN spelling p ON p.folded = s.account_number
LEFT JOIN crm.customer c
    ON c.biller_id = $1 AND c.account_number = coalesce(p.stored, s.account_number) COLLATE "default"
LEFT JOIN crm.customer_login_link o ON o.customer_id = c.id AND o.role = 'owner'
LEFT JOIN crm.login l ON l.id = o.login_id
CROSS JOIN LATERAL (
    SELECT i.is_invited, i.is_invited AND l.email IS NOT NULL AND $5 = 'keep_login' AS keeps
    FROM (
        -- What most rows are not comes first: it is asked several times of each.
        SELECT $3 = 'paperless' AND l.status = 'invited' AND l.import_kind = 'registration' AND c.status = 'active'
            AND lower(l.email) IS DISTINCT FROM s.identity AS is_invited
    ) AS i
) AS k
WHERE s.verdict IS NULL AND x.line_no IS NULL
"""

# together-7: leaders that would create a customer otherwise than a row that follows them. What is on file for one
# that is found is not changed, so there it does not matter.
_UNLIKE: Final = """
SELECT DISTINCT f.line_no
FROM lookup f
JOIN not_leading a ON a.leader = f.line_no
JOIN staged s ON s.line_no = f.line_no
JOIN staged t ON t.line_no = a.line_no
WHERE f.customer_id IS NULL AND a.code IS NULL AND (
    lower(s.customer_name), lower(s.address1), lower(s.address2), lower(s.city), s.state, s.zip,
    nullif(regexp_replace(s.phone, '[^0-9]', '', 'g'), '')
) IS DISTINCT FROM (
    lower(t.customer_name), lower(t.address1), lower(t.address2), lower(t.city), t.state, t.zip,
    nullif(regexp_replace(t.phone, '[^0-9]', '', 'g'), '')
)
"""
_FOLLOWERS_HELD: Final = "UPDATE not_leading SET code = $1 FROM unlike WHERE not_leading.leader = unlike.line_no"
_LEADERS_HELD: Final = """
SELECT f.line_no, f.ordinal, f.line_no AS leader, $1::text AS code
FROM unlike
JOIN lookup f ON f.line_no = unlike.line_no
"""
_LEADERS_GONE: Final = "DELETE FROM lookup WHERE line_no IN (SELECT line_no FROM unlike)"

# Logins of the rows that own more than one account: how many here, whether at another biller too, and which.
_MULTI_ACCOUNT_LOGIN: Final = """
SELECT DISTINCT f.login_id
FROM lookup f
WHERE EXISTS (
    SELECT
    FROM crm.customer_login_link k
    WHERE k.login_id = f.login_id AND k.role = 'owner' AND k.customer_id <> f.customer_id
)
"""
_LOGIN_ACCOUNTS: Final = """
SELECT k.login_id, count(*) FILTER (WHERE c.biller_id = $1) AS here, bool_or(c.biller_id <> $1) AS elsewhere,
       bit_xor(seen_account_1(c.id, c.biller_id)) AS seen_accounts
FROM multi_account_login
JOIN crm.customer_login_link k ON k.login_id = multi_account_login.login_id AND k.role = 'owner'
JOIN crm.customer c ON c.id = k.customer_id
GROUP BY k.login_id
"""

# Accounts with other users and no owner (W324).
_USERS_WITHOUT_OWNER: Final = """
SELECT DISTINCT f.customer_id
FROM lookup f
JOIN crm.customer_login_link k ON k.customer_id = f.customer_id
WHERE f.login_id IS NULL AND f.link_role IS NULL AND f.code IS NULL
"""

# Emails, for autopay payment methods, that several rows left over have.
_SHARED_IDENTITY: Final = """
SELECT identity, count(*) AS accounts,
       $1 <> '' AND right('.' || split_part(identity, '@', 2), length($1) + 1) = '.' || $1 AS is_of_biller
FROM lookup
WHERE code IS NULL
GROUP BY identity
HAVING count(*) > 1
"""
# One email or payment method on more accounts than a household has (C224, C245), or one address of the biller itself.
_CROWDED: Final = """
UPDATE lookup f
SET code = CASE WHEN NOT $2 THEN $1 END,
    also = CASE WHEN $2 THEN f.also || ARRAY[$1::text] ELSE f.also END
FROM shared_identity e
WHERE (e.accounts > 10 OR e.accounts > 2 AND e.is_of_biller) AND f.identity = e.identity AND f.code IS NULL
"""

# W310: equal names are found here, the others are compared outside of SQL.
_NAMES: Final = """
SELECT f.line_no, s.customer_name AS told, c.name AS known
FROM lookup f
JOIN staged s ON s.line_no = f.line_no
JOIN crm.customer c ON c.id = f.customer_id
WHERE f.differs
"""

_LOOKUP_COUNTS: Final = """
SELECT count(*) AS rows,
       count(*) FILTER (WHERE customer_id IS NULL) AS missing,
       count(*) FILTER (WHERE customer_id IS NULL AND is_nameable) AS nameable,
       count(differs) AS named,
       (SELECT count(*) FROM misnamed) AS misnamed
FROM lookup
"""


@dataclass(frozen=True, slots=True)
class LookupCounts:
    """Leading rows, and what the findings of the whole ask of them.

    ``missing`` were not found, and of ``nameable`` among these a customer could be made (C201). The names of ``named``
    were compared with the CRM's, those of ``misnamed`` do not agree (C206).
    """

    rows: int
    missing: int
    nameable: int
    named: int
    misnamed: int


async def look_up(work: WorkingTables, subject: Subject) -> None:
    await work.make("chosen_type", _CHOSEN_TYPE, subject.biller_id, list(subject.invoice_types))
    await work.make("spelling", _SPELLING, subject.biller_id, subject.folds_case)
    await work.make(
        "lookup",
        _LOOKUP,
        subject.biller_id,
        subject.chose(NOT_FOUND, CREATE),
        subject.kind,
        subject.chose("C235", "register"),
        subject.choices.get("C231"),
    )
    if subject.chose(NOT_FOUND, CREATE):
        await _hold_unlike(work, subject.kind.spec.conflict)
    await work.make_of_lines("misnamed", _NAMES, is_wanted=_disagree)
    await work.make("multi_account_login", _MULTI_ACCOUNT_LOGIN)
    await work.make("login_accounts", _LOGIN_ACCOUNTS, subject.biller_id)
    await work.make("users_without_owner", _USERS_WITHOUT_OWNER)
    await work.make("shared_identity", _SHARED_IDENTITY, subject.mail_domain)
    crowd = "C245" if takes_bank_accounts(subject.kind) else "C224"
    await work.change("lookup", _CROWDED, crowd, subject.chose(crowd, "continue"))


async def _hold_unlike(work: WorkingTables, conflict: str) -> None:
    """They conflict with their followers, as if they had never been looked up."""
    if await work.make("unlike", _UNLIKE):
        await work.change("not_leading", _FOLLOWERS_HELD, conflict)
        await work.add("not_leading", _LEADERS_HELD, conflict)
        await work.change("lookup", _LEADERS_GONE)


async def lookup_counts(connection: Connection) -> LookupCounts:
    rows = await connection.fetch(_LOOKUP_COUNTS)
    return LookupCounts(**rows[0])


def _disagree(row: Any) -> bool:
    return not names_agree(row["told"], row["known"])
