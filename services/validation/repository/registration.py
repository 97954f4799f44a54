"""Rules 3, registration: who owns the account, who has the email, and which login is claimed, linked or made."""

from typing import Final

from services.validation.domain.names import full_name, names_agree
from services.validation.subject import Subject
from shared.postgres import Connection

# 6: rows whose account has an owner. A row that stays open claims a shell.
_OWNED: Final = """
CREATE TEMP TABLE owned ON COMMIT DROP AS
SELECT f.line_no, f.login_id, f.login_identity, f.identity,
       CASE
           WHEN f.login_status = 'shell' AND (f.login_identity IS NULL OR f.login_identity = f.identity) THEN NULL
           WHEN f.login_status = 'shell' THEN 'C231'
           WHEN f.login_identity = f.identity THEN 'W333'
           WHEN f.login_status = 'invited' THEN 'C231'
           ELSE 'C232'
       END AS code
FROM facing f
WHERE f.code IS NULL AND f.login_id IS NOT NULL
"""

# 6: rows of one shell with different emails (R151).
_TORN: Final = """
CREATE TEMP TABLE torn_login ON COMMIT DROP AS
SELECT login_id FROM owned WHERE code IS NULL GROUP BY login_id HAVING min(identity) <> max(identity)
"""

# 7: who has the emails of the rows without owner.
_HOLDER: Final = """
CREATE TEMP TABLE holder ON COMMIT DROP AS
SELECT wanted.identity, count(*) AS logins, min(l.id) AS login_id
FROM (SELECT DISTINCT identity FROM facing WHERE code IS NULL AND login_id IS NULL) AS wanted
JOIN crm.login l ON l.realm_id = $1 AND lower(l.email) = wanted.identity
GROUP BY wanted.identity
"""

# Emails that a shell without one would get in this file (C234 for rows that would make a second login of it).
_TO_BE_HELD: Final = """
CREATE TEMP TABLE to_be_held ON COMMIT DROP AS
SELECT DISTINCT o.identity
FROM owned o
LEFT JOIN torn_login t ON t.login_id = o.login_id
WHERE o.code IS NULL AND o.login_identity IS NULL AND t.login_id IS NULL
"""

# 7: rows whose email one login has; the names are compared outside of SQL.
_ALIKE: Final = """
SELECT f.line_no, s.first_name, s.last_name, l.first_name AS login_first_name, l.last_name AS login_last_name
FROM facing f
JOIN staged s ON s.line_no = f.line_no
JOIN holder h ON h.identity = f.identity
JOIN crm.login l ON l.id = h.login_id
WHERE f.code IS NULL AND f.login_id IS NULL AND h.logins = 1 AND l.status NOT IN ('locked', 'disabled')
"""

_AGREEING: Final = "CREATE TEMP TABLE agreeing (line_no int PRIMARY KEY) ON COMMIT DROP"
_AGREE: Final = "INSERT INTO agreeing SELECT unnest($1::int[])"

_UNOWNED: Final = """
CREATE TEMP TABLE unowned ON COMMIT DROP AS
SELECT f.line_no, f.identity,
       CASE WHEN g.line_no IS NOT NULL THEN h.login_id END AS link_to,
       CASE
           WHEN h.logins > 1 THEN 'C234'
           WHEN h.logins = 1 AND l.status IN ('locked', 'disabled') THEN 'C217'
           WHEN h.logins = 1 AND g.line_no IS NULL THEN 'C233'
           WHEN h.logins IS NULL AND w.identity IS NOT NULL THEN 'C234'
       END AS code
FROM facing f
LEFT JOIN holder h ON h.identity = f.identity
LEFT JOIN crm.login l ON l.id = h.login_id
LEFT JOIN agreeing g ON g.line_no = f.line_no
LEFT JOIN to_be_held w ON w.identity = f.identity
WHERE f.code IS NULL AND f.login_id IS NULL
"""

# 8: the login names of logins that would be claimed or made.
_WANTED: Final = """
CREATE TEMP TABLE wanted ON COMMIT DROP AS
SELECT c.line_no, c.login_id, c.identity, lower(s.login_name) AS login_name
FROM (
    SELECT o.line_no, o.login_id, o.identity
    FROM owned o
    LEFT JOIN torn_login t ON t.login_id = o.login_id
    WHERE o.code IS NULL AND t.login_id IS NULL
    UNION ALL
    SELECT line_no, NULL, identity FROM unowned WHERE code IS NULL AND link_to IS NULL
) AS c
JOIN staged s ON s.line_no = c.line_no
"""

_NAME_TAKEN: Final = """
CREATE TEMP TABLE name_taken ON COMMIT DROP AS
SELECT w.line_no
FROM wanted w
JOIN crm.login l ON l.realm_id = $1 AND lower(l.login_name) = w.login_name AND l.id IS DISTINCT FROM w.login_id
UNION
SELECT w.line_no
FROM wanted w
JOIN (
    SELECT login_name
    FROM wanted
    GROUP BY login_name
    HAVING min(identity) <> max(identity) OR min(coalesce(login_id, 0)) <> max(coalesce(login_id, 0))
) AS clash ON clash.login_name = w.login_name
"""

# 6 and 7: the first row left of a shell claims it; the rows left of an email without a login share a new one.
_CLAIM: Final = """
CREATE TEMP TABLE sharing ON COMMIT DROP AS
SELECT w.line_no,
       w.line_no = min(w.line_no) OVER same AS leads,
       count(*) OVER same AS accounts
FROM wanted w
WHERE NOT EXISTS (SELECT FROM name_taken n WHERE n.line_no = w.line_no)
WINDOW same AS (PARTITION BY w.login_id, CASE WHEN w.login_id IS NULL THEN w.identity END)
"""

_DECIDED: Final = """
CREATE TEMP TABLE decided ON COMMIT DROP AS
SELECT f.line_no, f.ordinal, f.customer_id,
       coalesce(f.login_id, u.link_to) AS login_id, f.identity,
       CASE WHEN f.login_id IS NULL AND u.link_to IS NULL THEN f.identity END AS made_for,
       coalesce(f.login_email, l.email) AS login_email, coalesce(f.login_status, l.status) AS login_status,
       CASE
           WHEN f.code IS NOT NULL THEN f.code
           WHEN o.code IS NOT NULL THEN o.code
           WHEN t.login_id IS NOT NULL THEN 'R151'
           WHEN u.code IS NOT NULL THEN u.code
           WHEN n.line_no IS NOT NULL THEN 'R153'
           WHEN o.line_no IS NOT NULL AND NOT h.leads THEN 'W333'
           WHEN o.line_no IS NULL AND h.accounts > 1 AND NOT $1 THEN 'R152'
       END AS code,
       NULL::text[] AS also,
       CASE
           WHEN o.line_no IS NOT NULL THEN 'claim'
           WHEN u.link_to IS NOT NULL OR NOT h.leads THEN 'link'
           ELSE 'create_invited'
       END AS login_action,
       false AS by_delivery, false AS keeps_name,
       NULL::int[] AS positions, NULL::text[] AS states,
       NULL::bigint AS payment_method_id, NULL::boolean AS make_default
FROM facing f
LEFT JOIN owned o ON o.line_no = f.line_no
LEFT JOIN torn_login t ON t.login_id = o.login_id AND o.code IS NULL
LEFT JOIN unowned u ON u.line_no = f.line_no
LEFT JOIN crm.login l ON l.id = u.link_to
LEFT JOIN name_taken n ON n.line_no = f.line_no
LEFT JOIN sharing h ON h.line_no = f.line_no
"""

# W322 also for logins that are linked: those found by email own accounts the rows do not name.
_BUSY_LINKED: Final = """
INSERT INTO busy
SELECT k.login_id, count(*) FILTER (WHERE c.biller_id = $1), bool_or(c.biller_id <> $1)
FROM crm.customer_login_link k
JOIN crm.customer c ON c.id = k.customer_id
WHERE k.role = 'owner'
    AND k.login_id IN (SELECT u.link_to FROM unowned u WHERE u.link_to IS NOT NULL)
    AND k.login_id NOT IN (SELECT b.login_id FROM busy b)
GROUP BY k.login_id
"""

_ROWS_AT_ONCE: Final = 5_000


async def decide(connection: Connection, subject: Subject) -> None:
    """Decide the rows left over of a registration import."""
    await connection.execute(_OWNED)
    await connection.execute(_TORN)
    await connection.execute(_HOLDER, subject.realm_id)
    await connection.execute(_TO_BE_HELD)
    await connection.execute(_AGREEING)
    if subject.links_accounts:
        await _compare_names(connection)
    await connection.execute(_UNOWNED)
    await connection.execute(_BUSY_LINKED, subject.biller_id)
    await connection.execute(_WANTED)
    await connection.execute(_NAME_TAKEN, subject.realm_id)
    await connection.execute(_CLAIM)
    for statement in _ANALYZE:
        await connection.execute(statement)
    await connection.execute(_DECIDED, subject.links_accounts)


_ANALYZE: Final = ("ANALYZE owned", "ANALYZE unowned", "ANALYZE sharing", "ANALYZE name_taken")


async def _compare_names(connection: Connection) -> None:
    cursor = await connection.cursor(_ALIKE)
    while rows := await cursor.fetch(_ROWS_AT_ONCE):
        agreeing = [
            row["line_no"]
            for row in rows
            if names_agree(
                full_name(row["first_name"] or "", row["last_name"] or ""),
                full_name(row["login_first_name"] or "", row["login_last_name"] or ""),
            )
        ]
        await connection.execute(_AGREE, agreeing)
