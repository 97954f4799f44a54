"""The plan: groups of rows that share a login, chunks of groups, and one row for every row of the file."""

from typing import Any, Final
from uuid import UUID

from services.validation.repository.tables import WorkingTables
from services.validation.subject import Subject
from shared.postgres import Connection

# Each chunk costs some ten milliseconds beside its rows, so those of large files are larger. There are still enough of
# them for every executor, and none keeps its rows locked for long.
_ROWS_PER_CHUNK: Final = 2_000
_MOST_ROWS_PER_CHUNK: Final = 5_000
_CHUNKS_OF_A_LARGE_FILE: Final = 40

_FORGET_PLAN: Final = "DELETE FROM plan_row WHERE import_id = $1"
_FORGET_SEEN: Final = "DELETE FROM plan_seen WHERE import_id = $1"
_FORGET_WORDS: Final = "DELETE FROM plan_word WHERE import_id = $1"

# 5: rows that are or stay so with one login, there or to be made, stand or fall together. A login that owns one
# account has one row at most.
_SHARED_LOGIN: Final = """
SELECT d.login_id, NULL::text AS made_for, min(d.line_no) AS leader_line, min(d.ordinal) AS leader_ordinal
FROM decided d
JOIN login_accounts b ON b.login_id = d.login_id
WHERE d.code IS NULL OR d.code = 'W333'
GROUP BY d.login_id
HAVING count(*) > 1
UNION ALL
SELECT NULL, d.made_for, min(d.line_no), min(d.ordinal)
FROM decided d
WHERE d.code IS NULL AND d.made_for IS NOT NULL
GROUP BY d.made_for
HAVING count(*) > 1
"""

_ROW_GROUP: Final = """
SELECT d.line_no, d.ordinal, g.leader_line, g.leader_ordinal
FROM shared_login g
JOIN decided d ON d.login_id = g.login_id
WHERE d.code IS NULL OR d.code = 'W333'
UNION ALL
SELECT d.line_no, d.ordinal, g.leader_line, g.leader_ordinal
FROM shared_login g
JOIN decided d ON d.made_for = g.made_for
WHERE d.code IS NULL
"""

# Rows that another row leads; all others lead themselves.
_ROW_LEADER: Final = """
SELECT line_no, ordinal, leader_line, leader_ordinal
FROM row_group
WHERE line_no <> leader_line
UNION ALL
SELECT f.line_no, f.ordinal, coalesce(g.leader_line, d.line_no), coalesce(g.leader_ordinal, d.ordinal)
FROM not_leading f
JOIN decided d ON d.line_no = f.leader
LEFT JOIN row_group g ON g.line_no = f.leader
WHERE f.code IS NULL
"""

# A chunk holds the groups whose leaders are among the same rows of the file. Where none is left the number is not used.
_CHUNK: Final = """
SELECT bucket, (row_number() OVER (ORDER BY bucket) - 1)::int AS chunk_no
FROM generate_series(0, ($1 - 1) / $2) AS all_of (bucket)
LEFT JOIN (SELECT ordinal / $2 AS bucket, count(*) AS rows FROM row_leader GROUP BY 1) AS led_away USING (bucket)
WHERE coalesce(led_away.rows, 0) < least($2, $1 - bucket * $2)
"""

# W345: an email that rows of different logins have.
_SPREAD_EMAIL: Final = """
SELECT identity
FROM decided
JOIN shared_identity USING (identity)
WHERE $1 = 'paperless' AND (code IS NULL OR code = 'W333')
GROUP BY identity
HAVING min(coalesce(login_id, -line_no)) <> max(coalesce(login_id, -line_no))
"""

# The codes that rows have from other rows or from the CRM. W322 is on each row that reached the login of the owner and
# could use it.
_ROW_CODE: Final = """
SELECT line_no, 'W310' AS code
FROM misnamed
UNION ALL
SELECT d.line_no, 'W322'
FROM login_accounts b
JOIN decided d ON d.login_id = b.login_id
WHERE b.elsewhere AND (d.code IS NULL OR d.code NOT IN ('R111', 'R112', 'C217', 'C235'))
UNION ALL
SELECT d.line_no, 'W324'
FROM users_without_owner y
JOIN decided d ON d.customer_id = y.customer_id
WHERE d.code IS NULL
UNION ALL
SELECT d.line_no, 'W345'
FROM spread_email e
JOIN decided d ON d.identity = e.identity
WHERE d.code IS NULL OR d.code = 'W333'
"""
_ROW_CODES: Final = "SELECT line_no, array_agg(code) AS codes FROM row_code GROUP BY line_no"

# All codes of a row to apply, where it is planned and where it is counted. Most have one at most, and sorting costs
# more than all the rest.
_CODES_OF_APPLIED: Final = """
    CASE
        WHEN d.told IS NOT NULL OR d.also IS NOT NULL OR n.codes IS NOT NULL
            THEN sorted_codes(
                d.told || d.also || n.codes || CASE WHEN d.customer_id IS NULL THEN 'W323' END
                    || CASE WHEN d.keeps_name THEN 'W344' END
            )
        WHEN d.customer_id IS NULL THEN '{W323}'
        WHEN d.keeps_name THEN '{W344}'
        ELSE '{}'
    END AS codes
"""

# What a kind has no value for is left out by the planner, which knows the kind: the rows it keeps at hand are shorter.
_APPLIED: Final = _CODES_OF_APPLIED.join(
    (
        """
INSERT INTO plan_row (
    import_id, chunk_no, line_no, leader_line, verdict, codes, account_number, customer_id, login_id, login_action,
    seen_login_email, seen_login_status, seen_enrollments,
    email, email_cc, delivery_email,
    customer_name, first_name, last_name, login_name, phone, address1, address2, city, state, zip,
    method_kind, holder_name, holder_type, routing_number, account_enc, account_last4, account_type,
    token_ref, token_vault, card_brand, card_last4, exp_year, exp_month, fingerprint, payment_method_id, make_default,
    starts_on, ends_on, max_amount, authorized_on, authorization_channel, authorization_reference, evidence,
    owner_id, link_role, for_log
)
SELECT $1 AS import_id, k.chunk_no, d.line_no, coalesce(g.leader_line, d.line_no) AS leader_line, 'apply' AS verdict,
""",
        """,
    s.account_number, d.customer_id, d.login_id, d.login_action,
    d.login_email AS seen_login_email, d.login_status AS seen_login_status,
    CASE
        WHEN $2 = 'registration' THEN NULL
        WHEN d.positions IS NULL THEN array_fill(NULL::text, ARRAY[$3::int])
        ELSE ARRAY(
            SELECT d.states[array_position(d.positions, wanted)]
            FROM generate_series(1, $3::int) AS wanted
            ORDER BY wanted
        )
    END AS seen_enrollments,
    coalesce(d.kept_email, s.email) AS email, CASE WHEN d.kept_email IS NULL THEN s.email_cc END AS email_cc,
    CASE WHEN d.by_delivery THEN coalesce(d.kept_email, s.email) END AS delivery_email,
    CASE WHEN d.customer_id IS NULL THEN s.customer_name END AS customer_name, s.first_name, s.last_name,
    CASE WHEN d.kept_email IS NOT NULL AND s.login_name = s.email THEN d.kept_email ELSE s.login_name END AS login_name,
    CASE WHEN d.customer_id IS NULL OR $2 = 'registration' THEN s.phone END AS phone,
    CASE WHEN d.customer_id IS NULL THEN s.address1 END AS address1,
    CASE WHEN d.customer_id IS NULL THEN s.address2 END AS address2,
    CASE WHEN d.customer_id IS NULL THEN s.city END AS city,
    CASE WHEN d.customer_id IS NULL THEN s.state END AS state,
    CASE WHEN d.customer_id IS NULL THEN s.zip END AS zip,
    s.method_kind, s.holder_name, s.holder_type, s.routing_number, decode(s.account_sealed, 'hex') AS account_enc,
    s.account_last4, s.account_type, s.token_ref, s.token_vault, s.card_brand, s.card_last4, s.exp_year, s.exp_month,
    CASE WHEN $2 = 'autopay' THEN decode(s.identity, 'hex') END AS fingerprint,
    CASE WHEN $2 = 'autopay' THEN d.payment_method_id END AS payment_method_id,
    CASE WHEN $2 = 'autopay' THEN d.make_default END AS make_default,
    s.starts_on, s.ends_on, s.max_amount, s.authorized_on, s.authorization_channel, s.authorization_reference,
    s.evidence::jsonb AS evidence, CASE WHEN $2 = 'registration' THEN d.owner_id END AS owner_id,
    CASE WHEN $2 = 'registration' THEN d.link_role END AS link_role, s.for_log::jsonb AS for_log
FROM decided d
JOIN staged s ON s.line_no = d.line_no
LEFT JOIN row_leader g ON g.line_no = d.line_no
JOIN chunk_of k ON k.bucket = coalesce(g.leader_ordinal, d.ordinal) / $4
LEFT JOIN row_codes n ON n.line_no = d.line_no
WHERE d.code IS NULL
""",
    )
)

# What the run compares beside what a plan row keeps (docs/facts.md). What a kind has no fact of is not gathered at all:
# the planner knows the kind and leaves it out.
_SEEN: Final = """
INSERT INTO plan_seen (import_id, chunk_no, line_no, name, login, accounts, owner, role, enrollments, method, linked)
SELECT $1 AS import_id, chunk_no, line_no, name, coalesce(login, none) AS login, coalesce(accounts, none) AS accounts,
    coalesce(owner, none) AS owner, coalesce(role, none) AS role, coalesce(enrollments, none) AS enrollments,
    coalesce(method, none) AS method, coalesce(linked, none) AS linked
FROM (
    SELECT k.chunk_no, array_agg(d.line_no) AS line_no, array_agg(d.seen_name) AS name,
        CASE WHEN $3 <> 'autopay' THEN array_agg(d.seen_login) END AS login,
        CASE WHEN $3 <> 'autopay' THEN array_agg(d.seen_accounts) END AS accounts,
        CASE WHEN $3 = 'registration' THEN array_agg(d.seen_owner) END AS owner,
        CASE WHEN $3 = 'registration' THEN array_agg(d.seen_role) END AS role,
        CASE WHEN $3 <> 'registration' THEN array_agg(coalesce(d.seen_enrollments, 0)) END AS enrollments,
        CASE WHEN $3 = 'autopay' THEN array_agg(d.seen_method) END AS method,
        CASE WHEN $3 = 'registration' THEN array_agg(d.seen_linked) END AS linked,
        array_fill(NULL::bigint, ARRAY[count(*)::int]) AS none
    FROM decided d
    LEFT JOIN row_leader g ON g.line_no = d.line_no
    JOIN chunk_of k ON k.bucket = coalesce(g.leader_ordinal, d.ordinal) / $2
    WHERE d.code IS NULL
    GROUP BY k.chunk_no
) AS seen
"""

# Rows that the look-up in the CRM ended.
_LEFT_ALONE: Final = """
INSERT INTO plan_row (
    import_id, chunk_no, line_no, leader_line, verdict, codes, account_number, customer_id, login_id, for_log
)
SELECT $1 AS import_id, k.chunk_no, d.line_no, coalesce(g.leader_line, d.line_no) AS leader_line, v.verdict,
    sorted_codes(s.codes || d.also || d.code || n.codes) AS codes,
    s.account_number, d.customer_id, d.login_id, s.for_log::jsonb AS for_log
FROM decided d
JOIN verdict_of v ON v.code = d.code
JOIN staged s ON s.line_no = d.line_no
LEFT JOIN row_leader g ON g.line_no = d.line_no
JOIN chunk_of k ON k.bucket = coalesce(g.leader_ordinal, d.ordinal) / $2
LEFT JOIN row_codes n ON n.line_no = d.line_no
WHERE d.code IS NOT NULL
"""

# together-6: a follower of a row that is applied or needs no change changes nothing, but carries what was answered;
# of any other it shares the fate.
_FOLLOWED: Final = """
INSERT INTO plan_row (
    import_id, chunk_no, line_no, leader_line, verdict, codes, account_number, customer_id, login_id, for_log
)
SELECT $1 AS import_id, k.chunk_no, f.line_no, coalesce(g.leader_line, d.line_no) AS leader_line,
    coalesce(v.verdict, 'no_change') AS verdict,
    sorted_codes(
        s.codes || 'W331'::text || CASE
            WHEN v.verdict <> 'no_change' THEN l.codes || d.also || d.code || n.codes
            ELSE ARRAY(SELECT code FROM unnest(d.also) AS code WHERE code LIKE 'C%')
        END
    ) AS codes,
    s.account_number, d.customer_id, d.login_id, s.for_log::jsonb AS for_log
FROM not_leading f
JOIN staged s ON s.line_no = f.line_no
JOIN staged l ON l.line_no = f.leader
JOIN decided d ON d.line_no = f.leader
LEFT JOIN verdict_of v ON v.code = d.code
LEFT JOIN row_leader g ON g.line_no = f.leader
JOIN chunk_of k ON k.bucket = coalesce(g.leader_ordinal, d.ordinal) / $2
LEFT JOIN row_codes n ON n.line_no = f.leader
WHERE f.code IS NULL
"""

# Rows that ended on their own, collide (together-1) or conflict (together-2).
_ENDED: Final = """
INSERT INTO plan_row (import_id, chunk_no, line_no, leader_line, verdict, codes, account_number, for_log)
SELECT $1::uuid AS import_id, k.chunk_no, s.line_no, s.line_no AS leader_line, s.verdict,
    sorted_codes(s.codes) AS codes, s.account_number, s.for_log::jsonb AS for_log
FROM staged s
JOIN chunk_of k ON k.bucket = s.ordinal / $2::int
WHERE s.verdict IS NOT NULL
UNION ALL
SELECT $1::uuid AS import_id, k.chunk_no, s.line_no, s.line_no AS leader_line, v.verdict,
    sorted_codes(s.codes || a.code) AS codes, s.account_number, s.for_log::jsonb AS for_log
FROM not_leading a
JOIN staged s ON s.line_no = a.line_no
JOIN verdict_of v ON v.code = a.code
JOIN chunk_of k ON k.bucket = s.ordinal / $2::int
"""

# Rows by verdict and codes, for the findings; the lines only where there are codes. Rows to apply are many, and their
# codes are at hand; the others are counted while the plan is written: plan_row holds the plans of all imports there
# ever were.
_TALLY: Final = "CREATE TEMP TABLE tally (verdict text, codes text[], rows bigint, lines int[]) ON COMMIT DROP"
_COUNTED: Final = (
    "WITH written AS (",
    """
    RETURNING verdict, codes, line_no
)
INSERT INTO tally
SELECT verdict, codes, count(*), array_agg(line_no) FILTER (WHERE cardinality(codes) > 0)
FROM written
GROUP BY verdict, codes
""",
)
_APPLIED_COUNTED: Final = _CODES_OF_APPLIED.join(
    (
        """
INSERT INTO tally
SELECT 'apply', codes, count(*), array_agg(line_no) FILTER (WHERE codes <> '{}')
FROM (
    SELECT d.line_no,
""",
        """
    FROM decided d
    LEFT JOIN row_codes n ON n.line_no = d.line_no
    WHERE d.code IS NULL
) AS applied
GROUP BY codes
""",
    )
)


async def forget(connection: Connection, import_id: UUID) -> None:
    await connection.execute(_FORGET_PLAN, import_id)
    await connection.execute(_FORGET_SEEN, import_id)
    await connection.execute(_FORGET_WORDS, import_id)


def rows_per_chunk(rows: int) -> int:
    return max(_ROWS_PER_CHUNK, min(_MOST_ROWS_PER_CHUNK, rows // _CHUNKS_OF_A_LARGE_FILE))


async def write(work: WorkingTables, subject: Subject, rows: int) -> int:
    """Write the plan; how many chunks it has."""
    await work.make("shared_login", _SHARED_LOGIN)
    await work.make("row_group", _ROW_GROUP)
    await work.make("row_leader", _ROW_LEADER)
    size = rows_per_chunk(rows)
    chunks = await work.make("chunk_of", _CHUNK, rows, size)
    await work.make("spread_email", _SPREAD_EMAIL, subject.kind)
    await work.make("row_code", _ROW_CODE)
    await work.make("row_codes", _ROW_CODES)
    await work.connection.execute(_TALLY)
    import_id, types = subject.import_id, len(subject.invoice_types)
    applied = 0
    if not work.is_idle(_APPLIED):
        applied = await work.insert(_APPLIED, import_id, subject.kind, types, size)
        await work.insert(_APPLIED_COUNTED)
        await work.insert(_SEEN, import_id, size, subject.kind)
    if applied < work.rows_of("decided"):
        await _write(work, _LEFT_ALONE, import_id, size)
    await _write(work, _FOLLOWED, import_id, size)
    if work.rows_of("decided") < rows:
        await _write(work, _ENDED, import_id, size)
    return chunks


async def _write(work: WorkingTables, rows: str, *values: Any) -> None:
    if not work.is_idle(rows):
        await work.insert(rows.join(_COUNTED), *values)
