"""Rules registration-*: who owns the account, who has the email, and which login is claimed, linked or made."""

from typing import Any, Final

from services.validation.domain.names import full_name, names_agree
from services.validation.repository.tables import WorkingTables
from services.validation.subject import Subject
from shared.contracts.codes.names import OTHER_OWNER, REPLACE_OWNER

# 6: rows whose account has an owner, unless they want another role. A row that stays open claims the login; one that is
# released goes to 7. "answered" is what it goes on with.
_OWNED: Final = """
SELECT f.line_no, f.login_id, f.login_identity, f.login_status, p.case_of = 'C232' AND $2 AS released,
       CASE WHEN p.keeps THEN f.login_identity ELSE f.identity END AS identity,
       CASE WHEN p.keeps THEN f.login_email END AS kept_email,
       CASE
           WHEN p.case_of = 'C231' AND ($1 = 'use_file' OR p.keeps AND f.login_status = 'shell') THEN NULL
           WHEN p.case_of = 'C231' AND p.keeps THEN 'W333'
           WHEN p.case_of = 'C232' AND $2 THEN NULL
           ELSE p.case_of
       END AS code,
       CASE
           WHEN p.case_of = 'C231' AND $1 IN ('use_file', 'keep_login') OR p.case_of = 'C232' AND $2
               THEN ARRAY[p.case_of]
       END AS answered
FROM lookup f
CROSS JOIN LATERAL (
    SELECT c.case_of, c.case_of = 'C231' AND $1 = 'keep_login' AS keeps
    FROM (
        SELECT CASE
            WHEN f.login_status = 'shell' AND (f.login_identity IS NULL OR f.login_identity = f.identity) THEN NULL
            WHEN f.login_status = 'shell' THEN 'C231'
            WHEN f.login_identity = f.identity THEN 'W333'
            WHEN f.login_status = 'invited' THEN 'C231'
            ELSE 'C232'
        END AS case_of
    ) AS c
) AS p
WHERE f.code IS NULL AND f.login_id IS NOT NULL AND f.link_role IS NULL
"""

# 7: rows without an owner that counts, and the role their login gets.
_WITHOUT_OWNER: Final = """
SELECT f.line_no, f.customer_id, f.identity, f.login_id AS owner_id,
       coalesce(f.link_role, CASE WHEN o.released AND NOT $1 THEN 'oversight' END) AS link_role
FROM lookup f
LEFT JOIN owned o ON o.line_no = f.line_no
WHERE f.code IS NULL AND (o.line_no IS NULL OR o.released)
"""

# 7: who has the emails of these rows.
_EMAIL_LOGIN: Final = """
SELECT wanted.identity, count(*) AS logins, min(l.id) AS login_id
FROM (SELECT DISTINCT identity FROM without_owner) AS wanted
JOIN crm.login l ON l.realm_id = $1 AND lower(l.email) = wanted.identity COLLATE "default"
GROUP BY wanted.identity
"""

# 6: logins that would be claimed with different emails, or lose the one by which another row finds them (R151).
_CONFLICTING_LOGIN: Final = """
SELECT login_id
FROM (
    SELECT login_id, identity, code IS NULL AS is_claim
    FROM owned
    WHERE released IS NOT TRUE AND (code IS NULL OR code = 'W333')
    UNION ALL
    SELECT o.login_id, o.login_identity, false
    FROM owned o
    JOIN email_login h ON h.identity = o.login_identity AND h.logins = 1
    WHERE o.released IS NOT TRUE AND o.code IS NULL
) AS emails
GROUP BY login_id
HAVING min(identity) <> max(identity) AND bool_or(is_claim)
"""

# 7: who has that role, or one above it, already.
_LINKED: Final = """
SELECT s.line_no, min(l.id) AS login_id
FROM without_owner s
JOIN crm.customer_login_link k
    ON k.customer_id = s.customer_id AND (k.role IN ('owner', 'oversight') OR s.link_role = 'guest')
JOIN crm.login l ON l.id = k.login_id AND lower(l.email) = s.identity
WHERE s.link_role IS NOT NULL
GROUP BY s.line_no
"""

# Emails that a login gets by a claim of this file (C234 for rows that would make a second login of it).
_CLAIMED_EMAIL: Final = """
SELECT DISTINCT o.identity
FROM owned o
LEFT JOIN conflicting_login t ON t.login_id = o.login_id
WHERE o.code IS NULL AND o.released IS NOT TRUE AND o.login_identity IS DISTINCT FROM o.identity
    AND t.login_id IS NULL
"""

# 7: rows whose email one login has, where logins may own several accounts; the names are compared outside of SQL.
_SAME_NAME: Final = """
SELECT k.line_no, s.first_name, s.last_name, l.first_name AS login_first_name, l.last_name AS login_last_name
FROM without_owner k
JOIN staged s ON s.line_no = k.line_no
JOIN email_login h ON h.identity = k.identity
JOIN crm.login l ON l.id = h.login_id
WHERE $1 AND h.logins = 1 AND l.status NOT IN ('locked', 'disabled')
"""

_LOGIN_CHOICE: Final = """
SELECT k.line_no, k.identity, k.owner_id, k.link_role, f.code,
       CASE WHEN f.code IS DISTINCT FROM 'R151' THEN coalesce(x.login_id, f.link_to) END AS link_to,
       CASE
           WHEN f.case_of IN ('C233', 'C234') AND f.code IS NULL THEN ARRAY[f.case_of]
       END AS answered
FROM without_owner k
LEFT JOIN linked x ON x.line_no = k.line_no
LEFT JOIN email_login h ON h.identity = k.identity
LEFT JOIN crm.login l ON l.id = h.login_id
LEFT JOIN same_name g ON g.line_no = k.line_no
LEFT JOIN claimed_email w ON w.identity = k.identity
LEFT JOIN conflicting_login t ON t.login_id = h.login_id AND h.logins = 1
CROSS JOIN LATERAL (
    SELECT c.case_of,
           CASE WHEN c.case_of = 'C234' AND $1 OR c.case_of = 'C233' AND $2 THEN NULL ELSE c.case_of END AS code,
           CASE WHEN h.logins = 1 AND (c.case_of IS NULL OR c.case_of = 'C233' AND $2) THEN h.login_id END AS link_to
    FROM (
        SELECT CASE
            WHEN t.login_id IS NOT NULL THEN 'R151'
            WHEN x.line_no IS NOT NULL THEN 'W333'
            WHEN h.logins > 1 THEN 'C234'
            WHEN h.logins = 1 AND l.status IN ('locked', 'disabled') THEN 'C217'
            WHEN h.logins = 1 AND g.line_no IS NULL THEN 'C233'
            WHEN h.logins IS NULL AND w.identity IS NOT NULL THEN 'C234'
        END AS case_of
    ) AS c
) AS f
"""

# 8: the login names of logins that would be claimed or made.
_NEW_LOGIN_NAME: Final = """
SELECT c.line_no, c.login_id, c.identity,
       lower(CASE WHEN c.kept_email IS NOT NULL AND s.login_name = s.email THEN c.kept_email ELSE s.login_name END)
           AS login_name
FROM (
    SELECT o.line_no, o.login_id, o.identity, o.kept_email
    FROM owned o
    LEFT JOIN conflicting_login t ON t.login_id = o.login_id
    WHERE o.code IS NULL AND o.released IS NOT TRUE AND t.login_id IS NULL
    UNION ALL
    SELECT line_no, NULL, identity, NULL FROM login_choice WHERE code IS NULL AND link_to IS NULL
) AS c
JOIN staged s ON s.line_no = c.line_no
"""

# The planner knows nothing of lower(login_name), whose index is partial, and takes each name for one of every 200
# logins: left to itself it reads all logins of the CRM for a few dozen rows. One name has one login at most.
_NAME_TAKEN: Final = """
SELECT w.line_no
FROM new_login_name w
CROSS JOIN LATERAL (
    SELECT l.id
    FROM crm.login l
    WHERE l.realm_id = $1 AND lower(l.login_name) = w.login_name AND l.login_name IS NOT NULL
    LIMIT 1
) AS taken
WHERE taken.id IS DISTINCT FROM w.login_id
UNION
SELECT w.line_no
FROM new_login_name w
JOIN (
    SELECT login_name
    FROM new_login_name
    GROUP BY login_name
    HAVING min(identity) <> max(identity) OR min(coalesce(login_id, 0)) <> max(coalesce(login_id, 0))
) AS clash ON clash.login_name = w.login_name
"""

# 6 and 7: the first row left of a shell claims it; the rows left of an email without a login share a new one.
_LOGIN_CLAIM: Final = """
SELECT w.line_no,
       w.line_no = min(w.line_no) OVER same AS leads,
       count(*) OVER same AS accounts
FROM new_login_name w
WHERE NOT EXISTS (SELECT FROM name_taken n WHERE n.line_no = w.line_no)
WINDOW same AS (PARTITION BY w.login_id, CASE WHEN w.login_id IS NULL THEN w.identity END)
"""

_DECIDED: Final = """
SELECT r.line_no, r.ordinal, r.told, r.customer_id, r.login_id, r.identity, r.made_for, r.login_email, r.login_status,
       r.code,
       nullif(
           r.also || r.answered || r.found
               || CASE WHEN r.owner_elsewhere AND r.code IS DISTINCT FROM 'C217' THEN ARRAY['W322'] END,
           '{}'
       ) AS also,
       r.login_action, false AS by_delivery, false AS keeps_name,
       NULL::int[] AS positions, NULL::text[] AS states,
       NULL::text AS replaced_method, NULL::bigint AS payment_method_id, NULL::boolean AS make_default,
       r.kept_email, r.owner_id, r.link_role,
       r.seen_name, r.seen_login,
       CASE WHEN r.login_action = 'claim' THEN coalesce(r.seen_accounts, seen_account_1(r.customer_id, $2)) END
           AS seen_accounts,
       r.seen_owner, CASE WHEN r.login_action = 'link' AND r.login_id IS NOT NULL THEN seen_role_1(r.role) END
           AS seen_role,
       NULL::bigint AS seen_enrollments, NULL::bigint AS seen_method, r.seen_linked
FROM (
    SELECT f.line_no, f.ordinal, f.told, f.customer_id, coalesce(o.identity, f.identity) AS identity, o.kept_email,
           CASE WHEN u.line_no IS NULL THEN f.login_id ELSE u.link_to END AS login_id,
           CASE WHEN u.line_no IS NULL THEN f.login_email ELSE l.email END AS login_email,
           CASE WHEN u.line_no IS NULL THEN f.login_status ELSE l.status END AS login_status,
           CASE WHEN u.link_to IS NULL AND u.line_no IS NOT NULL THEN f.identity END AS made_for,
           u.owner_id, u.link_role, f.also, o.answered, u.answered AS found, b.elsewhere AS owner_elsewhere,
           f.seen_name,
           CASE
               WHEN u.line_no IS NULL THEN f.seen_login
               WHEN u.link_to IS NOT NULL
                   THEN seen_person_1(l.login_name, l.first_name, l.last_name, l.phone, l.import_kind)
           END AS seen_login,
           CASE WHEN u.link_to IS NOT NULL THEN seen_linked_1(l.first_name, l.last_name) END AS seen_linked,
           own.seen_accounts,
           -- The owner's email counts only where it stood against the row (C232).
           CASE
               WHEN u.owner_id IS NOT NULL
                   THEN seen_owner_1(CASE WHEN o.released THEN f.login_email END, f.login_status)
           END AS seen_owner,
           k.role,
           CASE
               WHEN f.code IS NOT NULL THEN f.code
               WHEN t.login_id IS NOT NULL THEN 'R151'
               WHEN o.code IS NOT NULL THEN o.code
               WHEN u.code IS NOT NULL THEN u.code
               WHEN n.line_no IS NOT NULL THEN 'R153'
               WHEN u.line_no IS NULL AND NOT h.leads THEN 'W333'
               WHEN u.line_no IS NOT NULL AND h.accounts > 1 AND NOT $1 THEN 'R152'
           END AS code,
           CASE
               WHEN u.line_no IS NULL THEN 'claim'
               WHEN u.link_to IS NOT NULL OR NOT h.leads THEN 'link'
               ELSE 'create_invited'
           END AS login_action
    FROM lookup f
    LEFT JOIN owned o ON o.line_no = f.line_no
    LEFT JOIN conflicting_login t
        ON t.login_id = o.login_id AND o.released IS NOT TRUE AND (o.code IS NULL OR o.code = 'W333')
    LEFT JOIN login_choice u ON u.line_no = f.line_no
    LEFT JOIN login_accounts b ON b.login_id = u.owner_id
    LEFT JOIN login_accounts own ON own.login_id = f.login_id
    LEFT JOIN crm.customer_login_link k ON k.customer_id = f.customer_id AND k.login_id = u.link_to
    LEFT JOIN crm.login l ON l.id = u.link_to
    LEFT JOIN name_taken n ON n.line_no = f.line_no
    LEFT JOIN login_claim h ON h.line_no = f.line_no
) AS r
"""

# W322 also for logins that are linked: those found by email own accounts the rows do not name.
_FOUND_LOGIN: Final = """
SELECT DISTINCT u.link_to AS login_id
FROM login_choice u
WHERE u.link_to IS NOT NULL AND NOT EXISTS (SELECT FROM login_accounts b WHERE b.login_id = u.link_to)
"""
_LINKED_LOGIN_ACCOUNTS: Final = """
SELECT k.login_id, count(*) FILTER (WHERE c.biller_id = $1), bool_or(c.biller_id <> $1),
       bit_xor(seen_account_1(c.id, c.biller_id))
FROM found_login f
JOIN crm.customer_login_link k ON k.login_id = f.login_id AND k.role = 'owner'
JOIN crm.customer c ON c.id = k.customer_id
GROUP BY k.login_id
"""


async def decide(work: WorkingTables, subject: Subject) -> None:
    replaces = subject.chose(OTHER_OWNER, REPLACE_OWNER)
    released = replaces or subject.chose(OTHER_OWNER, "oversight")
    await work.make("owned", _OWNED, subject.choices.get("C231"), released)
    await work.make("without_owner", _WITHOUT_OWNER, replaces)
    await work.make("email_login", _EMAIL_LOGIN, subject.realm_id)
    await work.make("conflicting_login", _CONFLICTING_LOGIN)
    await work.make("linked", _LINKED)
    await work.make("claimed_email", _CLAIMED_EMAIL)
    await work.make_of_lines("same_name", _SAME_NAME, subject.links_accounts, is_wanted=_agree)
    await work.make("login_choice", _LOGIN_CHOICE, subject.chose("C234", "new_login"), subject.chose("C233", "link"))
    await work.make("found_login", _FOUND_LOGIN)
    await work.add("login_accounts", _LINKED_LOGIN_ACCOUNTS, subject.biller_id)
    await work.make("new_login_name", _NEW_LOGIN_NAME)
    await work.make("name_taken", _NAME_TAKEN, subject.realm_id)
    await work.make("login_claim", _LOGIN_CLAIM)
    await work.make("decided", _DECIDED, subject.links_accounts, subject.biller_id)


def _agree(row: Any) -> bool:
    return names_agree(
        full_name(row["first_name"] or "", row["last_name"] or ""),
        full_name(row["login_first_name"] or "", row["login_last_name"] or ""),
    )
