"""Rules paperless-*: whose email changes, and which enrollments need no change."""

from typing import Final

from services.validation.repository.tables import WorkingTables
from services.validation.subject import Subject
from shared.contracts.codes.names import OTHER_ACCOUNTS, SKIP

# Only a login that owns several accounts can have several rows, or reach accounts outside the file: each row is another
# account. What concerns such logins is worked out for them alone ("login_accounts"), all others are decided row by row.

# 7: one login would get different emails, or different copies where it changes (R151).
_CONFLICTING_LOGIN: Final = """
SELECT f.login_id
FROM lookup f
JOIN login_accounts b ON b.login_id = f.login_id
JOIN staged s ON s.line_no = f.line_no
WHERE f.code IS NULL
GROUP BY f.login_id
HAVING min(f.identity) <> max(f.identity)
    OR bool_or(f.differs_email)
        AND min(coalesce(lower(s.email_cc), '')) <> max(coalesce(lower(s.email_cc), ''))
"""

# The enrollments of the chosen types as the check sees them.
_SEEN_TYPE: Final = """
SELECT e.customer_id, t.position,
       seen_enrollment_1(e.status, e.delivery_email) AS state,
       seen_paperless_1(e.invoice_type_id, e.origin, e.consent_id) AS terms,
       e.status = 'cancelled' AS refused,
       e.status IN ('active', 'pending') AS goes_on,
       e.status IN ('active', 'pending') AND lower(e.delivery_email) = f.identity AS same_by_address,
       e.status IN ('active', 'pending') AND e.delivery_email IS NULL AS same_by_login
FROM lookup f
JOIN crm.paperless_enrollment e ON e.customer_id = f.customer_id
JOIN chosen_type t ON t.invoice_type_id = e.invoice_type_id
WHERE f.code IS NULL
"""

_SEEN: Final = """
SELECT customer_id,
       array_agg(position) AS positions,
       array_agg(state) AS states,
       bit_xor(terms) AS terms,
       bool_or(refused) AS cancelled,
       bool_or(refused) AND NOT $1 AS refused,
       count(*) FILTER (WHERE same_by_address) AS by_address,
       count(*) FILTER (WHERE same_by_login) AS by_login
FROM seen_type
GROUP BY customer_id
"""

# 9: logins of several accounts whose email differs from that of their rows left over, and what is done about it.
_CHANGING: Final = """
SELECT named.login_id, named.first_line,
       CASE
           WHEN b.elsewhere THEN 'delivery_email'
           WHEN b.here > named.accounts THEN $1::text
           ELSE 'update_login'
       END AS choice,
       NOT b.elsewhere AND b.here > named.accounts AS reaches_others,
       b.here - named.accounts AS others
FROM (
    SELECT f.login_id, min(f.line_no) AS first_line, count(*) AS accounts
    FROM lookup f
    JOIN login_accounts ON login_accounts.login_id = f.login_id
    LEFT JOIN conflicting_login t ON t.login_id = f.login_id
    LEFT JOIN seen s ON s.customer_id = f.customer_id
    WHERE f.code IS NULL AND t.login_id IS NULL AND s.refused IS NOT TRUE
        AND f.differs_email
    GROUP BY f.login_id
) AS named
JOIN login_accounts b ON b.login_id = named.login_id
"""

# 8 and 10, and the sum of the others: code (null: applied) and what the plan needs.
_DECIDED: Final = """
SELECT r.line_no, r.ordinal, r.told, r.customer_id, r.login_id, r.identity, NULL::text AS made_for,
       r.login_email, r.login_status,
       CASE
           WHEN r.code IS NOT NULL THEN r.code
           WHEN r.has_conflict THEN 'R151'
           WHEN r.refused THEN 'C225'
           WHEN r.choice = 'skip' THEN 'C223'
           WHEN r.login_id IS NOT NULL AND r.changes_login IS NOT TRUE
               AND r.by_address + (CASE WHEN r.choice = 'delivery_email' THEN 0 ELSE r.by_login END) = $1
               THEN 'W333'
       END AS code,
       CASE
           -- Most rows have no codes, and to put an empty list together takes as long as all the rest.
           WHEN r.also IS NULL AND r.reaches_others IS NOT TRUE AND r.cancelled IS NOT TRUE THEN NULL
           ELSE nullif(r.also || array_remove(ARRAY[
               CASE WHEN r.reaches_others AND r.refused IS NOT TRUE AND r.code IS NULL THEN 'C223' END,
               CASE WHEN r.cancelled AND NOT r.refused AND NOT r.has_conflict THEN 'C225' END
           ], NULL), '{}')
       END AS also,
       CASE WHEN r.login_id IS NULL THEN 'create_shell' WHEN r.changes_login THEN 'update_email' ELSE 'none' END
           AS login_action,
       r.choice = 'delivery_email' AS by_delivery,
       r.changes_login AND r.is_named_by_email AS keeps_name,
       r.positions, r.states,
       NULL::text AS replaced_method, NULL::bigint AS payment_method_id, NULL::boolean AS make_default,
       r.kept_email, NULL::bigint AS owner_id, NULL::text AS link_role,
       -- A login that has the row's email is not looked at any further, unless the row takes that of the login (C231).
       r.seen_name, CASE WHEN r.differs_login OR r.kept_email IS NOT NULL THEN r.seen_login END AS seen_login,
       CASE WHEN r.differs_login THEN coalesce(r.seen_accounts, seen_account_1(r.customer_id, $2)) END AS seen_accounts,
       NULL::bigint AS seen_owner, NULL::bigint AS seen_role, r.terms AS seen_enrollments, NULL::bigint AS seen_method,
       NULL::bigint AS seen_linked
FROM (
    SELECT f.*, t.login_id IS NOT NULL AS has_conflict, c.choice, c.reaches_others,
           s.cancelled, s.refused, s.by_address, s.by_login, s.positions, s.states, s.terms, b.seen_accounts,
           f.login_id IS NOT NULL AND f.differs_email AS differs_login,
           CASE
               WHEN b.login_id IS NULL THEN f.login_id IS NOT NULL AND f.differs_email
               ELSE c.choice = 'update_login' AND c.first_line = f.line_no
           END AS changes_login
    FROM lookup f
    LEFT JOIN login_accounts b ON b.login_id = f.login_id
    LEFT JOIN conflicting_login t ON t.login_id = f.login_id
    LEFT JOIN changing c ON c.login_id = f.login_id
    LEFT JOIN seen s ON s.customer_id = f.customer_id
) AS r
"""


async def decide(work: WorkingTables, subject: Subject) -> None:
    await work.make("conflicting_login", _CONFLICTING_LOGIN)
    await work.make("seen_type", _SEEN_TYPE)
    await work.make("seen", _SEEN, subject.chose("C225", "enroll_again"))
    await work.make("changing", _CHANGING, subject.choices.get(OTHER_ACCOUNTS, SKIP))
    await work.make("decided", _DECIDED, len(subject.invoice_types), subject.biller_id)
